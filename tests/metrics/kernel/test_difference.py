"""The difference of two kernel distances: of all images, with an interval about it."""

import pytest

from ganmetrics.core.kernels.discrepancy import squared_mmd
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.metrics.kernel.difference import kernel_difference
from tests.metrics.draws import draw


def test_kernel_scores_are_the_unbiased_ones_of_all_images():
    """And their difference is the interval's centre."""
    real, first, second = draw(4)
    found = kernel_difference(real, first, second, permutations=9)
    expected = [squared_mmd(kernel_sums(FeaturePair(real, fake, PolynomialKernel()))) for fake in (first, second)]
    assert (found.first, found.second) == pytest.approx(expected)
    assert (found.low + found.high) / 2 == pytest.approx(found.value)
