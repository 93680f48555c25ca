"""Checks of options: what is taken, what is refused, and that every message is one short line."""

import enum
import math
from fractions import Fraction

import numpy as np
import pytest

from ganmetrics.core.checks import (
    at_least,
    named_in,
    of_type,
    one_of,
    positive,
    probability,
    same_width,
    seed_number,
    whole,
)
from ganmetrics.errors import InputError

TABLE = {"small": range(1), "large": range(9)}


class Size(str, enum.Enum):  # noqa: UP042 - its members call themselves Size.LARGE where text is asked for
    """A text with a name, as users' configurations have them."""

    LARGE = "large"


def test_what_is_needed_is_taken():
    """Also NumPy's numbers; what is returned is plain."""
    one_of("alpha", "white", ("white", "black"))
    one_of("alpha", Size.LARGE, ("large",))
    narrow = np.float16(0.3)
    for number in (probability("share", narrow), positive("share", narrow), at_least("share", narrow, 0.0)):
        assert (type(number), number) == (float, float(narrow))
    assert positive("gamma", Fraction(1, 3)) == 1 / 3
    assert at_least("order", math.inf, 0.0, finite=False) == math.inf
    same_width(4, 4)
    of_type("values", [], list, "a list")
    assert type(whole("k", np.int64(3), least=3, most=3)) is int
    assert seed_number("seed", 2**32 - 1) == 2**32 - 1
    assert named_in("size", "large", TABLE) is TABLE["large"]
    assert named_in("size", range(3), TABLE) == range(3)
    assert named_in("size", Size.LARGE, TABLE) is TABLE["large"]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: one_of("alpha", "grey", ("white", "black")), "alpha must be one of white, black; got 'grey'"),
        (lambda: one_of("alpha", ["white"], ("white",)), "alpha must be one of white; got ['white']"),
        (lambda: named_in("size", "huge", TABLE), "size must be one of small, large; got 'huge'"),
        (lambda: named_in("size", None, TABLE), "size must be one of small, large; got None"),
        (lambda: whole("k", 0, least=1), "k must be at least 1; got 0"),
        (lambda: whole("k", 2.0, least=1), "k must be a whole number; got 2.0"),
        (lambda: whole("k", True, least=1), "k must be a whole number; got True"),
        (lambda: seed_number("seed", 2**32), "seed must be at most 4294967295; got 4294967296"),
        (lambda: probability("confidence", 1), "confidence must lie between 0 and 1; got 1"),
        (lambda: probability("confidence", math.nan), "confidence must lie between 0 and 1; got nan"),
        (lambda: probability("confidence", "0.95"), "confidence must be a number; got '0.95'"),
        (lambda: positive("gamma", math.inf), "gamma must be positive and finite; got inf"),
        (lambda: at_least("order", -0.5, 0.0), "order must be at least 0; got -0.5"),
        (lambda: at_least("coef0", math.inf, 0.0), "coef0 must be finite; got inf"),
        (lambda: same_width(3, 2), "both sides need one dimension; got real 3 and fake 2"),
        (lambda: of_type("values", 3, list, "a list"), "values must be a list; got int"),
    ],
)
def test_what_is_not_is_refused(check, message):
    """The message says what is needed and what came."""
    with pytest.raises(InputError) as caught:
        check()
    assert str(caught.value) == message


def test_a_message_never_grows_with_the_value():
    """However long or deep it is, and whatever it would do to a terminal."""
    for value in ("x" * 10**6, "\x1b[2J\n", [[[[0] * 99] * 99] * 99], 10**5000):
        with pytest.raises(InputError) as caught:
            one_of("alpha", value, ("white",))
        assert len(str(caught.value)) < 300
        assert str(caught.value).isprintable()
