"""What in the images makes a corrected distance doubtful, in words."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics.core.random_matrix.joint.trace import RootTrace
from ganmetrics.metrics.frechet.sample import Sample

LEAST, LEAST_PER_FEATURE = 32, 1 / 8
"""So many images a side, and so many for each feature, the study of coverage bears out;"""
LEAST_AGAINST_MANY, MANY_PER_FEATURE = 50, 3
"""and so many against three times as many images as features on the other side."""
EQUAL = 0.02
"""This share of images that equal others, or nearly, is doubted: they are no independent images."""
NEAR = 0.01
"""Nearly equal: at this share of the images' mean squared distance. CIFAR-10's nearest neighbours, in the features of
EfficientNet-Lite0, are at 0.2 and more."""
LONG, LONG_BY_CHANCE = 6.0, 4.0
"""An image's squared distance from the others' mean, over their variance, is doubted above 6 and above
1 + 4 (|C| / tr C) log n, C of the others: Gaussian images of n reach 1 + 2 (|C| / tr C) log n, features of photographs
2.7 of 4,000, log-normal scales (sigma 1/4) 5.8 of 8,000, one image in fifty eight deviations away 10 to 16."""
ROUNDING = 1e-24
"""A variance of so small a share of the squared mean is rounding."""
TAILS = 1.5
"""E d^4 of the images' scales d above this is doubted: the study's heavy tails have 2.7, image features 1.01 to 1.1."""
MISFIT = 4.0
"""So many times its standard error the fit may be off the product's law, squared and on average."""
BENT = 2.0
"""Mean square of the fitted spectra's bends over what the priors suppose. Power laws have 0.2 to 0.6, at most 1.2;
features of photographs 0.25 to 0.85; a flat spectrum with eight spikes 3 to 9, and of 50 of its images against many
intervals cover 80 %: what lies below the edge is then no continuation of what lies above."""


BELOW = 1.96
"""So many standard errors below 0 no distance is, but by chance in one draw of forty of equal populations."""
CLOSE = 1e-3
"""Means of independent images are so near to each other in so small a share of draws."""
NOT_INDEPENDENT = "the images are not independent draws: as many of each class, or pieces of the same pictures"


class Trust(NamedTuple):
    """Whether the study bears the interval out, and if not, why."""

    calibrated: bool
    reason: str


def doubts(real: Sample, fake: Sample, root: RootTrace, value: float, error: float) -> Trust:
    """Return what there is to doubt about a corrected distance of this value and standard error."""
    reasons = [reason for name, side in (("real", real), ("fake", fake)) for reason in _of_side(name, side)]
    few = _too_few(real, fake)
    if few:
        reasons.append(few)
    common = _common(real, fake)
    if common > EQUAL * (fake.count or common):
        reasons.append(f"{common} fake images are real ones, or nearly: the sides are not independent")
    if value < -BELOW * error:
        reasons.append(f"the interval ends below 0, where no distance is: {NOT_INDEPENDENT}")
    elif _means_too_close(real, fake):
        reasons.append(f"both means are nearer than chance allows: {NOT_INDEPENDENT}")
    if root.bent > BENT:
        reasons.append("the spectra jump, where they are supposed to be smooth")
    if root.misfit > MISFIT:
        reasons.append("the spectra fit neither side and their product at once")
    return Trust(not reasons, "; ".join(reasons))


def _means_too_close(real: Sample, fake: Sample) -> bool:
    """Return whether the means have less noise than independent images would give them.

    Where a side has as many images of each class as the population, what sets classes apart moves its mean no more;
    and what is subtracted for it is too much. By chance the squared distance is a sum of squares whose weights are the
    eigenvalues of C1/n1 + C2/n2 (whose norm is at most the sum of both): nearly a chi-squared variable with as many
    degrees of freedom as mean and variance give it (Satterthwaite, 1946).
    """
    sampled = [(side, side.count) for side in (real, fake) if side.count is not None]
    shift = float((real.moments.mean - fake.moments.mean).square().sum())
    noise = sum(side.trace / count for side, count in sampled)
    norm = sum(math.sqrt(side.squared) / count for side, count in sampled)
    if noise == 0 or norm == 0:
        return False
    half = torch.tensor((noise / norm) ** 2 / 2, dtype=torch.float64)
    return float(torch.special.gammainc(half, half * (shift / noise))) < CLOSE


