"""Tests of `benchmarks/guard.py`: what counts as a loss."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).parents[2] / "benchmarks" / "guard.py"


@pytest.fixture(scope="module")
def guard():
    """The script's functions."""
    return runpy.run_path(str(GUARD))


def results(ours, peer):
    """Return what `end_to_end.py` writes, for one case of two repetitions."""
    runs = {"ganmetrics --no-interval": ours, "pytorch-fid": peer}
    return {"CIFAR-10": {"cold": {name: [{"wall": wall} for wall in walls] for name, walls in runs.items()}}}


def test_a_ratio_is_of_the_least_times(guard):
    """A repetition that something disturbed does not count."""
    assert guard["ratios"](results([5.0, 2.0], [6.0, 90.0])) == {("CIFAR-10, cold", "pytorch-fid"): 3.0}


def test_a_loss_is_more_than_the_allowed_share(guard):
    """At 15 % nothing is said, beyond it and for a missing ratio one line; a gain is never a loss."""
    case = ("CIFAR-10, cold", "pytorch-fid")
    assert guard["losses"]({case: 2.0}, {case: 1.701}) == []
    assert guard["losses"]({case: 2.0}, {case: 9.0}) == []
    assert guard["losses"]({case: 2.0}, {case: 1.6}) == ["CIFAR-10, cold, pytorch-fid: 2.00 before, 1.60 now (-20 %)"]
    assert guard["losses"]({case: 2.0}, {}) == ["CIFAR-10, cold, pytorch-fid: 2.00 before, not measured now"]


@pytest.mark.parametrize(("now", "status"), [(2.9, 0), (2.0, 1)])
def test_the_script_fails_on_a_loss(tmp_path, now, status):
    """Its exit status is what a scheduled job looks at; times that grow alike are no loss."""
    stored, present = tmp_path / "stored.json", tmp_path / "now.json"
    stored.write_text(json.dumps(results([1.0], [3.0])))
    present.write_text(json.dumps(results([10.0], [10 * now])))
    done = subprocess.run([sys.executable, GUARD, stored, present], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, "")
