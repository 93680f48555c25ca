"""What surrounds a run is at fault: files that change, odd names, few descriptors, -O, and what grows with time."""

import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
import torch

from ganmetrics import FrechetInceptionDistance, InputError, Reference, fid
from ganmetrics.data.held import Room
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.testing import ChannelMeans, random_images, write_images

HERE = {"extractor": ChannelMeans(), "device": "cpu"}
NAMES = (
    b"a\nb.png",
    b"\x1b[2J.png",
    b"\xff\xfe.png",
    b"-rf.png",
    b"x" * 251 + b".png",
    b" two words.png",
    "\u202e.png".encode(),
)


class Disturbed(ChannelMeans):
    """Does something between the first and the second batch, when every file has been looked at."""

    def __init__(self, disturb):
        super().__init__()
        object.__setattr__(self, "disturb", disturb)
        object.__setattr__(self, "batches", 0)

    def __call__(self, batch, device):
        object.__setattr__(self, "batches", self.batches + 1)
        if self.batches == 1:
            self.disturb()
        return super().__call__(batch, device)


def deleted(folder):
    for path in folder.iterdir():
        path.unlink()


def rewritten(folder):
    write_images(folder, 40, seed=9, size=9)


def removed(folder):
    shutil.rmtree(folder)


def reference(folder, tmp_path, extractor):
    cache = tmp_path / "cache"
    return Reference.from_images(folder, extractor=extractor, device="cpu", workers=0, batch_size=4, cache=cache)


@pytest.mark.slow
@pytest.mark.parametrize("change", [deleted, rewritten, removed])
def test_files_that_change_while_they_are_scored_do_not_matter(tmp_path, change):
    """What was looked at is held and scored."""
    real = write_images(tmp_path / "real", 40, seed=1)
    before = reference(real, tmp_path / "other", ChannelMeans())
    found = reference(real, tmp_path, Disturbed(lambda: change(real)))
    assert found.contents == before.contents
    assert torch.equal(found.moments.covariance, before.moments.covariance)


@pytest.mark.slow
@pytest.mark.parametrize("change", [deleted, rewritten, removed])
def test_files_that_are_too_many_to_be_held_and_change_are_told(tmp_path, change, monkeypatch):
    """In one line, and nothing is kept of the mixture."""
    monkeypatch.setattr("ganmetrics.references.gather.Room", partial(Room, 0))
    real = write_images(tmp_path / "real", 40, seed=1)
    with pytest.raises(InputError, match="real/000"):
        reference(real, tmp_path, Disturbed(lambda: change(real)))
    assert not list((tmp_path / "cache").glob("*"))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_odd_names_are_read_and_told_printably(tmp_path, workers):
    real, fake = write_images(tmp_path / "real", 20, seed=1), write_images(tmp_path / "fake", 20, seed=1)
    for number, name in enumerate(NAMES):
        (fake / f"{number:05}.png").rename(fake / os.fsdecode(name))
    assert fid(real, fake, workers=workers, **HERE).value < 1e-9
    for name in NAMES:
        (fake / os.fsdecode(name)).write_bytes(b"broken")
    with pytest.raises(InputError) as refused:
        fid(real, fake, workers=workers, **HERE)
    assert str(refused.value).isprintable()


FEW = """
import sys
from ganmetrics import fid
from ganmetrics.testing import ChannelMeans
print(fid(*sys.argv[1:3], extractor=ChannelMeans(), device="cpu", workers=int(sys.argv[3])).value)
"""


def run(arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        **options,
    )


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "4"])
def test_64_descriptors_are_enough(folders, workers):
    few = run(["-c", FEW, *folders, workers], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
    assert few.returncode == 0, few.stderr
    assert float(few.stdout) == fid(*folders, workers=0, **HERE).value


REFUSED = """
try:
    fid(sys.argv[1], sys.argv[4], extractor=ChannelMeans(), device="cpu", workers=0)
except Exception as error:
    print(repr(error))
"""


@pytest.mark.slow
def test_without_asserts_errors_are_the_same(folders, tmp_path):
    """No assert decides anything: python -O leaves them out."""
    empty = tmp_path / "empty"
    empty.mkdir()
    without = run(["-O", "-c", FEW + REFUSED, *folders, "0", empty])
    with pytest.raises(InputError) as refused:
        fid(folders[0], empty, workers=0, **HERE)
    assert without.stdout.splitlines() == [str(fid(*folders, workers=0, **HERE).value), repr(refused.value)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_can_only_be_read_serves_what_it_has(folders, tmp_path):
    first = fid(*folders, workers=0, cache=tmp_path / "cache", **HERE)
    (tmp_path / "cache").chmod(0o500)
    try:
        assert fid(*folders, workers=0, cache=tmp_path / "cache", **HERE).value == first.value
    finally:
        (tmp_path / "cache").chmod(0o700)


def fill(cache, number):
    """Put entries into a cache that holds about three; threads of the process that was forked are not here."""
    torch.set_num_threads(1)
    for seed in range(4):
        images = random_images(20, seed=100 * number + seed)
        Reference.from_images(images, workers=0, cache=cache, **HERE)


def test_four_processes_fill_one_cache_to_its_bound(tmp_path, monkeypatch):
    """It stays within the bound, every entry in it is whole, and none of the four fails."""
    Reference.from_images(random_images(20, seed=1), workers=0, cache=tmp_path / "one", **HERE)
    (entry,) = ReferenceCache(tmp_path / "one").entries()
    bounded = partial(ReferenceCache, limit=3 * entry.size)
    monkeypatch.setattr("ganmetrics.references.run.ReferenceCache", bounded)
    fork = get_context("fork")
    processes = [fork.Process(target=fill, args=(tmp_path / "cache", number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    cache = ReferenceCache(tmp_path / "cache")
    # Each of the four keeps the entry that it has just written.
    assert sum(one.size for one in cache.entries()) <= (3 + 4) * entry.size
    assert not cache.damaged()
    assert {path.suffix for path in cache.directory.iterdir()} <= {".npz", ".opening"}


def held():
    """Return open descriptors and resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return len(list(Path("/proc/self/fd").iterdir())), pages * resource.getpagesize()


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_rounds_of_a_training_loop_hold_nothing():
    """Descriptors and memory are as after 50 rounds when there have been 300."""
    metric = FrechetInceptionDistance(Reference.from_images(random_images(40), workers=0, **HERE), **HERE)
    for number in range(300):
        metric.update(random_images(20, seed=number))
        metric.compute()
        metric.reset()
        if number == 50:
            descriptors, memory = held()
    assert held()[0] <= descriptors
    assert held()[1] < memory + 20 * 2**20


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_evaluations_hold_nothing(folders):
    """Likewise of 100 evaluations."""
    for number in range(100):
        fid(*folders, workers=0, **HERE)
        if number == 20:
            descriptors, memory = held()
    assert held()[0] <= descriptors
    assert held()[1] < memory + 20 * 2**20
