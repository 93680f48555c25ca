"""Axes: from numbers to places in a drawing, and where ticks stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ganmetrics.errors import InputError
from ganmetrics.pages.numbers import Number

TICKS = 5
"""About so many on an axis."""
_ROOM = 0.04
"""Share of the range that is left free at both ends of an axis, so that marks are not cut."""


@dataclass(frozen=True)
class Axis:
    """What an axis shows.

    Attributes:
        label: with the unit.
        log: equal steps are equal ratios.
        low: where it begins; None for the smallest number, with room.
        high: where it ends; None for the largest.
    """

    label: str
    log: bool = False
    low: Number | None = None
    high: Number | None = None


_BEYOND = 1e300
"""What no axis shows, infinity among it: differences of such numbers may leave double precision."""


@dataclass(frozen=True)
class AxisScale:
    """An axis laid out between two places of a drawing.

    Attributes:
        low: the number at `start`.
        high: the number at `end`.
        start: the place of `low`.
        end: the place of `high`.
        log: equal steps are equal ratios.
    """

    low: Number
    high: Number
    start: Number
    end: Number
    log: bool

    @classmethod
    def of(cls, axis: Axis, values: Sequence[Number], start: Number, end: Number) -> "AxisScale":
        """Return the scale that has room for all values.

        Raises:
            InputError: there is no finite value, or one of a logarithmic axis is not positive.
        """
        known = [value for value in values if abs(value) < _BEYOND]
        if axis.log:
            known = [value for value in known if value > 0]
        if not known:
            raise InputError(f"an axis needs numbers; {axis.label!r} has none that it can show")
        low, high = min(known), max(known)
        if axis.log:
            low, high = math.log(low), math.log(high)
        gap = (high - low) or (abs(high) or 1.0) * 0.5
        bounds = [bound if bound is not None and abs(bound) < _BEYOND else None for bound in (axis.low, axis.high)]
        given = [None if bound is None else math.log(bound) if axis.log else bound for bound in bounds]
        low = low - _ROOM * gap if given[0] is None else given[0]
        high = high + _ROOM * gap if given[1] is None else given[1]
        if high <= low:
            high = low + gap
        return cls(math.exp(low), math.exp(high), start, end, True) if axis.log else cls(low, high, start, end, False)

    def place(self, value: Number) -> float:
        """Return where a number stands; what lies beyond the ends stands at the end.

        >>> AxisScale(0.0, 10.0, 0.0, 100.0, False).place(2.5)
        25.0
        """
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        if self.log and value <= 0:
            return self.start
        number = math.log(value) if self.log else value
        share = min(max((number - low) / (high - low), 0.0), 1.0)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round numbers within the axis.

        >>> AxisScale(0.0, 10.0, 0.0, 1.0, False).ticks(), AxisScale(1.0, 1000.0, 0.0, 1.0, True).ticks()
        ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [1.0, 10.0, 100.0, 1000.0])
        """
        return _log_ticks(self.low, self.high) if self.log else _even_ticks(self.low, self.high)


def _even_ticks(low: Number, high: Number) -> list[float]:
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Rounded, since 3 x 0.1 is not 0.3.
    return [round(number * step, 12) for number in range(first, last + 1)]


def _log_ticks(low: Number, high: Number) -> list[float]:
    slack = 1e-9
    for factors in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [factor * 10.0**power for power in powers for factor in factors]
        within = [tick for tick in found if low * (1 - slack) <= tick <= high * (1 + slack)]
        if len(within) >= TICKS - 2:
            return within[:: -(-len(within) // (TICKS + 2))]
    return _even_ticks(low, high)
