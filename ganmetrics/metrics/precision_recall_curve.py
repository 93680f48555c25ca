"""The precision-recall curve of two sets of features."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.core.clusters import k_means, nearest_centres
from ganmetrics.errors import InputError

CLUSTERS = 20
_ANGLES = 1001
RUNS = 10
BETA = 8.0
"""The authors' choices (arXiv 1806.00035)."""


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """What precision can be had at what recall.

    Attributes:
        precision: alpha, from the smallest slope to the largest, float64 [angles], 0 to 1.
        recall: beta at the same slopes.
        precision_weighted: the greatest F score with beta 1/8, 0 to 1: about the precision.
        recall_weighted: that with beta 8: about the recall.
    """

    precision: Tensor
    recall: Tensor
    precision_weighted: float
    recall_weighted: float


_MOST_ANGLES, _MOST_RUNS = 10**9, 10_000
"""More points of a curve fit no memory."""


def precision_recall_curve(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    clusters: int = CLUSTERS,
    angles: int = _ANGLES,
    runs: int = RUNS,
    seed: int = 0,
) -> PrecisionRecallCurve:
    """Return the curve of Sajjadi et al. (2018, arXiv 1806.00035) over the cells of k-means.

    The images of both sides are put into cells; p and q are the shares of the real and the fake ones in each. At slope
    s = tan(angle), precision is the sum over cells of min(s p, q) and recall that of min(p, q / s). The curve is the
    mean over `runs` partitions.

    Args:
        real: features, floating point, shape [n, d].
        fake: features, floating point, shape [m, d].
        clusters: how many cells.
        angles: points of the curve, at least 3, evenly between 0 and a right angle, both left out.
        runs: partitions.
        seed: of their first centres.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if both sides together have fewer different images than there are cells.
        NumericsError: if a feature is not finite, naming the row.

    >>> real, fake = torch.tensor([[0.0], [9.0]]), torch.tensor([[0.0], [0.0]])
    >>> curve = precision_recall_curve(real, fake, clusters=2, angles=3, runs=1)
    >>> [round(float(value), 3) for value in (curve.precision[1], curve.recall[1], curve.precision.max())]
    [0.5, 0.5, 1.0]
    """
    for name, features in (("real features", real), ("fake features", fake)):
        check_rows(features, name)
    if real.shape[1] != fake.shape[1]:
        raise InputError(f"both sides need one dimension; got real {real.shape[1]} and fake {fake.shape[1]}")
    clusters, angles = whole("clusters", clusters, least=1), whole("angles", angles, least=3, most=_MOST_ANGLES)
    runs = whole("runs", runs, least=1, most=_MOST_RUNS)
    points = torch.cat(
        [
            block.cpu()
            for side, name in ((real, "real features"), (fake, "fake features"))
            for block in double_blocks(side, name)
        ]
    )
    rng = torch.Generator().manual_seed(seed_number("seed", seed))
    curves = []
    for _ in range(runs):
        cells, _ = nearest_centres(points, k_means(points, clusters, rng))
        shares = [
            torch.bincount(side, minlength=clusters).double() / len(side)
            for side in (cells[: real.shape[0]], cells[real.shape[0] :])
        ]
        curves.append(torch.stack(curve_of_shares(*shares, angles=angles)))
    precision, recall = torch.stack(curves).mean(dim=0)
    return PrecisionRecallCurve(
        precision, recall, _greatest_f(precision, recall, 1 / BETA), _greatest_f(precision, recall, BETA)
    )


def curve_of_shares(real: Tensor, fake: Tensor, *, angles: int = _ANGLES) -> tuple[Tensor, Tensor]:
    """Return precision and recall at each slope for the shares of two sides in the same cells (ibid., equation 7).

    >>> half = torch.tensor([0.5, 0.5], dtype=torch.float64)
    >>> curve_of_shares(half, torch.tensor([1.0, 0.0], dtype=torch.float64), angles=1)
    (tensor([0.5000], dtype=torch.float64), tensor([0.5000], dtype=torch.float64))
    """
    slopes = torch.tan(torch.arange(1, angles + 1, dtype=torch.float64) * (math.pi / 2) / (angles + 1))
    precision = torch.minimum(slopes[:, None] * real, fake).sum(dim=1)
    # A slope is off by a rounding, and so may a sum that is 1 be.
    return precision.clamp(max=1), (precision / slopes).clamp(max=1)


def _greatest_f(precision: Tensor, recall: Tensor, beta: float) -> float:
    square = beta**2
    below = square * precision + recall
    scores = torch.where(
        below > 0, (1 + square) * precision * recall / below.clamp(min=torch.finfo(below.dtype).tiny), 0
    )
    return float(scores.max())
