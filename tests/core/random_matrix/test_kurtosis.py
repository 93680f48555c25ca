"""The kurtosis from blocks: known scales give it, Gaussians have none, and the blocks do not matter."""

import math

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.random_matrix.kurtosis import Tails, extrapolation, part_lengths, relative_kurtosis, tail_bias

SIZE = 40


def kurtosis(features, pieces=8):
    """The kurtosis of features that are cut into so many blocks."""
    parts = [Moments.of(part) for part in np.array_split(features, pieces)]
    return relative_kurtosis(Moments.of(features), part_lengths(parts))


@pytest.mark.slow
@pytest.mark.parametrize("count", [60, 400, 4000])
@pytest.mark.parametrize("sigma", [0.0, 0.25])
@pytest.mark.usefixtures("unchecked")
def test_mean_over_draws_is_the_fourth_moment_of_the_scale(count, sigma):
    """For log-normal scales it is exp(4 σ²), for blocks with fewer images than features and with more."""
    values = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        scale = np.exp(sigma * rng.standard_normal((count, 1)) - sigma**2)
        values.append(kurtosis(3 + scale * rng.standard_normal((count, SIZE)) * np.linspace(0.5, 1, SIZE)))
    error = np.std(values) / np.sqrt(len(values))
    assert np.mean(values) == pytest.approx(np.exp(4 * sigma**2), abs=3 * error + 0.01)
    assert error < 0.02


def test_parts_without_spread_count_for_nothing():
    """Missing parts and single images are passed over, and without two parts there is no telling."""
    features = np.random.default_rng(0).standard_normal((30, 3))
    total = Moments.of(features)
    pair = [Moments.of(features[:15]), Moments.of(features[15:29])]
    lengths = part_lengths([pair[0], None, pair[1], Moments.of(features[29:])])
    assert relative_kurtosis(total, lengths) == relative_kurtosis(total, part_lengths(pair))
    assert relative_kurtosis(total, lengths[:1]) == 1
    constant = [Moments.of(np.ones((5, 2)))] * 2
    assert relative_kurtosis(Moments.of(np.ones((10, 2))), part_lengths(constant)) == 1


@pytest.mark.parametrize("fourth", [1.1, 1.28, 1.5, 2.7])
@pytest.mark.parametrize("ratio", [1.5, 2.0, 4.0, 8.0])
@pytest.mark.usefixtures("unchecked")
def test_the_stretch_is_that_of_the_law_with_log_normal_scales(fourth, ratio):
    """The fitted factor is within 0.06 of what the law gives for equal sides of one population."""

    def bias(share):
        """What the law for Gaussian features leaves, F / N = f running over a spectrum k^-1."""
        nodes, weights = hermegauss(60)
        sigma = np.sqrt(np.log(fourth) / 4)
        squares = np.exp(2 * sigma * nodes - 2 * sigma**2)
        weights, squares = weights / weights.sum(), squares / (weights / weights.sum() @ squares)
        eigenvalues = 1 / np.arange(1, 101.0) ** 2
        steps = np.arange(-35, 35, 0.1)
        x = np.exp(steps)
        values = (eigenvalues / (eigenvalues + x[:, None])).sum(axis=1)
        filled = share * values / len(eigenvalues)
        # s with E d² s / (1 + d² s) = f by bisection over log s; 1 / (1 - f) becomes s / f.
        low, high = np.full_like(x, -90.0), np.full_like(x, 30.0)
        for _ in range(70):
            middle = (low + high) / 2
            scaled = np.exp(middle)[:, None] * squares
            below = (scaled / (1 + scaled)) @ weights < filled
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        growth = np.exp(low) / filled
        root = np.sqrt(x) / growth / (1 - filled)
        return float(np.sqrt(eigenvalues).sum() - 2 / np.pi * (values @ (root * np.gradient(np.log(root)))))

    whole, left = bias(1 / ratio), bias(8 / 7 / ratio)
    assert extrapolation(fourth, 1 / ratio) == pytest.approx(whole / (left - whole) / 7, abs=0.06)


def test_light_tails_do_not_stretch():
    """A kurtosis at or below that of Gaussian features leaves the jackknife as it is."""
    assert extrapolation(1.0, 0.5) == extrapolation(0.8, 0.5) == 1
    assert extrapolation(2.0, 0.5) > extrapolation(1.5, 0.5) > 1


def test_exact_side_has_no_share_in_stretch_and_level():
    """A side of ratio 0 changes nothing, and Gaussian tails stretch nothing."""
    sampled = Tails([2.0], [0.5])
    both = Tails([2.0, 9.0], [0.5, 0.0])
    assert both.stretch == sampled.stretch == extrapolation(2.0, 0.5)
    assert both.level == sampled.level == pytest.approx(0.5 * math.log(2))
    assert Tails([1.0, 0.9], [0.5, 0.5]).stretch == 1
    assert Tails([1.0, 0.9], [0.5, 0.5]).level == 0
    assert Tails([1.0, 1.0], [0.0, 0.0]).stretch == 1


def test_stretch_is_between_those_of_the_sides():
    """Each side counts by its number of features for each image."""
    mixed = Tails([1.5, 3.0], [0.5, 0.25]).stretch
    assert extrapolation(1.5, 0.5) < mixed < extrapolation(3.0, 0.25)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_tail_bias_is_the_first_order_of_the_law():
    """Two scales of small variance, one sampled side, equal eigenvalues and many images for each."""
    variance, images, size = 0.01, 5000, 50
    squares = 1 + np.sqrt(variance) * np.array([-1.0, 1.0])
    t = np.exp(np.linspace(-24, 24, 20_001))
    filled = size / (1 + t) / images
    low, high = np.full_like(t, 1e-18), np.full_like(t, 1e3)
    for _ in range(200):
        middle = np.sqrt(low * high)
        below = (middle[:, None] * squares / (1 + middle[:, None] * squares)).mean(axis=1) < filled
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    # The root is 2/pi times the integral of x^(1/2) over F; x is t s / f by the law, t / (1 - f) without scales.
    excess = np.sqrt(t * low / filled) - np.sqrt(t / (1 - filled))
    root = 2 / np.pi * ((excess[1:] + excess[:-1]) / 2) @ np.diff(-filled * images)
    assert tail_bias(float(size), size / images * math.log(1 + variance)) == pytest.approx(2 * root, rel=0.02)
