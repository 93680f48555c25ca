"""Crafted pickles end in plain values or in one line, whatever is in them."""

import os
import signal
import warnings

import numpy as np
import pytest

from ganmetrics import GanMetricsError, load_plain_pickle
from tests.fuzz.pickles import REAL, crafted

CASES = int(os.environ.get("GANMETRICS_FUZZ_CASES", "500"))
PLAIN = (str, bytes, int, float, bool, type(None), np.number, np.bool_)
LEAST = 0.02


def check_plain(value):
    """Raise unless a value, with all that it holds, is plain data."""
    if isinstance(value, dict):
        assert all(isinstance(key, str | bytes) for key in value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        assert type(value) in (list, tuple)
        for part in value:
            check_plain(part)
    elif isinstance(value, np.ndarray):
        assert type(value) is np.ndarray
        assert value.dtype.kind in "fiub"
        assert value.dtype.isnative
        assert value.flags.owndata or value.base.flags.owndata
    else:
        assert isinstance(value, PLAIN)


def outcome(data):
    """Return whether a pickle is read; every other end than plain data and an error of one short line fails."""
    signal.alarm(60)
    try:
        check_plain(load_plain_pickle(data, name="file"))
    except GanMetricsError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 1000
        return False
    return True


@pytest.fixture
def no_hang():
    """Each case gets a minute, so that one that hangs is named and the suite goes on."""

    def ended(_number, _frame):
        raise AssertionError("a pickle took a minute")

    before = signal.signal(signal.SIGALRM, ended)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.usefixtures("no_hang")
def test_crafted_pickles_end_well():
    """Some are read and some refused: a grammar whose every case is refused at its first byte would show nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = sum(outcome(crafted(seed)) for seed in range(CASES))
    assert LEAST * CASES < read < (1 - LEAST) * CASES


@pytest.mark.slow
@pytest.mark.usefixtures("no_hang")
def test_the_seeds_are_read():
    """What is changed was sound before."""
    assert all(outcome(data) for data in REAL)
