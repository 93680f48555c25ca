"""PSNR and L1: scikit-image, closed forms, the two means, refusals."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError
from ganmetrics.metrics.pairs.error import pixel_errors

skimage = pytest.importorskip("skimage.metrics")


def images(count, size=(12, 9), seed=0):
    """Noise, uint8."""
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (count, 3, *size), dtype=np.uint8))


def test_psnr_is_scikit_images():
    """Image by image, to rounding; L1 is the mean of absolute differences."""
    one, other = images(4), images(4, seed=1)
    found = pixel_errors(one, other, data_range=255)
    for at in range(4):
        pair = one[at].numpy(), other[at].numpy()
        assert float(found.psnr[at]) == pytest.approx(skimage.peak_signal_noise_ratio(*pair, data_range=255), rel=1e-12)
        assert float(found.absolute[at]) == pytest.approx(np.abs(pair[0] / 255 - pair[1] / 255).mean(), rel=1e-12)
    pooled = skimage.peak_signal_noise_ratio(one.numpy(), other.numpy(), data_range=255)
    assert found.psnr_of_mean_error == pytest.approx(pooled, rel=1e-12)


@given(st.integers(1, 254))
def test_a_shift_has_its_closed_form(shift):
    """20 log10(255/shift), whatever the scale on which it is said."""
    black = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    found = pixel_errors(black, black + shift, data_range=255)
    assert found.psnr.tolist() == pytest.approx([20 * math.log10(255 / shift)] * 2)
    as_floats = pixel_errors(black.double() / 127.5 - 1, (black + shift).double() / 127.5 - 1, data_range=2)
    assert as_floats.psnr_mean_of_images == pytest.approx(found.psnr_mean_of_images, rel=1e-9)


def test_the_two_means_differ():
    """The mean of ratios is above the ratio of the mean; one exact image makes it infinite, the other not."""
    one, other = images(2), images(2)
    other[0] ^= 1
    other[1] ^= 64
    found = pixel_errors(one, other, data_range=255)
    assert found.psnr_mean_of_images > found.psnr_of_mean_error + 5
    other[0] = one[0]
    exact = pixel_errors(one, other, data_range=255)
    assert math.isinf(exact.psnr_mean_of_images)
    assert math.isfinite(exact.psnr_of_mean_error)
    assert math.isinf(pixel_errors(one, one, data_range=255).psnr_of_mean_error)


@pytest.mark.parametrize(
    ("originals", "reconstructions", "data_range", "message"),
    [
        (images(2), images(2, (12, 8)), 255, r"one type and shape; got originals torch.uint8 \[2, 3, 12, 9\] and"),
        (images(2), images(2).float(), 255, "one type and shape"),
        (images(2)[0], images(2)[0], 255, r"shape \[n, c, h, w\] and not be empty; got \[3, 12, 9\]"),
        (images(2), images(2), 1, "uint8 images have data_range 255; got 1"),
        (images(2).int(), images(2).int(), 255, "uint8 or floating point; got torch.int32"),
        (images(2).float(), images(2).float(), 1, "within data_range 1; they spread over 255"),
        (images(2).float(), images(2).float() / 0, 255, "must be finite"),
        (images(2).float(), images(2).float(), -1, "positive and finite; got -1"),
    ],
)
def test_what_does_not_fit_is_refused(originals, reconstructions, data_range, message):
    """One line, and no range is ever guessed."""
    with pytest.raises(InputError, match=message):
        pixel_errors(originals, reconstructions, data_range=data_range)
