"""How heavy the tails of features are, and what heavy tails do to the jackknife."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ganmetrics.core.gaussian.moments import Moments


class PartLength(NamedTuple):
    """The number of images of a part, and the sum of squares of its covariance's entries."""

    images: int
    squared: float


@dataclass(frozen=True)
class Tails:
    """How heavy the tails of both sides are.

    Attributes:
        kurtoses: E d^4 of each side, from `relative_kurtosis`; 1 for an exact one.
        ratios: features for each image of each side, 0 for an exact one.
    """

    kurtoses: Sequence[float]
    ratios: Sequence[float]

    @property
    def stretch(self) -> float:
        """The factor on the jackknife's step: `extrapolation` of the sides, each by its share of the bias."""
        pairs = list(zip(self.ratios, self.kurtoses, strict=True))
        return 1 + sum(ratio * (extrapolation(k, ratio) - 1) for ratio, k in pairs) / (sum(self.ratios) or 1.0)

    @property
    def level(self) -> float:
        """What the bias that tails leave is in proportion to, to first order: the sum of p / n log E d^4."""
        return sum(ratio * math.log(max(k, 1.0)) for ratio, k in zip(self.ratios, self.kurtoses, strict=True))


def part_lengths(parts: Sequence[Moments | None]) -> list[PartLength]:
    """Return what `relative_kurtosis` needs of each part; a part of less than two images counts for nothing.

    >>> import torch
    >>> part_lengths([Moments.of(torch.tensor([[1.0], [3.0]])), None])
    [PartLength(images=2, squared=4.0), PartLength(images=0, squared=0.0)]
    """
    return [
        PartLength(0, 0.0) if part is None or (part.count or 0) <= 1 else PartLength(part.count or 0, _squared(part))
        for part in parts
    ]


def relative_kurtosis(total: Moments, lengths: Sequence[PartLength]) -> float:
    """Return E |x - m|^4 over what it is for Gaussian features of the same covariance, from blocks of the images.

    The squared length of a sample covariance of n images is too large by the fourth moment M = E |x - m|^4:

        E |S|^2 = |C|^2 + (M - |C|^2) / n + ((tr C)^2 + |C|^2) / (n (n - 1)).

    The covariances of all images and of the blocks differ in n, and their difference is solved for M. For images that
    are Gaussian but for a random scale d each, E d^2 = 1, the result is E d^4.

    Args:
        total: moments of all images, exact ones excluded.
        lengths: of the disjoint parts that they consist of, from `part_lengths`.

    Returns:
        1 for Gaussian features, but for sampling error, which is larger the fewer features carry the variance; 1 also
        where there are not two parts, or no variance.

    >>> import torch
    >>> normal = torch.randn(2000, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    >>> scaled = normal * (torch.arange(2000) % 2 * 0.8 + 0.6)[:, None]  # d = 0.6 and 1.4: E d^4 / (E d^2)^2 = 1.47
    >>> for features in (normal, scaled):
    ...     parts = [Moments.of(part) for part in features.split(250)]
    ...     print(f"{relative_kurtosis(Moments.of(features), part_lengths(parts)):.1f}")
    1.0
    1.5
    """
    lengths = [part for part in lengths if part.images > 1]
    trace, squared = _trace(total), _squared(total)
    if total.count is None or len(lengths) <= 1 or trace == 0:
        return 1.0
    # Parts weigh as the squares of their counts: the smaller ones are by far the noisier.
    n, weights = total.count, sum(part.images**2 for part in lengths)
    inverse = sum(part.images for part in lengths) / weights - 1 / n
    second = sum(part.images / (part.images - 1) for part in lengths) / weights - 1 / (n * (n - 1))
    excess = sum(part.images**2 * part.squared for part in lengths) / weights - squared
    length = squared - trace**2 / (n - 1)
    surplus = (excess - second * (trace**2 + length)) / inverse
    length = squared - surplus / n - (trace**2 + length) / (n * (n - 1))
    return (surplus + length) / (trace**2 + 2 * length)


def extrapolation(kurtosis: float, features_per_image: float) -> float:
    """Return by how much more the jackknife must take away where tails are heavy.

    A jackknife removes a bias a / n. What the correction for Gaussian features leaves on features with a scale d for
    each image decays more slowly, the more so the heavier the tails and the fewer the images. For log-normal scales the
    law with scales (docs/uncertainty.md) gives it, and for kurtosis from 1 to 3 and n / p from 1.5 to 8 this fits the
    factor by which the jackknife's step falls short to a few hundredths.

    Args:
        kurtosis: E d^4, as from `relative_kurtosis`; below 1 counts as 1.
        features_per_image: p / n.

    >>> extrapolation(1.0, 0.5), round(extrapolation(1.28, 0.5), 2)
    (1.0, 1.09)
    """
    return 1 + 1.35 * features_per_image / (1 + 1.6 * features_per_image) * math.log(max(kurtosis, 1.0))


def tail_bias(root: float, level: float) -> float:
    """Return about how much tails add to the corrected distance, for similar eigenvalues and scales of small variance.

    With the squares of the scales of variance v, E[d^2 s / (1 + d^2 s)] = f has the root s = f (1 + v f) / (1 - f) to
    first order, so that the integrand of the trace of the root is too small by v f / 2 for each side. Its mean over
    one eigenvalue is v p / (8 n), because the integrals of u^(1/2) / (1 + u)^2 and u^(1/2) / (1 + u)^3 are as 4 to 1;
    and the distance has the root twice. v is taken as log E d^4.

    Args:
        root: trace of the root of the covariances' product.
        level: `Tails.level`.

    >>> tail_bias(20.0, 2 * 0.5 * 0.25)
    1.25
    """
    return max(root, 0.0) * level / 4


def _trace(moments: Moments) -> float:
    return float(moments.factor.square().sum() if moments.matrix is None else moments.matrix.trace())


def _squared(moments: Moments) -> float:
    """Return the sum of squares of the covariance's entries."""
    if moments.matrix is not None:
        return float(moments.matrix.square().sum())
    return float((moments.factor @ moments.factor.mT).square().sum())
