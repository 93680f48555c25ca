"""Probabilistic precision and recall: no ball has an edge, and all have one size."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import positive, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import point_sets
from ganmetrics.core.neighbours.points import PointSet, Values
from ganmetrics.core.neighbours.within import check_neighbours, find_within

PROBABILISTIC_K = 4
PROBABILISTIC_REACH = 1.2
"""The authors' choices."""


@dataclass(frozen=True)
class ProbabilisticPrecisionRecall:
    """Two means of probabilities, 0 to 1; higher is better.

    Attributes:
        precision: of the fakes, to lie where the real images do.
        recall: of the real images, to lie where the fakes do.
    """

    precision: float
    recall: float


def probabilistic_precision_recall(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int = PROBABILISTIC_K,
    reach: float = PROBABILISTIC_REACH,
    memory: int = MEMORY,
) -> ProbabilisticPrecisionRecall:
    """Return P-precision and P-recall (Park and Kim, ICCV 2023, arXiv 2309.01590).

    Let R be `reach` times the mean distance of the real images to their k-th nearest neighbour. A fake at distance d of
    a real image belongs to it with probability max(0, 1 - d/R), and to the real images unless it belongs to none:
    P = 1 - product over real images of min(1, d/R). P-precision is the mean of P over the fakes; P-recall exchanges
    the sides.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour whose distance is averaged.
        reach: a in the paper, positive.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, an option is out of range, or the budget is too small.
        NotEnoughSamples: if a side has not more than k images.
        NumericsError: if a feature is not finite, naming the row.

    >>> line = torch.arange(4.0)[:, None]
    >>> probabilistic_precision_recall(line, torch.tensor([[0.5], [9.0]]), k=1, reach=1.0).precision
    0.375
    """
    reach = positive("reach", reach)
    k = whole("k", k, least=1)
    real_points, fake_points, height = point_sets(real, fake, memory)
    for points in (real_points, fake_points):
        check_neighbours(points, k)
    radii = [
        reach * float(np.sqrt(find_within(points, k=k, height=height).squared_radii).mean())
        for points in (real_points, fake_points)
    ]
    outside_real, outside_fake = np.zeros(len(fake_points)), np.zeros(len(real_points))
    for rows, columns, squared in _distances(fake_points, real_points, height):
        outside_real[rows] += _log_outside(squared, radii[0]) @ real_points.count[columns]
        outside_fake[columns] += fake_points.count[rows] @ _log_outside(squared, radii[1])
    precision = -np.expm1(outside_real)[fake_points.group].mean()
    recall = -np.expm1(outside_fake)[real_points.group].mean()
    return ProbabilisticPrecisionRecall(float(precision), float(recall))


_FURTHEST = -745.0
"""The logarithm below which a probability is 0 in double precision; as a finite one it can be multiplied by counts."""


def _log_outside(squared: Values, radius: float) -> Values:
    """Return the logarithm of min(1, d/R)."""
    if radius == 0:
        return np.where(squared == 0, _FURTHEST, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        logarithm: Values = np.log(squared / np.square(np.float64(radius))) / 2
    return np.clip(logarithm, _FURTHEST, 0.0)


def _distances(one: PointSet, other: PointSet, height: int) -> Iterator[tuple[slice, slice, Values]]:
    """Yield blocks of squared distances in double precision, of centred points; equal points have distance 0."""
    centre = (one.mean + other.mean) / 2
    for columns in other.blocks(height):
        right = torch.from_numpy(other.rows(columns) - centre)
        for rows in one.blocks(height):
            left = torch.from_numpy(one.rows(rows) - centre)
            squared = torch.cdist(left, right, compute_mode="donot_use_mm_for_euclid_dist").square_()
            yield rows, columns, squared.numpy()
