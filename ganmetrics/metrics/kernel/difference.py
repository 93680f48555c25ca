"""Is one generator's kernel distance from a reference smaller than another's?"""

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import probability
from ganmetrics.core.inference.permutation import PERMUTATIONS, permutation_p_value
from ganmetrics.core.kernels.discrepancy import squared_mmd, squared_mmd_difference, squared_mmd_influence
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.core.memory import MEMORY
from ganmetrics.metrics.difference import Difference, check_sets, join_features, normal_interval


def kernel_difference(
    real: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    confidence: float = 0.95,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    memory: int = MEMORY,
) -> Difference:
    """Return the kernel distances (KID) of two generators from one real set, and what their difference says.

    The distances are the unbiased ones of all images, not means over subsets, which have the same expectation and more
    noise. Interval: Bounliphone et al. (2016, arXiv 1511.04581) compare two models by the difference of two dependent
    discrepancies; its variance is `squared_mmd_difference`'s, with the real images paired.

    The p-value is of the hypothesis that both sets of fakes come from one generator: let both be one set, and each
    image's number be its mean kernel with the others less that with the real images. Under the hypothesis the
    permutation test of these numbers is exact; at equal counts the difference of their means is, but for the terms of
    images with themselves, half the difference of the distances.

    Args:
        real: features, floating point, shape [n, d].
        first: features of the first generator's images, shape [a, d].
        second: features of the second's, shape [b, d].
        confidence: of the interval, between 0 and 1.
        permutations: random exchanges for the p-value.
        seed: of these.
        memory: bytes to work in, besides the features.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if a set has fewer than 4 images.
        NumericsError: if a feature is not finite, naming the row, or the kernel overflows.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, near, far = (torch.randn(200, 8, generator=draw) + shift for shift in (0, 0.1, 1))
    >>> found = kernel_difference(real, near, far, permutations=999)
    >>> found.high < 0, found.p_value
    (True, 0.001)
    """
    check_sets(real, first, second)
    confidence = probability("confidence", confidence)
    kernel = PolynomialKernel()
    sums = [kernel_sums(FeaturePair(real, fake, kernel, memory=memory)) for fake in (first, second)]
    difference, variance = squared_mmd_difference(*sums)
    low, high = normal_interval(difference, variance, confidence)
    pooled = kernel_sums(FeaturePair(real, join_features(first, second), kernel, memory=memory))
    scores = squared_mmd_influence(pooled)[1]
    p_value = permutation_p_value(scores[: len(first)], scores[len(first) :], permutations=permutations, seed=seed)
    return Difference(squared_mmd(sums[0]), squared_mmd(sums[1]), low, high, p_value, "unbiased", calibrated=True)
