"""The jackknife on estimates whose bias and variance are known."""

import numpy as np
import pytest

from ganmetrics.core.jackknife import jackknife


def test_bias_of_first_order_vanishes_with_unequal_blocks():
    """A bias of exactly a / n is removed, whatever the sizes of the blocks."""
    sizes = np.array([3, 9, 20, 1, 7])
    n = sizes.sum()
    result = jackknife(5 + 12 / n, list(5 + 12 / (n - sizes)), list(sizes / n))
    assert result.value == pytest.approx(5, rel=1e-12)


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
