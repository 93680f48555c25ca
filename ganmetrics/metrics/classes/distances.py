"""The Fréchet distance class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_finite_rows
from ganmetrics.core.checks import same_width
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.metrics.classes.labels import class_names
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate


@dataclass(frozen=True)
class ClassDistance:
    """The Fréchet distance of one class.

    Attributes:
        name: of the class.
        real_count: its real images.
        fake_count: its fake images.
        value: the distance; None where a side has fewer than two images.
        corrected: the same freed of the counts; None where there are too few images for that.
        low: lower end of the interval of `corrected`; None without one.
        high: upper end.
    """

    name: str
    real_count: int
    fake_count: int
    value: float | None
    corrected: float | None
    low: float | None = None
    high: float | None = None


def class_distances(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    real_classes: Sequence[str],
    fake_classes: Sequence[str],
    confidence: float | None = 0.95,
) -> list[ClassDistance]:
    """Return the Fréchet distance of each class of the real images, by name (intra-FID; Miyato and Koyama, 2018).

    A class has far fewer images than the whole, and the plain distance is then far too large: compare it between
    generators at equal counts only, or take `corrected` where there is one (arXiv 1802.05637, section 4, uses 5,000
    images a class).

    Args:
        real: features, floating point, shape [n, d].
        fake: features, floating point, shape [m, d].
        real_classes: the class of each real image.
        fake_classes: the class that each fake image is meant to be of.
        confidence: of the intervals; None for the plain distances alone.

    Raises:
        InputError: if shapes or labels do not fit, or a fake class has no real image.
        NotEnoughSamples: if no class has two images on both sides.
        NumericsError: if a feature is not finite, naming the row.

    >>> features = torch.tensor([[0.0], [2.0], [10.0], [14.0]])
    >>> found = class_distances(features, features + 1, real_classes="aabb", fake_classes="aabb")
    >>> [(one.name, one.value) for one in found]
    [('a', 1.0), ('b', 1.0)]
    """
    # Before the classes are parted: a row that is not finite is named by its number in the caller's array.
    check_finite_rows(real, "real features")
    check_finite_rows(fake, "fake features")
    same_width(real.shape[1], fake.shape[1])
    names = class_names(real_classes, fake_classes, real_count=len(real), fake_count=len(fake))
    found = [
        _distance(name, _members(real, real_classes, name), _members(fake, fake_classes, name), confidence)
        for name in names
    ]
    if all(one.value is None for one in found):
        raise NotEnoughSamples(f"class distances need 2 images a side in a class; none of {len(names)} has them")
    return found


def mean_distance(distances: Sequence[ClassDistance]) -> float:
    """Return the mean over the classes that have a distance; every class counts alike.

    >>> mean_distance([ClassDistance("a", 9, 9, 2.0, None), ClassDistance("b", 9, 1, None, None)])
    2.0
    """
    values = [one.value for one in distances if one.value is not None]
    return sum(values) / len(values)


def _members(features: ArrayLike, classes: Sequence[str], name: str) -> ArrayLike:
    rows = [row for row, of in enumerate(classes) if of == name]
    return features[torch.tensor(rows, dtype=torch.int64)] if isinstance(features, torch.Tensor) else features[rows]


def _distance(name: str, real: ArrayLike, fake: ArrayLike, confidence: float | None) -> ClassDistance:
    if min(len(real), len(fake)) <= 1:
        return ClassDistance(name, len(real), len(fake), None, None)
    if confidence is None:
        return ClassDistance(name, len(real), len(fake), frechet_distance(Moments.of(real), Moments.of(fake)), None)
    found = frechet_estimate(real, fake, confidence=confidence)
    return ClassDistance(name, len(real), len(fake), found.value, found.corrected, found.low, found.high)
