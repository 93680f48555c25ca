"""C_T: SciPy's U in each cell, the p-value under the hypothesis, planted copies."""

import math
from statistics import NormalDist

import numpy as np
import pytest
import scipy.stats

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.data_copying import data_copying, nearest_distances
from tests import neighbour_oracles as oracle


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def test_in_one_cell_it_is_mann_and_whitneys():
    """SciPy's statistic, less its mean but for half a step, over its deviation."""
    train, test, fake = drawn(100, 4, 1), drawn(60, 4, 2), 0.9 * drawn(50, 4, 3)
    distances = [np.sqrt(oracle.squared_distances(train, side).min(axis=0)) for side in (test, fake)]
    np.testing.assert_allclose(np.sqrt(nearest_distances(train, fake)), distances[1], rtol=1e-12)
    statistic = scipy.stats.mannwhitneyu(distances[1], distances[0]).statistic
    expected = (statistic - (50 * 60 / 2 - 0.5)) / math.sqrt(50 * 60 * 111 / 12)
    found = data_copying(train, test, fake, cells=1)
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.p_value == pytest.approx(NormalDist().cdf(expected), rel=1e-9)
    assert (found.z_scores, found.weights) == ((found.value,), (1.0,))


def test_ties_count_half():
    """Test images that are fakes as well: no difference, but for the half step."""
    train, both = drawn(50, 3, 1), drawn(40, 3, 2)
    found = data_copying(train, both, both, cells=1)
    assert found.value == pytest.approx(0.5 / math.sqrt(40 * 40 * 81 / 12), rel=1e-9)


def groups(count, seed):
    """As many images around each of three places."""
    return np.concatenate([drawn(count, 3, seed + at) + np.array([60 * at, 0, 0]) for at in range(3)])


def test_cells_are_weighted_by_the_test_images():
    """Three distant groups; in one the fakes are copies, and in one there are too few."""
    train, test, fake = groups(80, 10), np.concatenate([groups(40, 20), drawn(40, 3, 23)]), groups(60, 30)
    fake[:60] = train[:60] + 1e-3
    fake = np.delete(fake, np.arange(125, 180), axis=0)
    found = data_copying(train, test, fake)
    counted = [score for score in found.z_scores if not math.isnan(score)]
    assert len(counted) == 2
    assert sorted(found.weights) == pytest.approx([0, 1 / 3, 2 / 3])
    assert min(counted) < -6
    assert found.value == pytest.approx(np.nansum(np.array(found.z_scores) * found.weights))
    spread = math.sqrt(1 / 9 + 4 / 9)
    assert found.p_value == pytest.approx(NormalDist().cdf(found.value / spread), rel=1e-9)


@pytest.mark.slow
def test_copies_are_below_and_far_fakes_above():
    """And fresh images near 0, also with more than 64 features."""
    for dimension in (5, 80):
        train, test, fresh = drawn(300, dimension, 1), drawn(300, dimension, 2), drawn(300, dimension, 3)
        assert abs(data_copying(train, test, fresh).value) < 3
        assert data_copying(train, test, train + 0.01 * fresh).value < -8
        assert data_copying(train, test, 3 * fresh).value > 5


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_the_p_value_is_one_under_the_hypothesis():
    """In 60 repetitions it is below 0.1 about six times."""
    found = [
        data_copying(drawn(150, 3, 3 * seed), drawn(100, 3, 3 * seed + 1), drawn(100, 3, 3 * seed + 2)).p_value
        for seed in range(60)
    ]
    assert 1 <= sum(p < 0.1 for p in found) <= 13


def test_what_has_no_answer_is_refused():
    """Widths, cells without test images, no fakes to speak of."""
    some = drawn(60, 3)
    with pytest.raises(InputError, match="all sides need one dimension; got train 3 and test features 2"):
        data_copying(some, some[:, :2], some)
    with pytest.raises(NotEnoughSamples, match="needs training and test images: choose fewer cells"):
        data_copying(groups(30, 1), drawn(30, 3, 9), groups(30, 2))
    with pytest.raises(NotEnoughSamples, match="C_T needs a cell with more than 20 fakes; got 20 in 1 cells"):
        data_copying(some, some, some[:20], cells=1)
    with pytest.raises(InputError, match="components must be at least 1; got 0"):
        data_copying(some, some, some, components=0)
