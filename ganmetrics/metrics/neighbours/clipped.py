"""Clipped Density and Clipped Coverage: shares that fall in proportion to the share of bad fakes."""

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import between, point_sets
from ganmetrics.core.neighbours.points import PointSet, Values
from ganmetrics.core.neighbours.within import check_neighbours, find_within
from ganmetrics.errors import NotEnoughSamples, NumericsError

CLIPPED_K = 5
"""The authors' choice."""
_ROUNDING = 1e-9


def clipped_density(real: ArrayLike, fake: ArrayLike, *, k: int = CLIPPED_K, memory: int = MEMORY) -> float:
    """Return Clipped Density (Salvy, Talbot and Thirion, 2025, arXiv 2507.01761).

    A real image's ball reaches to its k-th nearest neighbour, but no further than the median of these distances: so
    outliers have no large balls. A fake image counts the balls that it lies in, over k, up to 1: so none makes up for
    another. The mean is divided by what the real images have among themselves, each image's own ball left out.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary of a ball, itself not counted.
        memory: budget in bytes for all that is allocated beside the features.

    Returns:
        From 0 to 1: about the share of fakes that are as good as real images. Higher is better.

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, or the budget is too small.
        NotEnoughSamples: if there are not more than k real images.
        NumericsError: if a feature is not finite, naming the row, or no real image lies in another's ball.

    >>> line = torch.arange(12.0)[:, None]
    >>> clipped_density(line, line + 0.25, k=1), clipped_density(line, torch.cat([line[:6], line[:6] + 99]), k=1)
    (1.0, 0.5)
    """
    k = whole("k", k, least=1)
    real_points, fake_points, height = point_sets(real, fake, memory)
    squared = find_within(real_points, k=k, height=height).squared_radii
    radii = _up_to_median(squared)
    fakes = _balls_around(real_points, radii, fake_points, height)
    # Every image lies in its own ball, which is not to count.
    reals = _balls_around(real_points, radii, real_points, height) - 1
    ideal = np.minimum(reals / k, 1.0).mean()
    if ideal == 0:
        raise NumericsError(f"clipped density needs real images inside each other's balls; of {len(reals)} none is")
    return float(min(np.minimum(fakes / k, 1.0).mean() / ideal, 1.0))


def clipped_coverage(real: ArrayLike, fake: ArrayLike, *, k: int = CLIPPED_K, memory: int = MEMORY) -> float:
    """Return Clipped Coverage (ibid.).

    A real image counts the fakes strictly inside its ball, over k, up to 1. What the mean of this would be if only g of
    the m fakes were drawn as the real images are, and the others lay far away, is known (`expected_coverage`): the
    result is the share of g = 0 ... m whose expectation lies below what was found.

    Arguments, memory and errors are those of `clipped_density`; there must be k fakes at least.

    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = (torch.randn(400, 2, generator=draw) for _ in range(2))
    >>> half = torch.cat([fake[:200], fake[200:] + 99])
    >>> round(clipped_coverage(real, fake), 1), round(clipped_coverage(real, half), 1)
    (0.9, 0.5)
    """
    k = whole("k", k, least=1)
    real_points, fake_points, height = point_sets(real, fake, memory)
    check_neighbours(real_points, k)
    counts = len(real_points.group), len(fake_points.group)
    if counts[1] < k:
        raise NotEnoughSamples(f"clipped coverage with k={k} needs at least {k} fake images; got {counts[1]}")
    radii = find_within(real_points, k=k, height=height).squared_radii
    nobody = np.full(counts[1], -1.0)
    inside = between(real_points, fake_points, radii, nobody, strict=True, height=height).fakes_inside
    found = float(np.minimum(inside / k, 1.0).mean())
    # What is equal but for rounding lies not below.
    return float((expected_coverage(counts[0], counts[1], k).numpy() < found * (1 - _ROUNDING)).mean())


def expected_coverage(real_count: int, fake_count: int, k: int) -> Tensor:
    """Return the mean over real images of min(fakes in the ball, k)/k, expected if g = 0 ... m fakes are good.

    Images of one continuous distribution are ranked at random around a real one. So the number J of g good fakes before
    its k-th real neighbour, among n - 1, is beta-binomial with parameters k and n - k, and

        E min(J, k) = k - sum over j < k of (k - j) P(J = j),

    with P(J = 0) a product of k quotients and P(J = j + 1) / P(J = j) = (g - j)(k + j) / ((j + 1)(n - k + g - j - 1)).
    Below g = k the published code takes 0, and so does this.

    Args:
        real_count: n, more than k.
        fake_count: m, at least k.
        k: the neighbour on the boundary.

    Returns:
        float64 [m + 1], increasing from g = k on.

    >>> expected_coverage(3, 2, 1)  # one fake is nearer than both others of 3 real images in one case of three
    tensor([0.0000, 0.3333, 0.5000], dtype=torch.float64)
    """
    good = torch.arange(fake_count + 1, dtype=torch.float64)
    rest = real_count - k
    steps = torch.arange(k, dtype=torch.float64)[:, None]
    probability = ((rest + steps) / (rest + good + steps)).prod(dim=0)
    missing = torch.zeros_like(good)
    for j in range(k):
        missing += (k - j) * probability
        # Where g = j nothing remains to be drawn, and the quotient's other factors do not matter.
        remaining = torch.clamp(good - j, min=0)
        probability = probability * remaining * (k + j) / ((j + 1) * torch.clamp(rest + good - j - 1, min=1))
    expected = 1 - missing / k
    expected[:k] = 0
    return expected


def _up_to_median(squared: Values) -> Values:
    """Return squared radii, none larger than the median radius; those below it to the last bit as they were."""
    radii = np.sqrt(squared)
    median = float(np.median(radii))
    return np.where(radii <= median, squared, median**2)


def _balls_around(real: PointSet, radii: Values, others: PointSet, height: int) -> Values:
    nobody = np.full(len(others.group), -1.0)
    held: Values = between(real, others, radii, nobody, strict=False, height=height).real_balls.astype(np.float64)
    return held
