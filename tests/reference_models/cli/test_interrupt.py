"""The command line's end by a signal, in processes of their own."""

import contextlib
import functools
import os
import select
import signal
import sys
import termios
import time

import pytest

from reference_models.cli import main
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.interrupt import SIGNALS
from tests.forked import Forked, run_main

pytestmark = pytest.mark.slow

KEYS = ("net.size=8", "net.width=4", "net.latent_dim=8", "data.count=100", "batch=10", "log_every=1")
LONG, SHORT = 100_000, 30
"""Epochs: of a run that is to be ended, and of one that takes a second or two."""


@pytest.fixture
def training(tmp_path):
    """Start `train` in a process; the block begins when it has taken steps."""

    @contextlib.contextmanager
    def call(epochs, prepare=lambda: None):
        out = tmp_path / "run"
        options = [part for key in KEYS for part in ("--set", key)]
        options += ["--epochs", epochs, "--eval-epochs", "none", "--device", "cpu", "--out", out]
        process = Forked(run_main, main, "train", "dcgan", *options, output=tmp_path / "printed", prepare=prepare)
        try:
            until = time.monotonic() + 120
            while not (out / "metrics.jsonl").exists() or not (out / "metrics.jsonl").stat().st_size:
                assert time.monotonic() < until, process.err
                time.sleep(0.01)
            yield process
        finally:
            process.kill()

    return call


def steps(folder):
    """Return how many were saved."""
    return read_checkpoint(folder / LAST).trainer["steps"]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_saves_and_ends_with_its_status(training, tmp_path, number):
    """128 and its number, with one word, and every step in last.pt and the records."""
    with training(LONG) as process:
        os.kill(process.pid, number)
        assert process.wait(60) == 128 + number
        assert process.err.splitlines()[-1] == SIGNALS[number]
    assert steps(tmp_path / "run") == len((tmp_path / "run" / "metrics.jsonl").read_text("utf-8").splitlines()) > 0


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_an_ignored_signal_ends_nothing(training, tmp_path, number):
    with training(SHORT, functools.partial(signal.signal, number, signal.SIG_IGN)) as process:
        os.kill(process.pid, number)
        assert process.wait(120) == 0
    assert steps(tmp_path / "run") == SHORT * 10


def test_a_terminal_that_is_gone_costs_no_step(training, tmp_path):
    """Neither the bar nor the last word can be written any more; the run is saved, and the status is SIGHUP's."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 120))

    def print_there():
        os.close(ours)
        sys.stdout, sys.stderr = (open(theirs, "w", encoding="utf-8", closefd=False) for _ in range(2))  # noqa: SIM115

    with training(LONG, print_there) as process:
        os.close(theirs)
        shown = b""
        while b"images/s" not in shown:  # the bar
            assert select.select([ours], [], [], 60)[0], shown
            shown += os.read(ours, 2000)
        os.close(ours)
        time.sleep(0.5)  # it is drawn every tenth of a second
        os.kill(process.pid, signal.SIGHUP)
        assert process.wait(60) == 128 + signal.SIGHUP
    assert steps(tmp_path / "run") == len((tmp_path / "run" / "metrics.jsonl").read_text("utf-8").splitlines()) > 0
