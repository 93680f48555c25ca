"""Ctrl-C and full disks, in processes of their own."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganmetrics.cli.interrupt import SIGNALS
from ganmetrics.testing import write_images

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
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                yield stat.parent.name


@contextlib.contextmanager
def started(command, **options):
    """Start a program, wait until it is extracting, and end whatever is left of it afterwards."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, **options) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("extracting"):
                    break
            time.sleep(0.5)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_the_parent_ignores_is_ignored(folders, tmp_path, number):
    """As a shell ignores SIGINT for what it starts in the background, and nohup SIGHUP."""
    program = tmp_path / "program.py"
    program.write_text(SLOW.format(body="time.sleep(2)"))
    command = [sys.executable, program, "reference", "build", folders[0], tmp_path / "real.npz", "--workers", "0"]
    with started(command, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN)) as process:
        process.send_signal(number)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert (tmp_path / "real.npz").exists()


@pytest.mark.parametrize("body", [PYTHON_CODE, ONE_LONG_CALL], ids=["python", "lapack"])
@pytest.mark.parametrize(
    ("workers", "number"), [("0", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM), ("0", signal.SIGHUP)]
)
def test_a_signal_ends_at_once_and_leaves_nothing(folders, tmp_path, body, workers, number):
    """Also in the middle of one long decomposition; workers end too, and no file is half-written."""
    if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("this run was started to outlive its terminal, which its children respect")
    program = tmp_path / "program.py"
    program.write_text(SLOW.format(body=body))
    output = tmp_path / "real.npz"
    command = [
        sys.executable,
        program,
        "reference",
        "build",
        folders[0],
        output,
        "--workers",
        workers,
        "--batch-size",
        "4",
    ]
    with started(command) as process:
        before = time.monotonic()
        process.send_signal(number)
        _, rest = process.communicate(timeout=20)
        assert time.monotonic() - before < 15  # half a minute of work is left; a second on a machine that is not busy
    assert process.returncode == 128 + number
    assert SIGNALS[number] in rest
    assert "Traceback" not in rest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fake", "program.py", "real"]
    time.sleep(0.2)
    assert not list(living(process.pid))


@pytest.mark.parametrize("command", ["fid", "reference"])
def test_a_full_disk_is_told_before_the_work(folders, tmp_path, command):
    """One line, status 1, and neither a cache entry nor an output file is left, whole or in part."""
    program = tmp_path / "program.py"
    program.write_text(SLOW.format(body="pass"))
    arguments = {
        "fid": ["fid", *folders],
        "reference": ["reference", "build", folders[0], tmp_path / "out.npz"],
    }[command]
    done = subprocess.run(
        [sys.executable, program, *arguments, "--workers", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("Error: ") == 1
    assert "Traceback" not in done.stderr
    assert "extracting" not in done.stderr
    assert not list(tmp_path.rglob("*.npz"))
    assert not list(tmp_path.rglob("*.tmp"))
