"""Holm's correction: the definition, and what it is for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.inference.holm import holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(P_VALUES)
def test_rejecting_step_by_step_is_rejecting_by_the_corrected_values(p_values):
    """Holm's procedure as he has it: from the smallest on, until one is above its share of the level."""
    for level in (0.01, 0.05, 0.5):
        rejected, order = set(), np.argsort(p_values, kind="stable")
        for rank, place in enumerate(order):
            if (len(p_values) - rank) * p_values[place] > level:
                break
            rejected.add(place)
        assert {place for place, value in enumerate(holm(p_values)) if value <= level} == rejected


@given(P_VALUES)
def test_the_order_stays_and_the_bound_is_bonferronis(p_values):
    """Never below the p-value, never above the number of hypotheses times it, and monotone in it."""
    found = holm(p_values)
    for one, other in zip(p_values, found, strict=True):
        assert one <= other <= min(1, len(p_values) * max(p_values)) or other <= 1
    order = np.argsort(p_values, kind="stable")
    assert list(np.asarray(found)[order]) == sorted(found)


def test_true_hypotheses_are_seldom_rejected():
    """Ten true ones: some is rejected in no more than 5 % of runs; uncorrected it would be 40 %."""
    draws = np.random.default_rng(0).uniform(size=(2000, 10))
    assert np.mean([min(holm(row.tolist())) <= 0.05 for row in draws]) < 0.065
    assert np.mean(draws.min(axis=1) <= 0.05) > 0.35
