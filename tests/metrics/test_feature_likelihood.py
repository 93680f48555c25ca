"""FLD: the mixture against SciPy, its fit against a general optimiser, and what it is for."""

import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
import torch

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.feature_likelihood import Mixture, feature_likelihood


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return torch.from_numpy(np.random.default_rng(seed).standard_normal((count, dimension)))


def likelihood(points, means, variances):
    """Mean log density by SciPy, the last mean's squared distances times 0.81."""
    dimension = points.shape[1]
    densities = [
        scipy.stats.norm.logpdf(
            np.linalg.norm(points - mean, axis=1) * (0.9 if at == len(means) - 1 else 1), scale=math.sqrt(variance)
        )
        - (dimension - 1) / 2 * math.log(2 * math.pi * variance)
        for at, (mean, variance) in enumerate(zip(means, variances, strict=True))
    ]
    return (scipy.special.logsumexp(densities, axis=0) - math.log(len(means))).mean()


def test_the_density_is_that_of_the_mixture():
    """One weight for all, the training mean's Gaussian included."""
    means, points = drawn(6, 3, 1), drawn(40, 3, 2)
    fitted = Mixture.fitted(means, points)
    expected = likelihood(points.numpy(), fitted.means.numpy(), fitted.variances.numpy())
    assert fitted.mean_log_likelihood(points) == pytest.approx(expected, rel=1e-12)
    torch.testing.assert_close(fitted.means[-1], points.mean(dim=0))


@pytest.mark.slow
def test_the_fit_is_the_most_likely():
    """A general optimiser of the variances' logarithms finds nothing better; the first variances are worse."""
    means, points = drawn(5, 2, 1), 1.5 * drawn(60, 2, 2)
    fitted = Mixture.fitted(means, points, rounds=2000)
    found = fitted.mean_log_likelihood(points)
    every = fitted.means.numpy()

    def loss(logs):
        return -likelihood(points.numpy(), every, np.exp(logs))

    best = min(scipy.optimize.minimize(loss, start).fun for start in (np.zeros(6), fitted.variances.log().numpy()))
    assert found == pytest.approx(-best, abs=1e-4)
    assert found > likelihood(points.numpy(), every, np.ones(6)) + 0.01


@pytest.mark.slow
def test_blocks_change_nothing():
    """A few points at a time or all."""
    means, points = drawn(9, 3, 1), drawn(50, 3, 2)
    one, other = (Mixture.fitted(means, points, memory=memory) for memory in (10**9, 1000))
    torch.testing.assert_close(one.variances, other.variances, rtol=1e-10, atol=0)


def test_the_score_is_the_difference_of_two_likelihoods():
    """A hundred times, a feature, of the standardised test images; halves and chosen fakes by the seed."""
    train, test, fake = drawn(60, 3, 1), drawn(50, 3, 2) * 2 + 1, drawn(40, 3, 3)
    found = feature_likelihood(train, test, fake, seed=5)
    mean, deviation = test.mean(dim=0), test.std(dim=0)
    train, test, fake = ((side - mean) / deviation for side in (train, test, fake))
    mixture = Mixture.fitted(fake, train)
    expected = [-mixture.mean_log_likelihood(side) / 3 for side in (test, train)]
    assert found.value == pytest.approx(100 * (expected[0] - found.baseline), rel=1e-9)
    assert found.gap == pytest.approx(100 * (expected[1] - expected[0]), rel=1e-9)


@pytest.mark.slow
def test_a_generator_as_good_as_the_training_set_is_at_zero():
    """Half as many fakes as training images, drawn alike: as likely as half the training images."""
    train, test, fake = drawn(600, 4, 1), drawn(300, 4, 2), drawn(300, 4, 3)
    assert feature_likelihood(train, test, fake).value == pytest.approx(0, abs=3)
    # Controls: worse fakes, and fewer kinds.
    assert feature_likelihood(train, test, 2 * fake + 1).value > 5
    assert feature_likelihood(train, test, fake[:5].repeat(60, 1)).value > 5


@pytest.mark.slow
def test_copies_open_the_gap():
    """With near copies of all training images the training images are far more likely than the test images."""
    train, test = drawn(300, 6, 1), drawn(300, 6, 2)
    fresh, copied = drawn(300, 6, 3), train + 1e-2 * drawn(300, 6, 4)
    honest, copying = (feature_likelihood(train, test, side) for side in (fresh, copied))
    assert copying.gap < honest.gap - 50
    assert copying.value > honest.value + 5
    some = fresh.clone()
    some[:3] = train[:3] + 1e-4
    assert feature_likelihood(train, test, some).gap < honest.gap - 5


def test_an_exact_copy_gives_other_images_nothing():
    """Its variance is 0, the gap minus infinity, and the score that of the other fakes."""
    train, test, fake = drawn(80, 3, 1), drawn(60, 3, 2), drawn(40, 3, 3)
    fake[7] = train[11]
    found = feature_likelihood(train, test, fake)
    assert found.gap == -math.inf
    assert math.isfinite(found.value)


def test_scale_and_place_of_features_do_not_matter():
    """They are standardised by the test images, each feature."""
    train, test, fake = drawn(80, 3, 1), drawn(60, 3, 2), drawn(40, 3, 3)
    factors, shift = torch.tensor([1e-3, 1.0, 1e4], dtype=torch.float64), torch.tensor([5.0, -3.0, 0.0])
    moved = feature_likelihood(*(side * factors + shift for side in (train, test, fake)))
    assert moved.value == pytest.approx(feature_likelihood(train, test, fake).value, rel=1e-6)


def test_what_has_no_answer_is_refused():
    """Other widths, too few images, a feature that does not vary."""
    some = drawn(20, 3)
    with pytest.raises(InputError, match="all sides need one dimension; got train 3 and fake features 2"):
        feature_likelihood(some, some, some[:, :2])
    with pytest.raises(NotEnoughSamples, match="FLD needs 4 training and 2 test images; got 3 and 20"):
        feature_likelihood(some[:3], some, some)
    constant = some.clone()
    constant[:, 1] = 7
    with pytest.raises(NumericsError, match="vary over the test images, but feature 1 does not"):
        feature_likelihood(some, constant, some)
