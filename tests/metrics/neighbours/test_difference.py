"""The differences of precision and of recall: those of the shares, with intervals that stay open at certainty."""

import numpy as np

from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from tests.metrics.draws import draw


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
