"""Ctrl-C and full disks, in processes of their own."""

import contextlib
import functools
import os
import resource
import signal
import time
from pathlib import Path

import pytest

from ganmetrics.cli.interrupt import SIGNALS
from ganmetrics.testing import write_images
from tests.forked import Forked, run_interpreter, run_program

pytestmark = pytest.mark.slow

SLOW = """
import sys, time
from ganmetrics.extraction import settings
from ganmetrics.cli.interrupt import SIGNALS
from ganmetrics.testing import ChannelMeans

class Slow(ChannelMeans):
    def __call__(self, batch, device):
        print("extracting", file=sys.stderr, flush=True)
        {body}
        return super().__call__(batch, device)

settings.open_extractor = lambda name, **options: Slow(name=name)
from ganmetrics.cli import main
main()
"""
PYTHON_CODE = "time.sleep(30)"
ONE_LONG_CALL = "import torch; torch.linalg.svd(torch.randn(6000, 6000, dtype=torch.float64))"


@pytest.fixture
def folders(tmp_path):
    """Two folders of images."""
    return write_images(tmp_path / "real", 40, seed=1), write_images(tmp_path / "fake", 40, seed=2)


def living(group):
    """Yield the processes of a group that have not ended (Linux; what has ended may wait to be collected)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                yield stat.parent.name


@pytest.fixture
def building(folders, tmp_path, tmp_path_factory):
    """Start `reference build` with an extractor that does `body`; the block begins when it is extracting."""

    @contextlib.contextmanager
    def call(body, *options, run=run_program, prepare=lambda: None):
        program = tmp_path / "program.py"
        program.write_text(SLOW.format(body=body))
        output = tmp_path_factory.mktemp("printed") / "program"
        arguments = ("reference", "build", folders[0], tmp_path / "real.npz", *options)
        process = Forked(run, program, *arguments, output=output, prepare=prepare)
        try:
            until = time.monotonic() + 120
            while "extracting" not in process.err:
                assert time.monotonic() < until
                time.sleep(0.02)
            time.sleep(0.5)
            yield process
        finally:
            process.kill()

    return call


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_the_parent_ignores_is_ignored(building, tmp_path, number):
    """As a shell ignores SIGINT for what it starts in the background, and nohup SIGHUP."""
    prepare = functools.partial(signal.signal, number, signal.SIG_IGN)
    with building("time.sleep(1)", "--workers", "0", prepare=prepare) as process:
        os.kill(process.pid, number)
        assert process.wait(120) == 0
    assert (tmp_path / "real.npz").exists()


@pytest.mark.parametrize("body", [PYTHON_CODE, ONE_LONG_CALL], ids=["python", "lapack"])
@pytest.mark.parametrize(
    ("workers", "number"), [("0", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM), ("0", signal.SIGHUP)]
)
def test_a_signal_ends_at_once_and_leaves_nothing(building, tmp_path, body, workers, number):
    """Also in the middle of one long decomposition; workers end too, and no file is half-written."""
    if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("this run was started to outlive its terminal, which its children respect")
    real = (body, workers, number) in {(PYTHON_CODE, "0", signal.SIGINT), (ONE_LONG_CALL, "2", signal.SIGTERM)}
    run = run_interpreter if real else run_program
    with building(body, "--workers", workers, "--batch-size", "4", run=run) as process:
        before = time.monotonic()
        os.kill(process.pid, number)
        assert process.wait(20) == 128 + number
        assert time.monotonic() - before < 15  # half a minute of work is left; a second on a machine that is not busy
        told = process.err
        time.sleep(0.2)
        assert not list(living(process.pid))
    assert SIGNALS[number] in told
    assert "Traceback" not in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fake", "program.py", "real"]


@pytest.mark.parametrize("command", ["fid", "reference"])
def test_a_full_disk_is_told_before_the_work(folders, tmp_path, command):
    """One line, status 1, and neither a cache entry nor an output file is left, whole or in part."""
    program = tmp_path / "program.py"
    program.write_text(SLOW.format(body="pass"))
    arguments = {
        "fid": ["fid", *folders],
        "reference": ["reference", "build", folders[0], tmp_path / "out.npz"],
    }[command]
    done = Forked(
        run_program,
        program,
        *arguments,
        "--workers",
        "0",
        output=tmp_path / "program",
        prepare=functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (4096, 4096)),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
    )
    assert done.wait(120) == 1
    assert done.out == ""
    assert done.err.count("Error: ") == 1
    assert "Traceback" not in done.err
    assert "extracting" not in done.err
    assert not list(tmp_path.rglob("*.npz"))
    assert not list(tmp_path.rglob("*.tmp"))
