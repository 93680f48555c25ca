"""FID-infinity: a line in 1/n through seeded subsets, and what it leaves."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.infinity import frechet_infinity

SIZE = 6
KNOWN = Moments.gaussian(np.zeros(SIZE), np.eye(SIZE))


def drawn(count, seed, shift=0.5):
    """Gaussian features of variance 1."""
    return shift + np.random.default_rng(seed).standard_normal((count, SIZE))


def test_it_is_the_intercept_of_a_line_through_subsets():
    """Written out for two points: a tenth of the images, from the front of a random order, and all."""
    fake = drawn(200, 0)
    rng = np.random.default_rng(7)
    tenth = frechet_distance(KNOWN, Moments.of(fake[rng.permutation(200)[:20]]))
    whole = frechet_distance(KNOWN, Moments.of(fake))
    # The line through (1/20, tenth) and (1/200, whole), at 0.
    expected = whole - (tenth - whole) / (1 / 20 - 1 / 200) / 200
    assert frechet_infinity(KNOWN, fake, points=2, seed=7) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_it_is_near_the_truth_where_the_plain_distance_is_not():
    """Against a known real side, mean over 40 draws; with a sampled real side that side's bias stays."""
    truth = SIZE * 0.25
    against_known = [frechet_infinity(KNOWN, drawn(400, seed)) for seed in range(40)]
    plain = [frechet_distance(KNOWN, Moments.of(drawn(400, seed))) for seed in range(40)]
    assert abs(np.mean(against_known) - truth) < 0.5 * abs(np.mean(plain) - truth)
    sampled = [frechet_infinity(drawn(60, 100 + seed, 0), drawn(400, seed)) for seed in range(40)]
    assert np.mean(sampled) - truth > 0.1


def test_the_seed_decides():
    """The same seed gives the same number, from an array and from a tensor; another seed another."""
    fake = drawn(300, 1)
    assert frechet_infinity(KNOWN, fake) == frechet_infinity(KNOWN, torch.from_numpy(fake))
    assert frechet_infinity(KNOWN, fake) != frechet_infinity(KNOWN, fake, seed=1)


def test_wrong_arguments_are_refused():
    """Too few images for different subsets, a single point, and images that are no array of features."""
    with pytest.raises(NotEnoughSamples, match="15 subsets of different sizes of at least 2 images"):
        frechet_infinity(KNOWN, drawn(15, 0))
    with pytest.raises(InputError, match="points must be at least 2; got 1"):
        frechet_infinity(KNOWN, drawn(100, 0), points=1)
    with pytest.raises(InputError, match="fake"):
        frechet_infinity(KNOWN, drawn(100, 0)[0])
