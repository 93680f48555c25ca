"""Planes of pairs: what is refused before anything is compared, and the windows."""

import pytest
import torch
from scipy.ndimage import correlate1d

from ganmetrics.errors import InputError
from ganmetrics.metrics.pairs.planes import gaussian_window, planes_of, uniform_window, windowed

PAIR = torch.rand(2, 3, 8, 9, generator=torch.Generator().manual_seed(0))


def test_planes_are_the_pixels_in_double():
    """Values stay as they are."""
    one, other = planes_of((PAIR * 255).to(torch.uint8), torch.zeros(2, 3, 8, 9, dtype=torch.uint8), 255)
    assert one.dtype == other.dtype == torch.float64
    assert torch.equal(one, (PAIR * 255).to(torch.uint8).double())


@pytest.mark.parametrize(
    ("originals", "reconstructions", "data_range", "message"),
    [
        (PAIR, PAIR.double(), 1, "one type and shape"),
        (PAIR, PAIR[:1], 1, "one type and shape"),
        (PAIR[0], PAIR[0], 1, r"shape \[n, c, h, w\]"),
        (PAIR[:0], PAIR[:0], 1, "not be empty"),
        (PAIR.to(torch.uint8), PAIR.to(torch.uint8), 1, "uint8 images have data_range 255; got 1"),
        (PAIR.long(), PAIR.long(), 255, "uint8 or floating point; got torch.int64"),
        (PAIR, PAIR, 0, "data_range must be positive and finite; got 0"),
        (PAIR, PAIR, float("inf"), "positive and finite"),
        (PAIR, PAIR * torch.nan, 1, "reconstructions must be finite"),
        (PAIR * 4, PAIR * 4, 1, "originals need values within data_range 1"),
    ],
)
def test_what_is_no_pair_is_refused(originals, reconstructions, data_range, message):
    """In one line, naming the side."""
    with pytest.raises(InputError, match=message):
        planes_of(originals, reconstructions, data_range)


@pytest.mark.parametrize("window", [uniform_window(7), gaussian_window(0.8)], ids=["uniform", "gaussian"])
def test_windows_are_scipys(window):
    """Wholly inside the planes, each way in turn."""
    planes, reach = PAIR.double(), len(window) // 2
    expected = correlate1d(correlate1d(planes.numpy(), window.numpy(), axis=2), window.numpy(), axis=3)
    inside = torch.from_numpy(expected)[..., reach : 8 - reach, reach : 9 - reach]
    assert torch.allclose(windowed(planes, window), inside)
    assert float(window.sum()) == pytest.approx(1)
