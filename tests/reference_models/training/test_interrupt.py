"""Signals that ask a process to end are heard while a run trains, unless its parent has them ignored."""

import os
import signal

import pytest

from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.interrupt import SIGNALS, caught_interrupts

UNSCORED = {"epochs": 1, "eval.epochs": ()}


@pytest.fixture(params=SIGNALS, ids=lambda number: number.name)
def number(request):
    """A signal, whose handler is put back."""
    before = signal.getsignal(request.param)
    yield request.param
    signal.signal(request.param, before)


def lost(number, _frame):
    """Fail where a signal was not caught: it would end these tests."""
    raise AssertionError(f"signal {number} was not caught")


@pytest.fixture
def signalled(heard, number):
    """An observer that sends the signal after the fifth step."""
    heard.after_step = lambda step: os.kill(os.getpid(), number) if step == 5 else None


@pytest.mark.usefixtures("signalled")
def test_every_signal_saves_and_says_which_it_was(run, go_on, heard, tmp_path, number):
    """No step that was taken is lost, and the run goes on."""
    signal.signal(number, lost)
    with pytest.raises(KeyboardInterrupt) as caught:
        run("dcgan", **UNSCORED)
    assert caught.value.args == (number,)
    assert read_checkpoint(tmp_path / "run" / LAST).trainer["steps"] == 5
    assert signal.getsignal(number) is lost
    heard.after_step = lambda _step: None
    assert go_on().epochs == 1


@pytest.mark.usefixtures("signalled")
def test_what_the_parent_ignores_stays_ignored(run, tmp_path, number):
    """As nohup has it, and a shell for what it starts in the background."""
    signal.signal(number, signal.SIG_IGN)
    assert run("dcgan", **UNSCORED).epochs == 1
    assert read_checkpoint(tmp_path / "run" / LAST).trainer["steps"] == 8
    assert signal.getsignal(number) is signal.SIG_IGN


def test_a_second_signal_does_not_wait(number):
    signal.signal(number, lost)
    with caught_interrupts() as interruption:
        os.kill(os.getpid(), number)
        assert interruption.asked
        with pytest.raises(KeyboardInterrupt) as caught:
            os.kill(os.getpid(), number)
    assert caught.value.args == (number,)


def test_work_that_can_be_repeated_ends_at_once(number):
    signal.signal(number, lost)
    with caught_interrupts() as interruption, pytest.raises(KeyboardInterrupt) as caught, interruption.interruptible():
        os.kill(os.getpid(), number)
    assert caught.value.args == (number,)


def test_a_handler_that_is_not_python_s_is_left_alone(monkeypatch):
    """Python cannot name it, and so could not give it back."""
    with monkeypatch.context() as patch:
        patch.setattr(signal, "getsignal", lambda _number: None)
        patch.setattr(signal, "signal", lost)
        with caught_interrupts() as interruption:
            assert not interruption.asked
    assert interruption.error().args == ()
