"""What arguments of the public functions must be; a configuration's keys have checks of their own.

`ganmetrics.core.checks` has the like: it is not public, and this package sees what is public only.
"""

from numbers import Integral
from types import UnionType

from ganmetrics import InputError, clipped, shown

MOST_SIDE = 16_384
"""Height and width of images, in pixels."""
MOST_SEED = 2**62
"""What torch takes, with room for the seeds that are made from it."""


def whole_number(name: str, value: object, *, least: int, most: int | None = None) -> int:
    """Return a whole number within its range.

    Raises:
        InputError: it is none, or out of range.

    >>> whole_number("count", 0, least=1)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: count must be a whole number from 1 on; got 0
    """
    bounds = f"from {least} " + ("on" if most is None else f"to {most}")
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InputError(f"{name} must be a whole number {bounds}; got {shown(value)}")
    number = int(value)
    if number < least or (most is not None and number > most):
        raise InputError(f"{name} must be a whole number {bounds}; got {shown(number)}")
    return number


def check_type(name: str, value: object, needed: type | UnionType, hint: str) -> None:
    """Refuse what is not of a type; `hint` says how one is made.

    Raises:
        InputError: naming the type that came.
    """
    if not isinstance(value, needed):
        raise InputError(f"{name} must be {hint}; got {clipped(type(value).__name__)}")


def check_callable(name: str, value: object) -> None:
    """Refuse what cannot be called.

    Raises:
        InputError: naming the type that came.
    """
    if not callable(value):
        raise InputError(f"{name} must be a function; got {clipped(type(value).__name__)}")
