"""The corrected distance on populations that are known: it meets the truth where the plain distance does not."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.frechet.corrected import corrected_distance, gaussian_variance, least_distance, root_within
from ganmetrics.metrics.frechet.distance import frechet_distance
from tests.strategies import rotation

SIZE = 24


def population(seed=0, shift=1.0):
    """Return the two sides' mean and root of the covariance."""
    rng = np.random.default_rng(seed)
    roots = [rotation(SIZE, seed + side) * np.linspace(0.5, 1.5 + side, SIZE) for side in range(2)]
    return [(shift * side * rng.standard_normal(SIZE) / math.sqrt(SIZE), root) for side, root in enumerate(roots)]


def exact(side):
    """Moments of a population."""
    mean, root = side
    return Moments.gaussian(mean, root.T @ root)


def sampled(side, count, seed):
    """Moments of Gaussian images of a population."""
    mean, root = side
    return Moments.of(mean + np.random.default_rng(seed).standard_normal((count, len(root))) @ root)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("real_count", "fake_count", "tolerance"),
    [(26, 26, 0.02), (48, 48, 0.01), (36, 200, 0.01), (None, 30, 0.01), (240, 240, 0.003)],
)
@pytest.mark.parametrize("same", [True, False])
@pytest.mark.usefixtures("unchecked")
def test_mean_over_draws_meets_the_truth_where_the_plain_distance_does_not(real_count, fake_count, tolerance, same):
    """Within Monte Carlo error and a small share of the traces; the plain distance is off by more than twice that."""
    real, fake = population()
    fake = real if same else fake
    truth = frechet_distance(exact(real), exact(fake))
    trace = float((real[1] ** 2).sum() + (fake[1] ** 2).sum())
    values = []
    for seed in range(200):
        one = exact(real) if real_count is None else sampled(real, real_count, 2 * seed)
        other = sampled(fake, fake_count, 2 * seed + 1)
        values.append((frechet_distance(one, other), corrected_distance(one, other)))
    plain, corrected = np.mean(values, axis=0)
    allowed = tolerance * trace + 3 * np.std(values, axis=0)[1] / math.sqrt(len(values))
    assert abs(corrected - truth) < allowed
    assert plain - truth > 2 * allowed


def test_scaling_rotating_and_exchanging():
    """Features times s give s² times the estimate; a common rotation and exchanged sides change nothing."""
    real, fake = population()
    rng = np.random.default_rng(3)
    one, other = rng.standard_normal((40, SIZE)) @ real[1], rng.standard_normal((90, SIZE)) @ fake[1] + fake[0]
    expected = corrected_distance(Moments.of(one), Moments.of(other))
    assert corrected_distance(Moments.of(other), Moments.of(one)) == pytest.approx(expected, rel=1e-9)
    for scale in (1e-100, 7.0, 1e100):
        scaled = corrected_distance(Moments.of(one * scale), Moments.of(other * scale))
        assert scaled == pytest.approx(expected * scale**2, rel=1e-9)
    turn = rotation(SIZE, 9)
    assert corrected_distance(Moments.of(one @ turn), Moments.of(other @ turn)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("on", ["both", "real", "fake"])
def test_constant_features_do_not_count(on):
    """Features that do not vary change neither the estimate nor how many images it needs."""
    rng = np.random.default_rng(4)
    one, other = rng.standard_normal((26, SIZE)), rng.standard_normal((26, SIZE)) * 2
    expected = corrected_distance(Moments.of(one), Moments.of(other))
    constant, varying = np.full((26, 10), 3.0), 3 + 1e-3 * rng.standard_normal((26, 10))
    wider_real = Moments.of(np.hstack([one, varying if on == "fake" else constant]))
    wider_fake = Moments.of(np.hstack([other, varying if on == "real" else constant]))
    assert corrected_distance(wider_real, wider_fake) == pytest.approx(expected, abs=1e-4)


def test_too_few_images_have_no_estimate():
    """With n = d + 2 there is one, with n = d + 1 there is none, on either side."""
    real, fake = population()
    enough, short = sampled(real, SIZE + 2, 0), sampled(fake, SIZE + 1, 1)
    assert corrected_distance(enough, sampled(fake, SIZE + 2, 1)) is not None
    assert corrected_distance(enough, short) is None
    assert corrected_distance(short, enough) is None
    assert corrected_distance(exact(real), sampled(fake, 3, 1)) is None


def test_exact_sides_are_not_corrected():
    """Two known populations are at the plain distance."""
    real, fake = (exact(side) for side in population())
    assert corrected_distance(real, fake) == pytest.approx(frechet_distance(real, fake), rel=1e-12)
    assert gaussian_variance(real, fake) == 0


def test_sets_without_spread_are_at_the_distance_of_their_means():
    """Where nothing varies there is no product to correct."""
    assert corrected_distance(Moments.of(np.zeros((5, 3))), Moments.of(np.ones((5, 3)))) == 3


def test_ill_conditioned_features_keep_their_digits():
    """A feature a millionth as large as another is undone as well as one of its size."""
    rng = np.random.default_rng(6)
    scales = np.logspace(0, -6, 8)
    one, other = rng.standard_normal((20, 8)), rng.standard_normal((20, 8))
    whole = corrected_distance(Moments.of(one * scales), Moments.of(other * scales))
    rounded = corrected_distance(
        Moments.of((one * scales) @ rotation(8, 1)), Moments.of((other * scales) @ rotation(8, 1))
    )
    assert rounded == pytest.approx(whole, abs=1e-9)


def test_least_distance_is_below_the_distance():
    """It is the distance itself where the covariances are multiples of each other, and below it elsewhere."""
    real, fake = population()
    assert least_distance(exact(real), exact(fake)) < frechet_distance(exact(real), exact(fake))
    double = (fake[0], 2 * real[1])
    assert least_distance(exact(real), exact(double)) == pytest.approx(frechet_distance(exact(real), exact(double)))


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_gaussian_variance_is_the_spread_over_draws():
    """With many images the distance varies as its first order says."""
    real, fake = population(shift=3.0)
    known = exact(fake)
    values = [frechet_distance(sampled(real, 2000, seed), known) for seed in range(300)]
    expected = gaussian_variance(Moments.gaussian(real[0], real[1].T @ real[1], count=2000), known)
    assert np.var(values) == pytest.approx(expected, rel=0.3)


def test_wrong_moments_are_refused():
    """Both sides need one dimension, and two images."""
    with pytest.raises(InputError, match="one dimension; got real 2 and fake 3"):
        corrected_distance(Moments.of(torch.ones(4, 2)), Moments.of(torch.ones(4, 3)))
    with pytest.raises(NotEnoughSamples, match="at least 2 images"):
        corrected_distance(Moments.of(torch.ones(1, 2)), Moments.of(torch.ones(4, 2)))


def test_the_root_within_an_exact_distance_is_that_of_the_covariances():
    """Two diagonal covariances have the root sum (a b)^(1/2), wherever the means are."""
    variances = np.array([1.0, 4.0, 9.0]), np.array([16.0, 1.0, 4.0])
    real, fake = (
        Moments.gaussian(np.full(3, float(shift)), np.diag(diagonal))
        for shift, diagonal in zip((0, 5), variances, strict=True)
    )
    assert root_within(real, fake, corrected_distance(real, fake)) == pytest.approx(4 + 2 + 6)
