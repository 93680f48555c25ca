"""What options and arguments must be, each refused in the same words wherever it is given.

A message says what is needed and what came: ``k must be at least 1; got 0``.
"""

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from types import UnionType
from typing import TypeVar

from ganmetrics._text import clipped, shown
from ganmetrics.errors import InputError

Choice = TypeVar("Choice")
LARGEST_SIDE = 16_384
"""Height and width of what is resized to, in pixels: no larger image would be read."""
LARGEST_SEED = 2**32 - 1
"""The largest that every generator in use takes."""


def one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse what is none of the words allowed.

    Raises:
        InputError: listing the words.

    >>> one_of("alpha", "grey", ["white", "black"])
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: alpha must be one of white, black; got 'grey'
    """
    words = tuple(allowed)
    if not isinstance(value, str) or plain_text(value) not in words:
        raise InputError(f"{name} must be one of {', '.join(words)}; got {shown(value)}")


def named_in(name: str, value: Choice | str, table: Mapping[str, Choice]) -> Choice:
    """Return what a table has under a name, or the value itself where it is no name but what the table holds.

    Raises:
        InputError: if it is neither.

    >>> named_in("size", "small", {"small": 1.0, "large": 2.0}), named_in("size", 7.0, {"small": 1.0})
    (1.0, 7.0)
    """
    if not isinstance(value, str) and isinstance(value, type(next(iter(table.values())))):
        return value
    one_of(name, value, table)
    assert isinstance(value, str)
    return table[plain_text(value)]


def plain_text(text: str) -> str:
    """Return a text's letters: a member of an enumeration that is a text, too, calls itself something else.

    >>> import enum
    >>> plain_text(enum.Enum("Size", {"SMALL": "small"}, type=str).SMALL)
    'small'
    """
    return str.__str__(text)


def whole(name: str, value: object, *, least: int, most: int | None = None) -> int:
    """Return a whole number within its range as an int.

    Raises:
        InputError: if it is no whole number, or out of range.

    >>> whole("k", 3, least=1)
    3
    >>> whole("k", 0, least=1)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: k must be at least 1; got 0
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InputError(f"{name} must be a whole number; got {shown(value)}")
    number = int(value)
    if number < least:
        raise InputError(f"{name} must be at least {least}; got {shown(number)}")
    if most is not None and number > most:
        raise InputError(f"{name} must be at most {most}; got {shown(number)}")
    return number


def seed_number(name: str, value: object) -> int:
    """Return the seed of a generator of random numbers: a whole number from 0 to 2^32 - 1.

    Raises:
        InputError: if it is none.
    """
    return whole(name, value, least=0, most=LARGEST_SEED)


def probability(name: str, value: object) -> float:
    """Return a number that lies strictly between 0 and 1, in double precision.

    Raises:
        InputError: saying what came.

    >>> probability("confidence", 95)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: confidence must lie between 0 and 1; got 95
    """
    number = _number(name, value)
    if not 0 < number < 1:
        raise InputError(f"{name} must lie between 0 and 1; got {shown(value)}")
    return number


def positive(name: str, value: object) -> float:
    """Return a positive and finite number, in double precision.

    Raises:
        InputError: saying what came.
    """
    number = _number(name, value)
    if not 0 < number < math.inf:
        raise InputError(f"{name} must be positive and finite; got {shown(value)}")
    return number


def at_least(name: str, value: object, least: float, *, finite: bool = True) -> float:
    """Return a number in double precision that is no less than the least, nor infinite where that is not allowed.

    Raises:
        InputError: saying what came.

    >>> at_least("order", -1.0, 0.0)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: order must be at least 0; got -1.0
    """
    number = _number(name, value)
    if not number >= least:
        raise InputError(f"{name} must be at least {least:g}; got {shown(value)}")
    if finite and math.isinf(number):
        raise InputError(f"{name} must be finite; got {shown(value)}")
    return number


def same_width(real: int, fake: int) -> None:
    """Refuse two sides of different numbers of features.

    Raises:
        InputError: saying both.

    >>> same_width(3, 2)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: both sides need one dimension; got real 3 and fake 2
    """
    if real != fake:
        raise InputError(f"both sides need one dimension; got real {real} and fake {fake}")


def of_type(name: str, value: object, needed: type | UnionType, hint: str) -> None:
    """Refuse what is not of a type; `hint` says how one is made.

    Raises:
        InputError: naming the type that came.
    """
    if not isinstance(value, needed):
        raise InputError(f"{name} must be {hint}; got {clipped(type(value).__name__)}")


def function(name: str, value: object) -> None:
    """Refuse what cannot be called.

    Raises:
        InputError: naming the type that came.
    """
    if not callable(value):
        raise InputError(f"{name} must be a function; got {clipped(type(value).__name__)}")


def _number(name: str, value: object) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise InputError(f"{name} must be a number; got {shown(value)}")
    try:
        return float(value)
    except OverflowError:
        raise InputError(f"{name} must be a number that a float can hold; got {shown(value)}") from None
