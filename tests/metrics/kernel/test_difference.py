"""The difference of two kernel distances: of all images, with an interval about it."""

import numpy as np
import pytest

from ganmetrics.core.kernels.discrepancy import squared_mmd
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.metrics.kernel.difference import kernel_difference


def draw(seed, counts=(60, 40, 40), shifts=(0.0, 0.4, 0.4), dimension=4):
    """Return real features and two generators', whose means are `shifts` off in each feature."""
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal((count, dimension)) + shift for count, shift in zip(counts, shifts, strict=True))


def test_kernel_scores_are_the_unbiased_ones_of_all_images():
    """And their difference is the interval's centre."""
    real, first, second = draw(4)
    found = kernel_difference(real, first, second, permutations=9)
    expected = [squared_mmd(kernel_sums(FeaturePair(real, fake, PolynomialKernel()))) for fake in (first, second)]
    assert (found.first, found.second) == pytest.approx(expected)
    assert (found.low + found.high) / 2 == pytest.approx(found.value)
