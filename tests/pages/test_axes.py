"""Scales: ticks are round and within, places are in order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError
from ganmetrics.pages.axes import Axis, AxisScale

NUMBERS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20)


@given(NUMBERS)
def test_every_number_has_a_place_in_order(values):
    """Whatever is drawn lies between the ends, and larger is farther."""
    scale = AxisScale.of(Axis("x"), values, 10.0, 300.0)
    places = [scale.place(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(10 <= place <= 300 for place in places)
    assert 2 <= len(scale.ticks()) <= 8


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=20))
def test_logarithmic_axes(values):
    """Ticks lie within; equal ratios are equal steps."""
    scale = AxisScale.of(Axis("x", log=True), values, 0.0, 100.0)
    ticks = scale.ticks()
    assert all(scale.low * 0.999 <= tick <= scale.high * 1.001 for tick in ticks)
    assert 2 <= len(ticks) <= 9
    middle = math.sqrt(scale.low * scale.high)
    assert scale.place(middle) == pytest.approx(50, abs=1e-6)


def test_no_numbers_is_an_error():
    """An axis has something to show; a logarithmic one something above 0."""
    with pytest.raises(InputError, match="'seconds' has none"):
        AxisScale.of(Axis("seconds"), [math.nan], 0.0, 1.0)
    with pytest.raises(InputError, match="has none"):
        AxisScale.of(Axis("n", log=True), [0.0, -1.0], 0.0, 1.0)


def test_one_number_has_room_around_it():
    """And so has zero."""
    for value in (0.0, 5.0, -3.0):
        assert 0 < AxisScale.of(Axis("x"), [value], 0.0, 1.0).place(value) < 1


@pytest.mark.parametrize("bound", [-math.inf, math.inf, math.nan, -1e308])
def test_what_no_axis_can_show_is_left_out(bound):
    """A run whose distance left double precision has a page all the same."""
    scale = AxisScale.of(Axis("x", low=bound, high=bound), [1.0, 2.0, bound, -bound], 0.0, 100.0)
    assert 0 < scale.low < 1
    assert 2 < scale.high < 3
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks())
