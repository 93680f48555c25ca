"""The command line under torchrun: one line, the number of one process, and no command that all would repeat."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganmetrics.testing import write_images

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
LIMIT = 240
ROOT = Path(__file__).parents[2]


def launched(folder, processes, *arguments):
    """Run the command line on so many processes, as torchrun does; caches go to `folder`."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)] if processes else []
    return subprocess.run(
        [sys.executable, *launcher, "-m", "ganmetrics", *map(str, arguments)],
        env={**os.environ, "XDG_CACHE_HOME": str(folder), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def test_two_processes_print_what_one_prints(tmp_path):
    """Five images a side, three on one process and two on the other, through the offline network."""
    real, fake = (write_images(tmp_path / name, 5, seed=seed) for seed, name in enumerate(("real", "fake")))
    arguments = ("fid", real, fake, "--extractor", "efficientnet-lite0", "--workers", "0", "--no-cache", "-q")
    one, two = launched(tmp_path, 0, *arguments), launched(tmp_path, 2, *arguments)
    assert one.returncode == two.returncode == 0, two.stderr
    assert len(two.stdout.splitlines()) == 1
    assert two.stdout == one.stdout


def test_a_command_for_one_process_is_refused_on_two(tmp_path):
    """In one line of ours, once; the launcher's report comes after it."""
    refused = launched(tmp_path, 2, "cache", "list")
    assert refused.returncode != 0
    assert refused.stderr.count("Error: cache runs on one process") == 1


PROGRAM = """
import os, time
from pathlib import Path
from ganmetrics.extraction import settings
from ganmetrics.testing import ChannelMeans

class Slow(ChannelMeans):
    def __call__(self, batch, device):
        Path(f"extracting{{os.environ['RANK']}}").write_text(str(os.getpid()))
        time.sleep({seconds})
        return super().__call__(batch, device)

settings.open_extractor = lambda name, **options: Slow(name=name)
from ganmetrics.cli import main
main()
"""


def begun(folder, ranks):
    """Wait until all of these ranks are extracting, and return their process numbers."""
    ended = time.monotonic() + LIMIT
    paths = [folder / f"extracting{rank}" for rank in ranks]
    while not all(path.exists() and path.read_text() for path in paths):
        assert time.monotonic() < ended
        time.sleep(0.05)
    return [int(path.read_text()) for path in paths]


def building(folder, launcher, seconds, **variables):
    """Start `reference build` of eight images by a slow extractor; what is written lies in `folder`."""
    if not (folder / "real").exists():
        write_images(folder / "real", 8)
        (folder / "program.py").write_text(PROGRAM.format(seconds=seconds))
    command = [sys.executable, *launcher, folder / "program.py", "reference", "build", "real", "real.npz"]
    return subprocess.Popen(
        [*command, "--workers", "0", "--batch-size", "4"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def left(folder):
    """Return the files of a run that are not input."""
    return [path.name for path in folder.iterdir() if path.suffix in (".npz", ".tmp")]


def test_the_others_end_where_one_process_is_killed(tmp_path):
    """In one line and at once, without a launcher that would end them; nothing is written."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    group = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    processes = [building(tmp_path, [], 1, RANK=str(rank), LOCAL_RANK=str(rank), **group) for rank in range(2)]
    try:
        _, victim = begun(tmp_path, range(2))
        os.kill(victim, signal.SIGKILL)
        _, told = processes[0].communicate(timeout=20)
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert processes[0].returncode == 1
    assert told.count("Error: all 2 processes need to go on; one is gone") == 1
    assert "Traceback" not in told
    assert left(tmp_path) == []


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_torchrun_ends_where_one_is_killed_and_on_ctrl_c(tmp_path, how):
    """With a status that is not 0; no process outlives it, and nothing is written."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    with building(tmp_path, launcher, 60) as run:
        ranks = begun(tmp_path, range(2))
        if how == "killed":
            os.kill(ranks[1], signal.SIGKILL)
        else:
            os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=40)
    assert run.returncode != 0
    assert not any(Path(f"/proc/{rank}").exists() for rank in ranks)
    assert left(tmp_path) == []
