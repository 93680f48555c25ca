"""The kernel distance of the populations behind two sets of images, with an interval."""

import math
from dataclasses import dataclass

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import probability
from ganmetrics.core.inference.normal import normal_quantile
from ganmetrics.core.kernels.discrepancy import (
    squared_mmd,
    squared_mmd_biased,
    squared_mmd_influence,
    squared_mmd_variance,
)
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import KernelSums, kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.core.memory import MEMORY


@dataclass(frozen=True)
class KernelDistanceEstimate:
    """A kernel distance from all images, and what it says of the populations.

    Attributes:
        value: the unbiased estimate; below 0 by chance where the populations are close.
        error: its standard error, both sides' sampling counted.
        low: lower end of the interval for the populations' distance; it may be negative.
        high: upper end, further from `value` than the lower one: the error grows with the distance.
    """

    value: float
    error: float
    low: float
    high: float


def kernel_distance_estimate(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    confidence: float = 0.95,
    degree: int = 3,
    gamma: float | None = None,
    coef0: float = 1.0,
    memory: int = MEMORY,
) -> KernelDistanceEstimate:
    """Return the unbiased kernel distance of all images, and an interval for that of the populations.

    It has the expectation of `kernel_distance` and the least variance: every pair is used once. Time grows with
    (m + n)^2 d. See `estimate_from_sums` for the interval.

    Args:
        real: features, floating point, shape [m, d]; a tensor, an array, or a memory map of a file.
        fake: features, floating point, shape [n, d].
        confidence: probability to cover the populations' distance, between 0 and 1.
        degree: of the kernel.
        gamma: factor of the inner product; None for 1/d.
        coef0: added to the inner product.
        memory: bytes to work in, besides the features.

    Raises:
        InputError: if the features are not floating-point matrices of one width, or an option is out of range.
        NotEnoughSamples: if a side has fewer than 4 images.
        NumericsError: if a feature is not finite, naming the row, or the kernel overflows.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = torch.randn(300, 16, generator=draw), 1 + torch.randn(300, 16, generator=draw)
    >>> estimate = kernel_distance_estimate(real, fake)
    >>> estimate.low < 2**3 - 1 < estimate.high  # |mean|^2 / d is 0 and 1, and (0 + 1)^3 the mixed pairs' mean
    True
    """
    kernel = PolynomialKernel(degree, gamma, coef0)
    return estimate_from_sums(kernel_sums(FeaturePair(real, fake, kernel, memory=memory)), confidence)


def estimate_from_sums(sums: KernelSums, confidence: float) -> KernelDistanceEstimate:
    """Return the same from sums of any kernel.

    The lower end is the estimate U less z standard errors. The upper end is the largest distance D with
    (D - U)^2 <= z^2 (variance + r (D - U)): were the distance larger than the estimate, the variance would be, too,
    since its first-order part grows in proportion to the distance (a score interval, as Wilson's for a proportion).
    r is that part, of the plain first-order terms, over the biased estimate, which is positive. With a variance
    taken at U the upper end misses several times too often while the distance is a few standard errors from 0.
    """
    confidence = probability("confidence", confidence)
    value, variance = squared_mmd(sums), squared_mmd_variance(sums)
    error = math.sqrt(variance)
    quantile = normal_quantile(confidence)
    plain = sum(float(terms.var()) / len(terms) for terms in squared_mmd_influence(sums))
    biased = squared_mmd_biased(sums)
    growth = quantile**2 * plain / biased / 2 if biased > 0 else 0.0
    high = value + growth + math.hypot(growth, quantile * error)
    return KernelDistanceEstimate(value, error, value - quantile * error, high)
