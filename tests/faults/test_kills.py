"""kill -9 at random moments of each command that writes: the next run succeeds, and nothing is left but its output."""

import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch

from ganmetrics import extract
from ganmetrics.cli import command
from ganmetrics.extraction import settings
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, write_images

ROUNDS = int(os.environ.get("GANMETRICS_FAULT_ROUNDS", "3"))
QUIET = ("--workers", "0", "-q", "--device", "cpu")
COMMANDS = {
    "build": ("reference", "build", "real", "out.npz", *QUIET),
    "merge": ("reference", "merge", "one.npz", "two.npz", "out.npz"),
    "convert": ("reference", "convert", "one.npz", "out.npz", "--to", "pytorch-fid"),
    "fid": ("fid", "real", "fake", *QUIET),
    "evaluate": ("evaluate", "real", "fake", "--metrics", "fid,kid,precision", "--cache-features", *QUIET),
    "compare": ("compare", "real", "fake", "one", "--cache-features", *QUIET),
    "sanity": ("sanity", "real", "--metrics", "fid", "--count", "10", "--out", "sheet", *QUIET),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with input for all commands, in which an extractor without weights stands for the default."""
    write_images(tmp_path / "real", 40, seed=1)
    write_images(tmp_path / "fake", 40, seed=2)
    for seed, name in ((3, "one"), (4, "two")):
        source = write_images(tmp_path / name, 20, seed=seed)
        Reference.from_images(source, extractor=ChannelMeans(), workers=0, device="cpu").save(tmp_path / f"{name}.npz")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(settings, "open_extractor", lambda name, **_: ChannelMeans(name))
    return tmp_path


def start(run, *arguments, **options):
    """Make a call in a child, whose imports are done, and return its number."""
    child = os.fork()
    if child:
        return child
    torch.set_num_threads(1)
    status = 70
    with contextlib.suppress(BaseException):
        sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the child ends
        try:
            run(*arguments, **options)
            status = 0
        except SystemExit as ended:
            status = ended.code or 0
    os._exit(status)


def status_of(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check_killed(place, name, *call, **options):
    """Make a call that is killed, and then one that is not, several times, and check what lies there after each."""
    with contextlib.suppress(SystemExit):
        call[0](*call[1:], **options)  # what this imports no child has to
    begun = time.monotonic()
    assert status_of(start(*call, **options)) == 0
    lasts = time.monotonic() - begun
    before = {path for path in place.rglob("*") if path.is_file()}
    rng = random.Random(name)
    for _ in range(ROUNDS):
        for path in before:
            # matplotlib keeps its list of fonts in the same place.
            if path.name == "out.npz" or path.is_relative_to(place / "cache" / "ganmetrics") or "sheet" in path.parts:
                path.unlink(missing_ok=True)
        child = start(*call, **options)
        time.sleep(rng.uniform(0, lasts))
        os.kill(child, signal.SIGKILL)
        status_of(child)
        assert status_of(start(*call, **options)) == 0
        assert {path for path in place.rglob("*") if path.is_file()} == before
    if (place / "out.npz").exists():
        assert Reference.load("out.npz").moments.dimension == 3
    assert not ReferenceCache(place / "cache" / "ganmetrics" / "references").damaged()


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_leaves_nothing_that_its_next_run_does_not_clear(place, name):
    """The last run of all is not killed; its output is whole, and there is no other new file."""
    check_killed(place, name, command.main, list(COMMANDS[name]), prog_name="ganmetrics")


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_a_killed_extraction_leaves_nothing_either(place):
    """Features that are kept for the next run are whole; this one is no command."""
    how = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
    cache = place / "cache" / "ganmetrics" / "references"
    check_killed(place, "extract", extract, "real", cache=cache, cache_features=True, **how)
    assert list(cache.iterdir())
