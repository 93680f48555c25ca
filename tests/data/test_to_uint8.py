"""Floats in [-1, 1] become the nearest of 256 levels; other ranges are refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.data import to_uint8 as module
from ganmetrics.data.to_uint8 import signed_to_uint8, to_uint8
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
        (
            [0.0, 1.01],
            r"from 0 to 1.01; floats in \[0, 255\] need images / 127.5 - 1, those in \[0, 1\] 2 \* images - 1",
        ),
        ([-1.01, 0.0], "from -1.01 to 0"),
        ([-0.5, float("inf")], "from -0.5 to inf"),
        ([0.0, float("nan")], "from nan to nan"),
    ],
)
def test_other_ranges_are_refused(values, came):
    """The error gives the range that came."""
    with pytest.raises(InputError, match=rf"^to_uint8 needs floats in \[-1, 1\]; got values {came}$"):
        to_uint8(torch.tensor(values))


def test_other_types_are_refused():
    """Integers are no floats in [-1, 1]."""
    with pytest.raises(
        InputError, match=r"floating-point tensor in \[-1, 1\]; got torch.uint8; uint8 images are pixels as they are"
    ):
        to_uint8(torch.zeros(2, dtype=torch.uint8))


def test_nothing_maps_to_nothing():
    """An empty batch stays empty."""
    assert to_uint8(torch.zeros(0, 3, 8, 8)).shape == (0, 3, 8, 8)


def test_floats_in_another_range_are_told_once(monkeypatch, caplog):
    """Floats in [0, 1] look like bright images: nothing below 0 is worth a word, that names both ranges."""
    monkeypatch.setattr(module, "_told", False)
    bright = torch.linspace(0, 1, 48).reshape(1, 3, 4, 4)
    to_uint8(2 * bright - 1)
    assert not caplog.records
    for _ in range(3):
        assert to_uint8(bright).min() == 128
    (record,) = caplog.records
    assert "no value below 0, only from 0 to 1: floats in [0, 1] need 2 * images - 1" in record.getMessage()
    assert "[-1, 1]" in record.getMessage()


def test_a_caller_that_looks_at_all_batches_hears_nothing(monkeypatch, caplog):
    """A bright batch of a stream says nothing of the stream."""
    monkeypatch.setattr(module, "_told", False)
    assert torch.equal(signed_to_uint8(torch.ones(1, 3, 2, 2)), torch.full((1, 3, 2, 2), 255, dtype=torch.uint8))
    assert not caplog.records
