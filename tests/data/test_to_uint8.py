"""Floats in [-1, 1] become the nearest of 256 levels; other ranges are refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.data.to_uint8 import to_uint8
from ganmetrics.errors import InputError


@given(st.floats(-1, 1, width=32))
def test_levels_are_the_nearest(value):
    """The level differs from 127.5 (x + 1) by half at most."""
    assert abs(to_uint8(torch.tensor([value])).item() - 127.5 * (value + 1)) <= 0.5 + 1e-4


def test_every_level_comes_back():
    """The usual inverse, x / 127.5 - 1, is undone exactly, in half precision too."""
    levels = torch.arange(256, dtype=torch.uint8)
    for dtype in (torch.float64, torch.float32, torch.float16):
        assert torch.equal(to_uint8((levels.double() / 127.5 - 1).to(dtype)), levels)


def test_rounding_errors_are_tolerated():
    """Values beyond the ends by a thousandth are clipped to the ends, not wrapped around."""
    assert to_uint8(torch.tensor([-1.0009, 1.0009])).tolist() == [0, 255]


@pytest.mark.parametrize(
    ("values", "came"),
    [
        ([0.0, 1.01], "from 0 to 1.01"),
        ([-1.01, 0.0], "from -1.01 to 0"),
        ([0.0, float("inf")], "from 0 to inf"),
        ([0.0, float("nan")], "from nan to nan"),
    ],
)
def test_other_ranges_are_refused(values, came):
    """The error gives the range that came."""
    with pytest.raises(InputError, match=rf"^to_uint8 needs floats in \[-1, 1\], got values {came}$"):
        to_uint8(torch.tensor(values))


def test_other_types_are_refused():
    """Integers are no floats in [-1, 1]."""
    with pytest.raises(InputError, match=r"floating-point tensor in \[-1, 1\], got torch.uint8"):
        to_uint8(torch.zeros(2, dtype=torch.uint8))


def test_nothing_maps_to_nothing():
    """An empty batch stays empty."""
    assert to_uint8(torch.zeros(0, 3, 8, 8)).shape == (0, 3, 8, 8)
