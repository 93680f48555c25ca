"""Changed files, wrong arguments and odd command lines end well or in one line, quickly and in little memory."""

import json
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ganmetrics import InputError
from tests.fuzz.driver import AGAIN, LONGEST, outcome

CASES = int(os.environ.get("GANMETRICS_FUZZ_CASES", "500"))
SEEDS = [int(seed) for seed in os.environ.get("GANMETRICS_FUZZ_SEEDS", "0").split()]
KINDS = (
    "references",
    "mu-sigma",
    "pickles",
    "torch-fidelity",
    "weights",
    "zips",
    "npz-images",
    "npy-images",
    "pt-images",
    "images",
    "tars",
    "parquet",
    "hdf5",
    "labels",
    "paths",
    "lmdb",
    "videos",
    "evaluate",
    "commands",
    "metrics",
    "updates",
    "more-metrics",
    "more-commands",
    "more-options",
    "feature-files",
    "reports",
    "caches",
    "states",
    "drop-ins",
    "torchmetrics",
    "command-line",
    "checkpoints",
    "configurations",
    "runs",
    "training-data",
    "training-commands",
    "integrations",
    "logs",
    "training-functions",
)
NEVER_REFUSED = ("caches",)
"""What is damaged there is computed again."""
FEW = 1000
FAILED_ONCE = Path(__file__).parent / "failed_once.txt"


@cache
def run(kinds, *, seed=0, count=CASES):
    """Return, by kind, the failures that the driver tells and how many cases ended in each way."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.driver", *kinds, "--seed", str(seed), "--count", str(count)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, f"seed {seed}: the process ended with {done.returncode}: {done.stderr[-2000:]}"
    found = {}
    for line in map(json.loads, done.stdout.splitlines()):
        failures, ended = found.setdefault(line.pop("kind"), ([], {}))
        failures.append(line) if "what" in line else ended.update(line)
    return found


def together(seed):
    """Return what few cases of all kinds gave, and those that failed once."""
    return run(("all", str(FAILED_ONCE)), count=min(CASES, FEW), seed=seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_case_ends_well_or_in_one_line(kind, seed):
    # The imports take as long as 500 cases of most kinds: few cases of all kinds share a process.
    failures, ended = (together(seed) if CASES <= FEW else run((kind,), seed=seed))[kind]
    assert not failures, failures[:5]
    assert sum(ended.values()) == CASES
    # Cases that all end at the first check, or that all are sound, would show little.
    assert ended["refused"] > CASES / 10 or kind in NEVER_REFUSED


@pytest.mark.slow
def test_all_kinds_are_run():
    """The driver's own list, which a test cannot import plainly, is the one above."""
    assert {kind for kind in together(0) if not kind.endswith(AGAIN)} == set(KINDS)


@pytest.mark.slow
def test_what_failed_once_does_not_again():
    """Each line of the list is a case that once raised what it may not."""
    found = [ended for kind, (_, ended) in together(0).items() if kind.endswith(AGAIN)]
    assert sum(sum(ended.values()) for ended in found) == len(FAILED_ONCE.read_text(encoding="utf-8").splitlines())
    assert not any(ended["failed"] for ended in found)


def raises(error):
    def case(_rng):
        raise error

    return case


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (InputError("a short line"), "refused"),
        (ValueError("x"), "failed"),
        (RecursionError("x"), "failed"),
        (SystemExit(1), "failed"),
        (MemoryError(), "failed"),
        (InputError(""), "failed"),
    ],
)
def test_the_driver_tells_an_error_of_ours_from_others(error, state):
    assert outcome(raises(error), "kind", 0, 0)[0] == state


def test_the_driver_ends_a_case_that_hangs(monkeypatch):
    monkeypatch.setattr("tests.fuzz.driver.PROCESSOR_SECONDS", 0.2)

    def hang(_rng):
        while True:
            pass

    state, failure = outcome(hang, "kind", 0, 0)
    assert state == "failed"
    assert "TookTooLong" in failure.what


@pytest.mark.slow
def test_the_driver_tells_that_memory_grew(monkeypatch):
    monkeypatch.setattr("tests.fuzz.driver.GROWTH", 50 * 2**20)
    kept = []

    def grow(_rng):
        kept.append(b"x" * 600 * 2**20)

    assert outcome(grow, "kind", 0, 0)[0] == "failed"


def test_a_case_is_made_from_its_number_alone():
    drawn = []
    for _ in range(2):
        outcome(lambda rng: drawn.append(rng.random()), "kind", 3, 5)
    assert drawn == [random.Random("kind 3 5").random()] * 2


def test_messages_are_short():
    assert len(str(InputError("x" * 10_000))) < LONGEST
