"""The intervals of precision, recall, density, coverage and authenticity."""

import numpy as np
import pytest

from ganmetrics.core.neighbours.between import of_both
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.estimate import estimates_from, precision_recall_estimate
from ganmetrics.metrics.neighbours.memorisation import authenticity, authenticity_estimate
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS, precision_recall

SHARES = ("precision", "recall", "density", "coverage")


def drawn(count, dimension, seed, scale=1.0):
    """Gaussian features."""
    return scale * np.random.default_rng(seed).standard_normal((count, dimension))


def of_all(real, fake, confidence=0.95):
    """Return the five estimates by name."""
    found = of_both(real, fake, k=3, growth=True)
    return vars(estimates_from(found, confidence)) | {
        "authenticity": authenticity_estimate(found.real, found.between, confidence)
    }


@pytest.mark.parametrize("convention", ["improved-precision-recall", "prdc"])
def test_values_are_those_without_intervals(convention):
    """To the last bit, in every convention; each interval holds its value."""
    real, fake = drawn(80, 4, 1), drawn(60, 4, 2, 0.8)
    found, shares = (of(real, fake, convention=convention) for of in (precision_recall_estimate, precision_recall))
    for name in SHARES:
        estimate = getattr(found, name)
        assert estimate.value == pytest.approx(getattr(shares, name), rel=1e-12)
        assert 0 <= estimate.low < estimate.value <= estimate.high
    assert of_all(real, fake)["authenticity"].value == authenticity(real, fake).authenticity


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_intervals_hold_nearly_all_further_draws_means():
    """The mean of the value over draws of these counts, by 19 in 20 intervals; and they are not wide for it."""
    estimates = [of_all(drawn(100, 8, (1, seed)), drawn(100, 8, (2, seed), 0.9)) for seed in range(100)]
    for name in estimates[0]:
        each = [estimate[name] for estimate in estimates]
        truth, spread = np.mean([one.value for one in each]), np.std([one.value for one in each])
        assert np.mean([one.low <= truth <= one.high for one in each]) >= 0.9, name
        assert 0.85 < np.mean([one.error for one in each]) / spread < 1.8, name
    # Control: what a share of independent images would vary by is not enough.
    precision = np.array([estimate["precision"].value for estimate in estimates])
    authentic = np.array([estimate["authenticity"].value for estimate in estimates])
    for values in (precision, authentic):
        assert np.sqrt((values * (1 - values) / 100).mean()) < 0.95 * values.std()


def test_widths_fall_with_the_number_of_images():
    """By about the root of four for four times as many."""
    few, many = (of_all(drawn(count, 8, 1), drawn(count, 8, 2)) for count in (200, 800))
    for name in few:
        ratio = (few[name].high - few[name].low) / (many[name].high - many[name].low)
        assert 1.4 < ratio < 3, name


def test_order_does_not_matter():
    """Images shuffled on either side."""
    rng = np.random.default_rng(0)
    real, fake = drawn(70, 3, 1), drawn(50, 3, 2)
    whole, shuffled = of_all(real, fake), of_all(real[rng.permutation(70)], fake[rng.permutation(50)])
    for name, estimate in whole.items():
        assert vars(shuffled[name]) == pytest.approx(vars(estimate), rel=1e-9), name


def test_all_or_none_is_not_certain():
    """A set against itself, and two sets far apart: shares of 1 and of 0, with intervals that are neither a point."""
    real = drawn(100, 3, 1)
    same, far = precision_recall_estimate(real, real), precision_recall_estimate(real, drawn(100, 3, 2) + 100)
    for name in ("precision", "recall", "coverage"):
        one, none = getattr(same, name), getattr(far, name)
        assert (one.value, one.high) == (1, 1)
        assert 0.9 < one.low < 0.99
        assert (none.value, none.low) == (0, 0)
        assert 0.01 < none.high < 0.1
    assert (far.density.value, far.density.low) == (0, 0)
    assert 0.01 < far.density.high < 0.1


def test_a_collapsed_generator_has_intervals():
    """All fakes are one image: the balls are points, and nothing divides by zero."""
    found = precision_recall_estimate(drawn(50, 3, 1), np.zeros((40, 3)))
    assert found.recall.value == 0
    for name in SHARES:
        estimate = getattr(found, name)
        assert estimate.low < estimate.high
        assert np.isfinite([estimate.error, estimate.low, estimate.high]).all()


@pytest.mark.slow
def test_exchanged_sides_exchange_precision_and_recall():
    """They are one question, asked of either side."""
    real, fake = drawn(80, 3, 1), drawn(60, 3, 2, 0.5)
    assert precision_recall_estimate(real, fake).recall == precision_recall_estimate(fake, real).precision
    # Control: they differ.
    assert precision_recall_estimate(real, fake).precision != precision_recall_estimate(fake, real).precision


def test_what_cannot_be_estimated_is_refused():
    """Neighbours not watched for growth, too few images, and a confidence that is none."""
    real, fake = drawn(20, 3, 1), drawn(20, 3, 2)
    plain = of_both(real, fake, k=3)
    with pytest.raises(InputError, match="growth=True"):
        estimates_from(plain, 0.95)
    with pytest.raises(InputError, match="growth=True"):
        authenticity_estimate(plain.real, plain.between, 0.95)
    with pytest.raises(NotEnoughSamples, match="rows of fake features; got 4"):
        precision_recall_estimate(real, fake[:4])
    with pytest.raises(InputError, match="confidence"):
        precision_recall_estimate(real, fake, confidence=1.0)
    with pytest.raises(InputError, match="convention must be one of"):
        precision_recall_estimate(real, fake, convention="none")
    assert precision_recall_estimate(real, fake, convention=NEIGHBOUR_CONVENTIONS["fld"]) == precision_recall_estimate(
        real, fake, convention="fld"
    )
