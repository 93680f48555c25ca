"""The jackknife's step: exact for sides that are known, stretched for heavy tails."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.corrected import corrected_distance
from ganmetrics.metrics.frechet.sides import FrechetSides
from ganmetrics.metrics.frechet.steps import jackknifed_correction

DIMENSION = 4


def blocks(features):
    return Blocks(tuple(Moments.of(part) for part in torch.from_numpy(features).chunk(BLOCKS)))


def draw(seed, scale=0.0, shift=0.0, count=240):
    rng = np.random.default_rng(seed)
    lengths = np.exp(scale * rng.standard_normal((count, 1)) - scale**2)
    return lengths * rng.standard_normal((count, DIMENSION)) + shift


def stepped(real, fake):
    sides = FrechetSides(blocks(real), blocks(fake))
    corrected = corrected_distance(*sides.whole)
    return jackknifed_correction(sides, corrected, DIMENSION), corrected


def test_known_sides_take_no_step():
    """Without blocks there is nothing to leave out: no error, and no tails."""
    exact = [Moments.gaussian(np.full(DIMENSION, shift), np.eye(DIMENSION), None) for shift in (0.0, 1.0)]
    found = jackknifed_correction(FrechetSides(*exact), 4.0, DIMENSION)
    assert found == (4.0, 0.0, 1.0)


@pytest.mark.slow
def test_gaussian_sides_have_the_spread_that_is_said():
    """The mean of the standard errors is the standard deviation over draws, within a half."""
    found = [stepped(draw(seed), draw(seed + 1000, shift=0.5))[0] for seed in range(16)]
    values, errors = np.array([one.value for one in found]), np.array([one.error for one in found])
    assert values.mean() == pytest.approx(DIMENSION * 0.25, abs=4 * values.std() / 16**0.5)
    assert errors.mean() == pytest.approx(values.std(), rel=0.5)
    assert np.mean([one.kurtosis for one in found]) == pytest.approx(1.0, abs=0.2)


def test_heavy_tails_are_seen():
    """The kurtosis is far above that of Gaussian features, and the step is longer."""
    heavy, corrected = stepped(draw(1, scale=0.6), draw(2, scale=0.6))
    light, plain = stepped(draw(1), draw(2))
    assert heavy.kurtosis > 1.5 > light.kurtosis
    assert abs(heavy.value - corrected) > abs(light.value - plain)
