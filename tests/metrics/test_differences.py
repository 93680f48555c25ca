"""Differences of two generators' scores: calibrated where both are one generator, and able to tell two apart."""

from functools import cache

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from tests.metrics.draws import draw

# 39 permutations are the fewest whose smallest p-values include 0.05 and 0.5 themselves, and leave some below 0.05.
pytestmark = pytest.mark.usefixtures("unchecked")
REPETITIONS = {(60, 40, 40): 120, (50, 30, 45): 60}
"""By counts of real images and of the two generators' images."""
DIMENSION = 4


def precision_difference(*sets, **options):
    return precision_recall_difference(*sets, **options).precision


def recall_difference(*sets, **options):
    return precision_recall_difference(*sets, **options).recall


DIFFERENCES = [frechet_difference, kernel_difference, precision_difference, recall_difference]


@cache
def null_differences(counts):
    """Return each metric's differences over many pairs of samples of one generator."""
    found = {"fid": [], "kid": [], "precision": [], "recall": []}
    for seed in range(REPETITIONS[counts]):
        sets = draw(seed, counts)
        found["fid"].append(frechet_difference(*sets, permutations=39, seed=seed))
        found["kid"].append(kernel_difference(*sets, permutations=39, seed=seed))
        both = precision_recall_difference(*sets, permutations=39, seed=seed)
        found["precision"].append(both.precision)
        found["recall"].append(both.recall)
    return found


@pytest.mark.slow
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


@pytest.mark.slow
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
