"""What comes from a file is told printable, on one line and short."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ganmetrics
from ganmetrics import GanMetricsError, InputError, StorageError, clipped, printable, shown
from ganmetrics._text import VALUE_LIMIT, listed, one_line

LONGEST = 2 * VALUE_LIMIT
HOSTILE = "\x1b]0;title\x07\x1b[2J\r\n\u202egnp.exe\ud800\x00\u2028"


@given(st.text(st.characters()))
def test_printable_text_is_one_line(text):
    """Of any characters, lone surrogates among them; what is printable stays as it is."""
    told = printable(text)
    assert told.isprintable()
    assert len(told.splitlines()) <= 1
    assert (told == text) == text.isprintable()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@pytest.mark.slow
@given(VALUES)
def test_values_are_short_and_printable(value):
    """Whatever they hold."""
    told = shown(value)
    assert told.isprintable()
    assert len(told) <= LONGEST


@pytest.mark.parametrize("value", [0, -5, True, None, 2.5, "it's", b"bytes", [1, "a"], (1,), {"a": [1.5]}, [], ()])
def test_short_values_are_as_python_writes_them(value):
    """So that `got 'x'` and `got 5` read as ever."""
    assert shown(value) == repr(value)


def test_shared_and_endless_containers_are_cut():
    """Thirty levels of two hold a billion parts; a list may hold itself."""
    nested = []
    for _ in range(200):
        nested = [nested, nested]
    endless = []
    endless.append(endless)
    assert len(shown(nested)) < LONGEST
    assert len(shown(endless)) < LONGEST
    assert len(shown({f"key {number}" * 100: number for number in range(1000)})) < LONGEST


def test_objects_are_told_by_type():
    """Their own text may be long, slow or hostile."""

    class Hostile:
        def __repr__(self):
            raise AssertionError("asked")

    assert shown(Hostile()) == "an object of type Hostile"
    assert shown([np.zeros(1000)]) == "[an object of type ndarray]"
    assert shown(np.float64(0.5)) == "0.5"
    assert shown(10**5000) == "a whole number of 16610 bits"


def test_names_and_reasons_are_cut():
    """With the mark of it, and the count of the rest."""
    assert clipped("x" * 1000) == "x" * VALUE_LIMIT + "…"
    assert len(clipped("\x1b" * 1000)) == VALUE_LIMIT + 1
    assert listed("x" * 500 for _ in range(12)).endswith("… and 2 more")
    assert listed([(1, "\n")]) == r"(1, '\n')"
    assert len(one_line(ValueError("word " * 1000))) == VALUE_LIMIT + 1


@pytest.mark.parametrize(
    "name", [name for name in ganmetrics.__all__ if "Error" in name or name in ("NotEnoughSamples", "StaleStatistics")]
)
def test_every_error_is_printable(name):
    """Also where the message was made with care for none of this; what was said stays in args, and survives a copy."""
    error = getattr(ganmetrics, name)(f"bad file {HOSTILE}")
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert str(each).isprintable()
        assert str(each).startswith("bad file \\x1b]0;title")
        assert each.args == (f"bad file {HOSTILE}",)


def test_errors_of_the_system_keep_their_form():
    """An OSError with number and text is told as Python tells it."""
    assert str(StorageError(28, "No space")) == "[Errno 28] No space"
    assert str(GanMetricsError()) == ""
    assert isinstance(InputError("x"), ValueError)
