"""The difference of two Fréchet distances: corrected ones, or plain ones without an interval."""

import pytest

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate
from tests.metrics.draws import draw


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
