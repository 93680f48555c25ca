"""What in the images makes a corrected distance doubtful, in words."""

import math
from typing import NamedTuple

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
LONG, LONG_BY_FIRST = 8.0, 4.0
"""One image's share of the variance, over the mean one's, is doubted from 8 + 4 (l1 / tr S) log n upward: Gaussian
images of n reach 1 + 2 (l1 / tr S) log n or so."""
TAILS = 1.5
"""E d^4 of the images' scales d above this is doubted: the study's heavy tails have 2.7, image features 1.01 to 1.1."""
MISFIT = 4.0
"""So many times its standard error the fit may be off the product's law, squared and on average."""


class Trust(NamedTuple):
    """Whether the study bears the interval out, and if not, why."""

    calibrated: bool
    reason: str


def doubts(real: Sample, fake: Sample, root: RootTrace) -> Trust:
    """Return what there is to doubt."""
    reasons = [reason for name, side in (("real", real), ("fake", fake)) for reason in _of_side(name, side)]
    few = _too_few(real, fake)
    if few:
        reasons.append(few)
    if root.misfit > MISFIT:
        reasons.append("the spectra fit neither side and their product at once")
    return Trust(not reasons, "; ".join(reasons))


def _too_few(real: Sample, fake: Sample) -> str:
    dimension = real.moments.dimension
    counts = [side.count for side in (real, fake) if side.count is not None]
    least = max(LEAST, math.ceil(LEAST_PER_FEATURE * dimension))
    exact = real.count is None or fake.count is None
    if exact or max(counts) >= MANY_PER_FEATURE * dimension:
        least = min(least, LEAST_AGAINST_MANY)
    if not counts or min(counts) >= least:
        return ""
    return f"the study of coverage needs {least} images a side for {dimension} features, got {min(counts)}"


def _of_side(name: str, side: Sample) -> list[str]:
    if side.count is None:
        return []
    if side.images is None:
        return [f"no {name} images are kept: their sampling is that of Gaussian features"]
    images, lengths = side.images, side.images.square().sum(1)
    if float(lengths.sum()) == 0:
        return [f"all {name} images have equal features"]
    found = []
    twins = _twins(images, lengths)
    if twins > EQUAL * len(images):
        found.append(f"{twins} of {len(images)} {name} images equal others, or nearly")
    first, trace = float(side.part(1.0).spectrum.eigenvalues[0]) if side.moments.rows is not None else 0.0, side.trace
    relative = lengths / lengths.mean()
    if float(relative.max()) > LONG + LONG_BY_FIRST * first / trace * math.log(len(images)):
        share = float(lengths.max() / lengths.sum())
        found.append(f"one {name} image makes {share:.0%} of the variance of {len(images)}")
    tails = _tails(relative, side)
    if tails > TAILS:
        found.append(f"the {name} images' tails are heavy: a fourth moment {tails:.1f} times that of Gaussian features")
    return found


def _twins(images: Tensor, lengths: Tensor) -> int:
    """Return how many images have another within `NEAR` of the mean squared distance."""
    gram = images @ images.mT
    squared = lengths[:, None] + lengths - 2 * gram
    squared.fill_diagonal_(math.inf)
    return int((squared.min(dim=1).values < NEAR * 2 * float(lengths.mean())).sum())


def _tails(relative: Tensor, side: Sample) -> float:
    """Return E d^4 of the images' scales, E d^2 = 1: the variance of their squared lengths beyond that by chance."""
    chance = 2 * side.squared / side.trace**2
    return (1 + float(relative.var())) / (1 + chance)
