"""The Gaussian discrepancy of CMMD: closed form, oracles, scale."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy, maximum_mean_discrepancy_estimate
from tests.oracles import gaussian_kernel, squared_mmd_biased, squared_mmd_unbiased


@pytest.mark.parametrize(("bandwidth", "scale"), [(10.0, 1000.0), (0.7, 1.0)])
def test_two_points_give_the_closed_form(bandwidth, scale):
    """2 - 2 exp(-r^2 / (2 bandwidth^2)) at distance r."""
    value = maximum_mean_discrepancy(np.zeros((1, 2)), np.array([[3.0, 4.0]]), bandwidth=bandwidth, scale=scale)
    assert value == pytest.approx(scale * (2 - 2 * math.exp(-12.5 / bandwidth**2)), rel=1e-12)


def test_both_estimates_are_their_equations():
    """On features of length 1, as CLIP's are: the biased estimate by default, as published; in both precisions."""
    rng = np.random.default_rng(0)
    real, fake = (rng.standard_normal((count, 16)) + shift for count, shift in ((40, 0), (30, 0.5)))
    real, fake = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (real, fake))

    def kernel(x, y):
        return gaussian_kernel(x, y, 10.0)

    expected = 1000 * squared_mmd_biased(real, fake, kernel)
    assert maximum_mean_discrepancy(real, fake) == pytest.approx(expected, rel=1e-9)
    assert maximum_mean_discrepancy(np.float32(real), np.float32(fake)) == pytest.approx(expected, rel=1e-5)
    expected = 1000 * squared_mmd_unbiased(real, fake, kernel)
    assert maximum_mean_discrepancy(real, fake, unbiased=True) == pytest.approx(expected, rel=1e-9)


def test_equal_sets_are_no_distance_apart():
    """The biased estimate is the distance of the two samples themselves."""
    real = np.random.default_rng(0).standard_normal((30, 4))
    assert maximum_mean_discrepancy(real, real, bandwidth=1.0) == pytest.approx(0, abs=1e-9)


def test_what_has_no_discrepancy_is_refused():
    """A scale or a bandwidth of 0, and pairs of one image."""
    one = np.zeros((1, 2))
    with pytest.raises(InputError, match="scale must be positive and finite; got 0"):
        maximum_mean_discrepancy(one, one, scale=0.0)
    with pytest.raises(InputError, match="bandwidth must be positive and finite; got 0"):
        maximum_mean_discrepancy(one, one, bandwidth=0.0)
    with pytest.raises(NotEnoughSamples, match="at least 2 real images; got 1"):
        maximum_mean_discrepancy(one, one, unbiased=True)


def test_the_estimate_is_the_unbiased_one_with_an_interval():
    """Both values of one pass, scaled alike; the interval holds the true distance, and grows with confidence."""
    draw = torch.Generator().manual_seed(0)
    real, fake = torch.randn(300, 1, generator=draw), 3 + torch.randn(300, 1, generator=draw)
    value, estimate = maximum_mean_discrepancy_estimate(real, fake, bandwidth=2.0)
    assert value == maximum_mean_discrepancy(real, fake, bandwidth=2.0)
    assert estimate.value == pytest.approx(
        maximum_mean_discrepancy(real, fake, bandwidth=2.0, unbiased=True), rel=1e-12
    )
    # The mean of exp(-x^2 / 8) over N(m, 2) is (4 / 6)^(1/2) exp(-m^2 / 12).
    truth = 2000 * (2 / 3) ** 0.5 * (1 - math.exp(-0.75))
    assert estimate.low < truth < estimate.high
    # Control: the interval is narrower than the distance by far.
    assert estimate.high - estimate.low < truth / 2
    wide = maximum_mean_discrepancy_estimate(real, fake, bandwidth=2.0, confidence=0.999)[1]
    assert wide.low < estimate.low < estimate.high < wide.high


def test_an_estimate_needs_four_images_and_a_confidence():
    """The variance is of pairs of pairs."""
    with pytest.raises(NotEnoughSamples, match="needs at least 4 fake images; got 3"):
        maximum_mean_discrepancy_estimate(torch.randn(9, 2), torch.randn(3, 2))
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        maximum_mean_discrepancy_estimate(torch.randn(9, 2), torch.randn(9, 2), confidence=1.0)
    with pytest.raises(InputError, match="scale must be positive"):
        maximum_mean_discrepancy_estimate(torch.randn(9, 2), torch.randn(9, 2), scale=0.0)
