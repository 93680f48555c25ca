"""Stages: every second belongs to one, whatever is nested, raised or iterated."""

import time

import pytest

from ganmetrics.timing import OTHER_STAGES, Stages, in_stage, stage, timed


class Clock:
    """A clock that stands still but for what it is told."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)

    def wait(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only on demand."""
    return Clock(monkeypatch)


def test_inner_time_is_not_counted_twice(clock):
    """A stage within another takes its time away from it; what no stage covers is the rest."""
    with timed() as stages:
        clock.wait(1)
        with stage("scores"):
            clock.wait(2)
            with stage("cache"):
                clock.wait(4)
            clock.wait(8)
        with stage("cache"):
            clock.wait(16)
    assert stages.seconds == {OTHER_STAGES: 1, "scores": 10, "cache": 20}


def test_time_before_an_item_counts_and_time_with_it_does_not(clock):
    """An iterator's stage is open while it is asked, and closed while its items are used."""

    def items():
        for _ in range(3):
            clock.wait(1)
            yield None
        clock.wait(1)

    with timed() as stages:
        for _ in in_stage("waiting", items()):
            clock.wait(10)
    assert stages.seconds == {OTHER_STAGES: 30, "waiting": 4}


def test_an_error_closes_its_stages(clock):
    """What comes after it is not credited to the stage that failed."""
    with timed() as stages:
        with pytest.raises(ValueError, match="bad"), stage("network"):
            clock.wait(1)
            raise ValueError("bad")
        clock.wait(2)
    assert stages.seconds == {"network": 1, OTHER_STAGES: 2}


def test_nobody_looks(clock):
    """Outside `timed` a stage does nothing, and a second run starts at zero."""
    with stage("network"):
        clock.wait(5)
    assert list(in_stage("waiting", [1, 2])) == [1, 2]
    with timed() as stages:
        clock.wait(1)
    assert stages.seconds == {OTHER_STAGES: 1}


def test_nothing_took_any_time():
    """Shares of nothing are shown as 0."""
    stages = Stages()
    stages.seconds = {"network": 0.0}
    assert "0 %" in stages.to_text()
