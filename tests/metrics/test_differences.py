"""Differences of two generators' scores: calibrated where both are one generator, and able to tell two apart."""

from functools import cache

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.kernels.discrepancy import squared_mmd
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.metrics.neighbours.precision_recall import precision_recall

REPETITIONS = {(60, 40, 40): 200, (50, 30, 45): 100}
"""By counts of real images and of the two generators' images."""
DIMENSION = 4


def precision_difference(*sets, **options):
    return precision_recall_difference(*sets, **options).precision


def recall_difference(*sets, **options):
    return precision_recall_difference(*sets, **options).recall


DIFFERENCES = [frechet_difference, kernel_difference, precision_difference, recall_difference]


def draw(seed, counts=(60, 40, 40), shifts=(0.0, 0.4, 0.4), dimension=DIMENSION):
    """Return real features and two generators', whose means are `shifts` off in each feature."""
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal((count, dimension)) + shift for count, shift in zip(counts, shifts, strict=True))


@cache
def null_differences(counts):
    """Return each metric's differences over many pairs of samples of one generator."""
    found = {"fid": [], "kid": [], "precision": [], "recall": []}
    for seed in range(REPETITIONS[counts]):
        sets = draw(seed, counts)
        found["fid"].append(frechet_difference(*sets, permutations=99, seed=seed))
        found["kid"].append(kernel_difference(*sets, permutations=99, seed=seed))
        both = precision_recall_difference(*sets, permutations=99, seed=seed)
        found["precision"].append(both.precision)
        found["recall"].append(both.recall)
    return found


@pytest.mark.parametrize("counts", REPETITIONS)
@pytest.mark.parametrize("metric", ["fid", "kid", "precision", "recall"])
def test_two_samples_of_one_generator_are_rejected_as_often_as_said(metric, counts):
    """At level 0.05 about 5 % of the repetitions have a p-value as small, at 0.5 half: within 3.2 standard errors."""
    p_values = np.array([found.p_value for found in null_differences(counts)[metric]])
    assert 0 < np.mean(p_values <= 0.05) < 0.05 + 3.2 * np.sqrt(0.05 * 0.95 / len(p_values))
    # Few values of a share are possible, and equal ones count against rejection.
    assert np.mean(p_values <= 0.5) == pytest.approx(
        0.4 if metric == "precision" else 0.5, abs=1.6 / np.sqrt(len(p_values))
    )


@pytest.mark.parametrize("metric", ["fid", "kid", "precision", "recall"])
def test_intervals_cover_no_difference_and_are_not_wide_for_it(metric):
    """95 % intervals contain 0 in 90 % of the repetitions or more, and are at most 1.6 times too wide."""
    found = null_differences((60, 40, 40))[metric]
    assert np.mean([each.low <= 0 <= each.high for each in found]) >= 0.9
    half = np.mean([each.high - each.low for each in found]) / 2
    assert half < 1.6 * 1.96 * np.std([each.value for each in found])


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_worse_generator_is_told_from_a_better_one(difference):
    """Shifted by 1.2 in each feature instead of 0.1: called, whichever comes first."""
    sets = draw(1, (200, 150, 150), (0.0, 0.1, 1.2))
    lower = difference in DIFFERENCES[:2]
    found = difference(*sets, permutations=999)
    assert found.p_value == 0.001
    assert found.better(lower_is_better=lower, level=0.05) == "first"
    mirrored = difference(sets[0], sets[2], sets[1], permutations=999)
    assert mirrored.better(lower_is_better=lower, level=0.05) == "second"
    assert mirrored.value == pytest.approx(-found.value)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_frechet_scores_are_the_corrected_ones():
    """The same numbers as one at a time, and a known difference lies in the interval."""
    real, first, second = draw(2, (400, 300, 200), (0.0, 0.2, 0.8), dimension=8)
    found = frechet_difference(real, first, second, permutations=9)
    assert (found.first, found.second) == tuple(frechet_estimate(real, fake).corrected for fake in (first, second))
    assert found.low < 8 * (0.2**2 - 0.8**2) < found.high
    assert found.estimate == "corrected"
    assert found.calibrated


def test_too_few_images_to_correct_at_equal_counts():
    """The plain distances stand there, without an interval, and are not called calibrated."""
    real, first, second = draw(3, (10, 10, 10), dimension=16)
    found = frechet_difference(real, first, second, permutations=9)
    assert found.first == pytest.approx(frechet_distance(Moments.of(real), Moments.of(first)), rel=1e-12)
    assert found.estimate == "plain"
    assert (found.low, found.high) == (None, None)
    assert not found.calibrated


def test_too_few_images_to_correct_at_unequal_counts():
    """Plain distances of unequal counts differ by their bias: no interval, nothing called better, still a p-value."""
    found = frechet_difference(*draw(3, (20, 10, 14), dimension=16), permutations=99)
    assert found.low is None
    assert found.high is None
    assert 0 < found.p_value <= 1
    assert found.better(lower_is_better=True, level=1.0) is None


def test_kernel_scores_are_the_unbiased_ones_of_all_images():
    """And their difference is the interval's centre."""
    real, first, second = draw(4)
    found = kernel_difference(real, first, second, permutations=9)
    expected = [squared_mmd(kernel_sums(FeaturePair(real, fake, PolynomialKernel()))) for fake in (first, second)]
    assert (found.first, found.second) == pytest.approx(expected)
    assert (found.low + found.high) / 2 == pytest.approx(found.value)


def test_shares_are_those_of_precision_and_recall():
    """Recall has an interval at equal counts only: it grows with the number of fakes."""
    real, first, second = draw(5)
    found = precision_recall_difference(real, first, second, permutations=9)
    for place, fake in (("first", first), ("second", second)):
        expected = precision_recall(real, fake)
        assert getattr(found.precision, place) == expected.precision
        assert getattr(found.recall, place) == expected.recall
    unequal = precision_recall_difference(real, first, second[:30], permutations=9)
    assert unequal.recall.low is None
    assert unequal.precision.low is not None


def test_certain_shares_keep_an_interval():
    """All fakes inside on both sides: the interval is that of 0 failures of 40, not a point."""
    real = np.random.default_rng(6).standard_normal((200, 2))
    inner = 0.05 * np.random.default_rng(7).standard_normal((80, 2))
    found = precision_recall_difference(real, inner[:40], inner[40:], permutations=9).precision
    assert (found.first, found.second, found.p_value) == (1.0, 1.0, 1.0)
    assert found.low < -0.05
    assert found.high > 0.05


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_bad_input_is_refused(difference):
    """Widths that differ, features that are not finite, a confidence of 1."""
    real, first, second = draw(8)
    with pytest.raises(InputError, match="one dimension"):
        difference(real, first[:, :2], second[:, :2])
    broken = torch.tensor(second)
    broken[7, 0] = torch.nan
    with pytest.raises(NumericsError, match="second features must be finite, but row 7 is not"):
        difference(real, first, broken)
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        difference(real, first, second, confidence=1.0, permutations=9)
