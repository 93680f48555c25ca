"""What a series of values says of a metric."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.commands.sanity.verdicts import VERDICT_MEANINGS, verdict
from ganmetrics.errors import InputError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 42, 76, 218], "monotone"),
        ([0, 372, 384, 382], "monotone"),  # 2 of 384 back is a saturated metric
        ([0, 372, 384, 370], "turns"),  # 14 of 384 is not
        ([48, 30, 12, 4], "backwards"),
        ([10, 10.1, 9.95, 10.05], "flat"),
        ([10, 10, 10, 10], "flat"),
        ([0, 5, -5, 1], "turns"),
        ([-1e-4, 3e-3, 0.1, 0.2], "monotone"),  # a kernel distance starts about 0, of either sign
    ],
)
def test_series_where_lower_is_better(values, expected):
    """Rising values are getting worse."""
    assert verdict([float(value) for value in values], lower_is_better=True) == expected
    assert expected in VERDICT_MEANINGS


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_the_direction_mirrors(values):
    """What is worse where lower is better is better where higher is, and the two middle verdicts are no one's."""
    mirrored = {"monotone": "backwards", "backwards": "monotone", "turns": "turns", "flat": "flat"}
    assert verdict(values, lower_is_better=False) == mirrored[verdict(values, lower_is_better=True)]


@given(st.lists(st.floats(0.5, 100), min_size=2, max_size=6), st.floats(0.01, 100))
def test_the_unit_does_not_matter(values, factor):
    """A metric in other units gets the same verdict, but at the very edge of a tolerance."""
    assert verdict(values, lower_is_better=True) in (
        verdict([factor * value for value in values], lower_is_better=True),
        verdict([factor * (1 + 1e-12) * value for value in values], lower_is_better=True),
        verdict([value if place else value * (1 + 1e-9) for place, value in enumerate(values)], lower_is_better=True),
    )


def test_one_level_is_no_series():
    """There is nothing to compare."""
    with pytest.raises(InputError, match="needs two levels or more; got 1"):
        verdict([1.0], lower_is_better=True)
