"""Symmetric precision and recall: dense matrices, the asymmetry that they remove, intervals."""

import numpy as np
import pytest

from ganmetrics.errors import NotEnoughSamples
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.metrics.neighbours.symmetric import symmetric_estimate, symmetric_precision_recall
from tests import neighbour_oracles as oracle


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


@pytest.mark.parametrize("k", [1, 5])
def test_both_are_those_of_the_definition(k):
    """Dense matrices, strict boundaries, unequal counts."""
    real, fake = drawn(60, 4, 1), 0.7 * drawn(50, 4, 2) + 0.3
    squared = oracle.squared_distances(real, fake)
    in_real, in_fake = squared < oracle.squared_radii(real, k)[:, None], squared < oracle.squared_radii(fake, k)[None]
    found = symmetric_precision_recall(real, fake, k=k)
    assert found.complement_precision == in_fake.any(axis=0).mean()
    assert found.precision == min(in_real.any(axis=0).mean(), in_fake.any(axis=0).mean())
    assert found.recall == min(in_fake.any(axis=1).mean(), in_real.any(axis=1).mean())


def test_exchanged_sides_exchange_both():
    """One question, asked of either side."""
    real, fake = drawn(80, 3, 1), 0.3 * drawn(60, 3, 2)
    one, other = symmetric_precision_recall(real, fake), symmetric_precision_recall(fake, real)
    assert (one.precision, one.recall) == (other.recall, other.precision)


@pytest.mark.parametrize("scale", [0.8, 1.25])
def test_a_shell_inside_is_as_wrong_as_one_outside(scale):
    """In 64 dimensions precision is near 1 for fakes just inside and near 0 for those outside; here both are small."""
    real, fake = drawn(400, 64, 1), scale * drawn(400, 64, 2)
    plain, symmetric = precision_recall(real, fake, k=5, convention="prdc"), symmetric_precision_recall(real, fake)
    assert (plain.precision > 0.9) == (scale < 1)
    assert symmetric.precision < 0.3
    assert symmetric.recall < 0.3


def test_intervals_hold_the_value_and_follow_the_smaller_share():
    """At 95 %, between 0 and 1, wider at 99 %."""
    real, fake = drawn(150, 3, 1), 0.8 * drawn(120, 3, 2)
    value, found = symmetric_precision_recall(real, fake), symmetric_estimate(real, fake)
    surer = symmetric_estimate(real, fake, confidence=0.99)
    for name in ("precision", "recall"):
        estimate = getattr(found, name)
        assert estimate.value == getattr(value, name)
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.high - estimate.low < getattr(surer, name).high - getattr(surer, name).low


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_intervals_cover():
    """In 60 repetitions the expectation at these counts, found from all of them, is covered as often as promised."""
    pairs = [(drawn(120, 2, 2 * seed), 0.9 * drawn(120, 2, 2 * seed + 1) + 0.3) for seed in range(60)]
    found = [symmetric_estimate(*pair) for pair in pairs]
    for name in ("precision", "recall"):
        truth = np.mean([getattr(one, name).value for one in found])
        covered = np.mean([getattr(one, name).low <= truth <= getattr(one, name).high for one in found])
        assert covered >= 0.9


def test_too_few_images_are_refused():
    """As for precision and recall."""
    with pytest.raises(NotEnoughSamples, match="k=5 neighbours need more than 5 rows of fake features; got 5"):
        symmetric_precision_recall(drawn(9, 2), drawn(5, 2))
