"""Several generators on one real set: enough permutations for Holm's correction, and failures that stay alone."""

import math

import pytest
import torch

import ganmetrics
from ganmetrics.core.inference.permutation import PERMUTATIONS
from ganmetrics.errors import GanMetricsError
from ganmetrics.scoring.ranking import _permutations
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL = random_images(40)


@pytest.mark.parametrize("pairs", [1, 45, 4950])
def test_the_smallest_p_value_can_still_be_significant(pairs):
    """Times the number of pairs it stays below the level."""
    count = _permutations(pairs, 0.95)
    assert count >= PERMUTATIONS
    assert pairs / (count + 1) < 0.05


@pytest.mark.slow
def test_differences_are_corrected_for_their_number():
    """The adjusted p-value is never below the plain one, and three pairs cost the smallest one a factor of three."""
    fakes = {name: random_images(40, seed=seed) // (1 + seed % 2) for seed, name in ((2, "a"), (3, "b"), (4, "c"))}
    ranking = ganmetrics.evaluate(REAL, fakes, metrics=("fid",), **FREE)
    plain = sorted(one.p_value for one in ranking.contrasts)
    adjusted = sorted(one.adjusted for one in ranking.contrasts)
    assert len(plain) == 3
    assert adjusted[0] == pytest.approx(min(3 * plain[0], 1))
    assert all(one.adjusted >= one.p_value for one in ranking.contrasts)


@pytest.mark.slow
def test_a_generator_that_cannot_be_scored_leaves_the_others_alone():
    """Its report has the reason; where none can be scored, that is the error."""
    grey = torch.full((30, 3, 4, 4), 128, dtype=torch.uint8)
    ranking = ganmetrics.evaluate(REAL, {"good": random_images(30, seed=5), "flat": grey}, metrics=("kid",), **FREE)
    assert math.isfinite(next(iter(ranking["good"].values())).value)
    with pytest.raises(GanMetricsError):
        ganmetrics.evaluate(REAL, {"a": grey[:1], "b": grey[1:2] + 1}, metrics=("kid",), **FREE)