def _too_few(real: Sample, fake: Sample) -> str:
    dimension = real.moments.dimension
    counts = [side.count for side in (real, fake) if side.count is not None]
    least = max(LEAST, math.ceil(LEAST_PER_FEATURE * dimension))
    exact = real.count is None or fake.count is None
    if exact or max(counts) >= MANY_PER_FEATURE * dimension:
        least = min(least, LEAST_AGAINST_MANY)
    if not counts or min(counts) >= least:
        return ""
    return f"the study of coverage needs {least} images a side for {dimension} features; got {min(counts)}"


def _of_side(name: str, side: Sample) -> list[str]:
    if side.count is None:
        return []
    if side.images is None:
        return [f"no {name} images are kept: their sampling is that of Gaussian features"]
    images, lengths = side.images, side.images.square().sum(1)
    if side.trace <= ROUNDING * float(side.moments.mean.square().sum()):
        return [f"all {name} images have equal features"]
    found = []
    twins = _twins(side, lengths)
    if twins > EQUAL * len(images):
        found.append(f"{twins} of {len(images)} {name} images equal others, or nearly")
    relative = lengths / lengths.mean()
    if _outlies(side, images[int(lengths.argmax())]):
        share = float(lengths.max() / lengths.sum())
        found.append(f"one {name} image makes {share:.0%} of the variance of {len(images)}")
    tails = _tails(relative, side)
    if tails > TAILS:
        found.append(f"the {name} images' tails are heavy: a fourth moment {tails:.1f} times that of Gaussian features")
    return found


def _outlies(side: Sample, longest: Tensor) -> bool:
    """Return whether the longest image is too long for one like the others.

    Trace and sum of squares of the others' covariance follow from those of all and from the image: it need not be
    found again. In both the image itself would hide how long it is.
    """
    count, freedom = side.count or 0, (side.count or 0) - 1
    ratio, length = count / freedom, float(longest.square().sum())
    along = float((side.moments.factor @ longest).square().sum())
    trace = (freedom * side.trace - ratio * length) / (freedom - 1)
    squares = (side.squared + side.trace**2 / freedom) * freedom**2 - 2 * ratio * freedom * along
    squared = (squares + (ratio * length) ** 2) / (freedom - 1) ** 2 - trace**2 / (freedom - 1)
    chance = math.sqrt(max(squared, 0.0)) * math.log(count)
    return length * ratio**2 > max(LONG * trace, trace + LONG_BY_CHANCE * chance)


def _twins(side: Sample, lengths: Tensor) -> int:
    """Return how many images of a side have another that is equal or nearly so."""
    images = side.all_images
    if images is None:
        return 0
    squared = lengths[:, None] + lengths - 2 * _inner(side, images)
    squared.fill_diagonal_(math.inf)
    return int((squared.min(dim=1).values < _near(side, len(images))).sum())


def _inner(side: Sample, images: Tensor) -> Tensor:
    """Return the inner products of all images of a side, which the fit has where they are no more than features."""
    freedom = side.part.freedom
    if freedom is not None and side.part.images is side.part.factor:
        return side.part.gram * freedom
    return images @ images.mT


def _common(real: Sample, fake: Sample) -> int:
    """Return how many fake images are equal to a real one, or nearly: the sides are then not independent."""
    one, other = real.all_images, fake.all_images
    if one is None or other is None:
        return 0
    other = other + (fake.moments.mean - real.moments.mean)
    squared = one.square().sum(1)[:, None] + other.square().sum(1) - 2 * one @ other.mT
    return int((squared.min(dim=0).values < min(_near(real, len(one)), _near(fake, len(one)))).sum())


def _near(side: Sample, count: int) -> float:
    """Return the squared distance below which two images are nearly equal.

    Where the variance lies in few directions, (tr C)^2 / tr C^2 of them, images are close by chance: of n, one in
    about n r^(directions / 2) has another within the share r. So r is small enough for that to be a tenth of what is
    doubted.
    """
    if side.trace == 0:
        return 0.0
    directions = side.trace**2 / max(side.squared, side.trace**2 / side.moments.dimension)
    share: float = min(NEAR, (EQUAL / (10 * count)) ** (2 / directions))
    images = side.all_images
    # The median length, since one huge image would bring all others together.
    length = side.trace if images is None else float(images.square().sum(1).median())
    return share * 2 * length


def _tails(relative: Tensor, side: Sample) -> float:
    """Return E d^4 of the images' scales, E d^2 = 1: the variance of their squared lengths beyond that by chance."""
    chance = 2 * side.squared / side.trace**2
    return (1 + float(relative.var())) / (1 + chance)
