"""The jackknife on estimates whose bias and variance are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.inference.jackknife import jackknife, shrunk_changes


def test_bias_of_first_order_vanishes_with_unequal_blocks():
    """A bias of exactly a / n is removed, whatever the sizes of the blocks."""
    sizes = np.array([3, 9, 20, 1, 7])
    n = sizes.sum()
    result = jackknife(5 + 12 / n, list(5 + 12 / (n - sizes)), list(sizes / n))
    assert result.value == pytest.approx(5, rel=1e-12)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_error_of_a_mean_is_unbiased():
    """Over many draws the mean variance is that of a mean of n values, with unequal blocks."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), [5, 10, 12, 8, 20, 5])
    variances = []
    for _ in range(2000):
        values = rng.standard_normal(len(labels))
        left_out = [values[labels != block].mean() for block in range(6)]
        variances.append(jackknife(values.mean(), left_out, list(np.bincount(labels) / len(labels))).error ** 2)
    assert np.mean(variances) == pytest.approx(1 / len(labels), rel=0.05)


@given(st.floats(0.1, 100), st.lists(st.floats(0.9, 1.1), min_size=2, max_size=8))
def test_changes_are_those_of_the_amount_shrunk_by_its_error(whole, factors):
    """No change is larger than the relative one, and they agree in sign."""
    left_out = [whole * factor for factor in factors]
    changes = shrunk_changes(whole, left_out, [1 / len(factors)] * len(factors))
    for change, factor in zip(changes, factors, strict=True):
        assert abs(change) <= abs(factor - 1) + 1e-9
        assert change * (factor - 1) >= 0


def test_changes_of_an_amount_that_is_mostly_error_are_small():
    """An amount of a tenth of its error hardly has any."""
    error = jackknife(0.0, [1.0, -1.0], [0.5, 0.5]).error
    changes = shrunk_changes(error / 10, [error / 10 + 1.0, error / 10 - 1.0], [0.5, 0.5])
    relative = 1.0 / (error / 10)
    assert changes[0] == pytest.approx(relative / 2501)
    assert changes[1] == pytest.approx(-relative / 2501)
