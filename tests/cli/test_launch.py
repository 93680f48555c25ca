"""The command line under torchrun: one line, the number of one process, and no command that all would repeat."""

import os
import subprocess
import sys

import pytest

from ganmetrics.testing import write_images

pytestmark = pytest.mark.filterwarnings("default")
LIMIT = 240


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
