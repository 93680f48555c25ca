"""Disks and folders that are at fault: full, read-only, somebody else's, open to everybody, very full, very small."""

import os
import stat
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from ganmetrics import InputError, Reference, StorageError, fid
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.folders import FolderSource
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.testing import ChannelMeans, random_images
from tests.faults.test_surroundings import FEW

HERE = {"extractor": ChannelMeans(), "device": "cpu", "workers": 0}
ROOT = os.geteuid() == 0


def mount(*arguments):
    """Return whether something could be mounted, which root may, if not in every container."""
    return ROOT and subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def disk(tmp_path):
    """A disk of 300 kB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=300k", "none", place):
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk, *, leaving):
    """Leave so many bytes of a disk."""
    free = os.statvfs(disk)
    (disk / "other").write_bytes(bytes(free.f_bavail * free.f_frsize - leaving))


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_full_disk_is_told_and_left_as_it_was(folders, disk, left):
    """Whether none or a part of the file fits: of an output in one line, of a cache before the work."""
    reference = Reference.from_images(random_images(40), **HERE)
    reference.save(disk / "one.npz")
    size = (disk / "one.npz").stat().st_size
    (disk / "one.npz").unlink()
    fill(disk, leaving=int(left * size) // 4096 * 4096)
    with pytest.raises(StorageError) as told:
        reference.save(disk / "one.npz")
    assert str(told.value).isprintable()
    with pytest.raises(StorageError, match="the cache needs room"):
        fid(*folders, cache=disk / "cache", **HERE)
    assert [path.name for path in disk.rglob("*") if path.is_file()] == ["other"]


@pytest.mark.slow
def test_a_cache_on_a_read_only_disk_serves_what_it_has(folders, disk):
    """And says that it cannot take what it has not."""
    first = fid(*folders, cache=disk, **HERE)
    assert mount("-o", "remount,ro", disk)
    assert fid(*folders, cache=disk, **HERE).value == first.value
    with pytest.raises(StorageError, match=r"the cache needs room.*--no-cache"):
        fid(folders[0], random_images(20, seed=9), cache=disk, **HERE)


@pytest.mark.slow
def test_a_cache_of_another_user_is_told(folders, tmp_path):
    """In a process that is neither its owner nor root; what it needs of Python has been loaded before."""
    cache = tmp_path / "cache"
    fid(*folders, cache=cache, **HERE)
    images = [random_images(20, seed=seed) for seed in range(2)]
    cache.chmod(0o700 if ROOT else 0)
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        said = "nothing"
        torch.set_num_threads(1)
        try:
            if ROOT:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            fid(*images, cache=cache, **HERE)
        except BaseException as error:
            said = repr(error)
        os.write(sender, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    cache.chmod(0o700)
    said = os.read(receiver, 10_000).decode()
    assert said.startswith("StorageError('the cache needs room: ")
    assert "--no-cache" in said


@pytest.mark.slow
def test_a_cache_that_all_may_write_overwrites_nothing_elsewhere(folders, tmp_path, caplog):
    """A link in an entry's place is removed, never followed: neither read nor written through."""
    cache = tmp_path / "cache"
    first = fid(*folders, cache=cache, **HERE)
    cache.chmod(0o777)
    entry, other = sorted(cache.glob("*.npz"))
    mine = tmp_path / "mine"
    mine.write_bytes(b"mine")
    entry.unlink()
    entry.symlink_to(mine)
    other.unlink()
    other.symlink_to(tmp_path / "not yet")
    assert fid(*folders, cache=cache, **HERE).value == first.value
    assert mine.read_bytes() == b"mine"
    assert not (tmp_path / "not yet").exists()
    assert "damaged cache entry" in caplog.text
    assert not ReferenceCache(cache).damaged()
    assert all(stat.S_ISREG(path.lstat().st_mode) for path in cache.iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_50_000_files_in_a_folder(tmp_path):
    """Listed and hashed in the time that coverage allows; a file takes less memory than ten times its path."""
    for number in range(50_000):
        with open(f"{tmp_path}/{number:05}.png", "wb") as file:  # noqa: PTH123 - ten times as fast
            file.write(b"%d" % number)
    begun = time.process_time()
    tracemalloc.start()
    source = FolderSource(tmp_path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(source) == 50_000
    assert len(fingerprint(source)) == 64
    assert time.process_time() - begun < 240
    assert most < 50_000 * 1000


@pytest.mark.slow
def test_a_tiny_dev_shm(folders):
    """Decoding processes send images through pipes, not through /dev/shm, which containers keep small."""
    script = 'mount -t tmpfs -o size=64k none /dev/shm && exec "$@"'
    if not ROOT or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs a mount namespace")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", FEW, *folders, "2"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == fid(*folders, **HERE).value


@pytest.mark.slow
def test_threads_score_at_once(folders):
    """Four threads, one cache, and no main thread among them."""
    alone = fid(*folders, **HERE).value
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fid(*folders, **HERE).value, range(8)))
    assert found == [alone] * 8


def test_a_folder_that_may_not_be_entered_is_named(folders):
    folders[1].chmod(0)
    try:
        if not ROOT:
            with pytest.raises(InputError, match="Permission denied"):
                fid(*folders, **HERE)
    finally:
        folders[1].chmod(0o700)
