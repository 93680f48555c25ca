"""Tests of `benchmarks/proof.py`: what passes, and that runs survive their file."""

import runpy
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    """The script's functions."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return runpy.run_path(str(BENCHMARKS / "proof.py"))


@pytest.mark.parametrize(
    ("preset", "share", "accuracy", "passes"),
    [
        ("dcgan", 0.19, "", True),
        ("dcgan", 0.2, "", False),
        ("acgan", 0.1, "0.500", True),
        ("acgan", 0.1, "0.499", False),
        ("acgan", 0.3, "0.900", False),
        ("cgan-additive", 0.1, "0.110", True),
        ("cgan-additive", 0.1, "0.600", False),
    ],
)
def test_what_passes(script, preset, share, accuracy, passes):
    """A fall below a fifth; and labels that are used where they can be, and not where they cannot."""
    assert script["Run"](preset, 0, "5.00 → 0.50", share, accuracy, 800, 30.0).passes is passes


def test_runs_survive_their_file_and_share_a_row(script, tmp_path):
    """What a second call reads is what the first one wrote; the seeds of a preset stand side by side."""
    path = tmp_path / "proof.csv"
    runs = [script["Run"]("acgan", seed, "5.00 → 0.50", 0.1, f"0.{6 - seed}00", 800, 30.0) for seed in (1, 0)]
    assert script["read"](path) == []
    for run in runs:
        script["add"](path, run)
    assert script["read"](path) == runs
    row = script["table"](runs).splitlines()[-1]
    assert row == "| `acgan` | 0, 1 | 5.00 → 0.50 | 0.100, 0.100 | 0.600, 0.500 | 800, 800 | 30, 30 | 2 of 2 |"
