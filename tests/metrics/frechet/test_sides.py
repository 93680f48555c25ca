"""Two sides without each block in turn: what is left, and how much was taken."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks, content_blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.corrected import gaussian_variance
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.sides import FrechetSides

REAL, FAKE = (np.random.default_rng(seed).standard_normal((80, 3)) + seed for seed in (0, 1))


def test_a_block_is_left_out_on_both_sides_at_once():
    """As if its images had not been there; the shares of all blocks sum to 1."""
    found = list(FrechetSides(Blocks.of(REAL), Blocks.of(FAKE)).without_each_block())
    assert [rest.number for rest in found] == list(range(BLOCKS))
    assert sum(rest.share for rest in found) == pytest.approx(1)
    kept = [side[(content_blocks(side) != 3).numpy()] for side in (REAL, FAKE)]
    expected = frechet_distance(*(Moments.of(side) for side in kept))
    assert frechet_distance(*found[3].pair) == pytest.approx(expected, rel=1e-9)


def test_moments_stay_whole():
    """A side that is given by its moments cannot be cut."""
    moments = Moments.of(REAL)
    for rest in FrechetSides(moments, Blocks.of(FAKE)).without_each_block():
        assert rest.pair[0] is moments
    assert not list(FrechetSides(moments, moments).without_each_block())
    assert FrechetSides(moments, moments).jackknifed(frechet_distance, 2.5) == (2.5, 0.0)


def test_too_few_images_leave_nothing():
    """Two images in two blocks: without either there is no covariance, and no jackknife."""
    pair = Blocks.of(torch.tensor([[0.0], [1.0]], dtype=torch.float64))
    assert any(rest.pair is None for rest in FrechetSides(pair, pair).without_each_block())
    assert FrechetSides(pair, pair).jackknifed(frechet_distance, 0.0) is None


def test_the_variance_is_of_sides_that_no_jackknife_measures():
    """Unless all are asked for; moments without a count are exact and have none."""
    real, fake, exact = Moments.of(REAL), Moments.of(FAKE), Moments.gaussian(np.zeros(3), np.eye(3))
    one, other = gaussian_variance(real, fake), gaussian_variance(fake, real)
    assert FrechetSides(real, fake).gaussian_variance(with_blocks=False) == one + other
    blocks = FrechetSides(real, Blocks.of(FAKE))
    assert blocks.gaussian_variance(with_blocks=False) == pytest.approx(one, rel=1e-9)
    assert blocks.gaussian_variance(with_blocks=True) == pytest.approx(one + other, rel=1e-9)
    assert FrechetSides(exact, Blocks.of(FAKE)).gaussian_variance(with_blocks=False) == 0
