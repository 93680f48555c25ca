"""The command line under torchrun: one line, the number of one process, and no command that all would repeat."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganmetrics.cli import main
from ganmetrics.testing import write_images
from tests.forked import Forked, ranks, run_main, run_program

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
LIMIT = 240
ROOT = Path(__file__).parents[2]


def launched(folder, processes, *arguments):
    """Run the command line on so many processes, each with what torchrun gives it; caches go to `folder`."""
    variables = ranks(processes) if processes > 1 else [{}]
    started = [
        Forked(run_main, main, *arguments, output=folder / f"{processes}-{rank}", XDG_CACHE_HOME=str(folder), **own)
        for rank, own in enumerate(variables)
    ]
    for process in started:
        process.wait(LIMIT)
    return started


def test_two_processes_print_what_one_prints(tmp_path):
    """Five images a side, three on one process and two on the other, through the offline network."""
    real, fake = (write_images(tmp_path / name, 5, seed=seed) for seed, name in enumerate(("real", "fake")))
    arguments = ("fid", real, fake, "--extractor", "efficientnet-lite0", "--workers", "0", "--no-cache", "-q")
    (one,), (first, second) = launched(tmp_path, 1, *arguments), launched(tmp_path, 2, *arguments)
    assert one.status == first.status == second.status == 0, second.err
    assert len(one.out.splitlines()) == 1
    assert first.out + second.out == one.out


def test_a_command_for_one_process_is_refused_on_two(tmp_path):
    """In one line of ours, once."""
    refused = launched(tmp_path, 2, "cache", "list")
    assert all(process.status for process in refused)
    assert "".join(process.err for process in refused).count("Error: cache runs on one process") == 1


LAUNCHED = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29511"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"MASTER_PORT": None}, "MASTER_PORT, which a launcher sets, must be a whole number from 1 to 65535; got none"),
        ({"MASTER_PORT": "0"}, "MASTER_PORT, which a launcher sets, must be a whole number from 1 to 65535; got '0'"),
        ({"RANK": "x"}, "RANK, which a launcher sets, must be a whole number from 0 to 1; got 'x'"),
        ({"RANK": "2"}, "RANK, which a launcher sets, must be a whole number from 0 to 1; got '2'"),
        ({"LOCAL_RANK": "-1"}, "LOCAL_RANK, which a launcher sets, must be a whole number from 0 to 1000000; got '-1'"),
        ({"WORLD_SIZE": "0"}, "WORLD_SIZE, which a launcher sets, must be a whole number from 1 to 1000000; got '0'"),
        ({"WORLD_SIZE": "x"}, "WORLD_SIZE, which a launcher sets, must be a whole number from 1 to 1000000; got 'x'"),
        (
            {"WORLD_SIZE": "9" * 5000},
            "WORLD_SIZE, which a launcher sets, must be a whole number from 1 to 1000000; got '99",
        ),
    ],
)
def test_variables_of_a_launcher_that_are_wrong(tmp_path, wrong, told):
    """One line and the status of other errors, before any command."""
    variables = {name: value for name, value in {**LAUNCHED, **wrong}.items() if value is not None}
    process = Forked(run_main, main, "--version", output=tmp_path / "run", **variables)
    assert process.wait(LIMIT) == 1
    assert process.out == ""
    assert process.err.startswith(f"Error: {told}")
    assert process.err.count("\n") == 1


def test_a_port_that_is_taken(tmp_path):
    """What torch says of it, in one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        variables = {**LAUNCHED, "MASTER_PORT": str(taken.getsockname()[1])}
        process = Forked(run_main, main, "--version", output=tmp_path / "run", **variables)
        assert process.wait(LIMIT) == 1
    (told,) = [line for line in process.err.splitlines() if line.startswith("Error: ")]
    assert told.startswith("Error: 2 processes must reach each other at 127.0.0.1; they do not: ")


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
    while not all(path.exists() and path.read_text(encoding="utf-8") for path in paths):
        assert time.monotonic() < ended
        time.sleep(0.05)
    return [int(path.read_text(encoding="utf-8")) for path in paths]


BUILD = ("reference", "build", "real", "real.npz", "--workers", "0", "--batch-size", "4")


def write_program(folder, seconds):
    """Write eight images, and a program with a slow extractor."""
    write_images(folder / "real", 8)
    (folder / "program.py").write_text(PROGRAM.format(seconds=seconds))


def left(folder):
    """Return the files of a run that are not input."""
    return [path.name for path in folder.iterdir() if path.suffix in (".npz", ".tmp")]


def test_the_others_end_where_one_process_is_killed(tmp_path, monkeypatch):
    """In one line and at once, without a launcher that would end them; nothing is written."""
    write_program(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    processes = [
        Forked(run_program, "program.py", *BUILD, output=tmp_path / str(rank), **own)
        for rank, own in enumerate(ranks(2))
    ]
    try:
        _, victim = begun(tmp_path, range(2))
        os.kill(victim, signal.SIGKILL)
        assert processes[0].wait(20) == 1
    finally:
        for process in processes:
            process.kill()
    assert processes[0].err.count("Error: all 2 processes need to go on; one is gone") == 1
    assert "Traceback" not in processes[0].err
    assert left(tmp_path) == []


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_torchrun_ends_where_one_is_killed_and_on_ctrl_c(tmp_path, how):
    """With a status that is not 0; no process outlives it, and nothing is written."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    write_program(tmp_path, 60)
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, "program.py", *BUILD]
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stderr=subprocess.PIPE, start_new_session=True) as run:
        numbers = begun(tmp_path, range(2))
        if how == "killed":
            os.kill(numbers[1], signal.SIGKILL)
        else:
            os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=40)
    assert run.returncode != 0
    assert not any(Path(f"/proc/{rank}").exists() for rank in numbers)
    assert left(tmp_path) == []
