"""Whether a metric gets worse as images do."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from ganmetrics.errors import InputError

SeriesVerdict = Literal["monotone", "flat", "turns", "backwards"]

STEP_TOLERANCE = 0.02
"""A step counts as no step back if it is at most this share of the range of the series; metrics saturate."""

VERDICT_MEANINGS = {
    "monotone": "worse at every level",
    "flat": "does not react",
    "turns": "worse at some levels, better at others",
    "backwards": "better at every level",
}
"""What each verdict says of a metric."""


def verdict(values: Sequence[float], *, lower_is_better: bool) -> SeriesVerdict:
    """Return what a metric makes of a series of sets that get worse, the undisturbed one first.

    ``flat`` if its values span at most `STEP_TOLERANCE` times the first one. Otherwise ``monotone`` if it gets worse
    from each level to the next, ``backwards`` if it gets better, ``turns`` if neither; steps the other way of at most
    `STEP_TOLERANCE` times the span do not count.

    Raises:
        InputError: there are fewer than two values.

    >>> verdict([0.0, 372.0, 384.0, 382.0], lower_is_better=True)
    'monotone'
    >>> verdict([9.0, 8.0, 4.0, 5.0], lower_is_better=False)
    'turns'
    """
    if len(values) < 2:  # noqa: PLR2004 - one step
        raise InputError(f"a verdict needs two levels or more; got {len(values)}")
    span = max(values) - min(values)
    if span <= STEP_TOLERANCE * abs(values[0]):
        return "flat"
    sign = 1 if lower_is_better else -1
    steps = [sign * (after - before) for before, after in pairwise(values)]
    if min(steps) >= -STEP_TOLERANCE * span:
        return "monotone"
    if max(steps) <= STEP_TOLERANCE * span:
        return "backwards"
    return "turns"
