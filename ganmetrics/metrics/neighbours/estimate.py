"""Precision, recall, density and coverage with intervals: how much they would vary with other images."""

from dataclasses import dataclass

import numpy as np

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import named_in, probability
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import BothSets, of_both
from ganmetrics.core.neighbours.left_out import LeftOut
from ganmetrics.errors import InputError
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS, PrecisionRecallConvention
from ganmetrics.metrics.neighbours.shares import ShareEstimate, rate_estimate, share_estimate, variance_by_left_out


@dataclass(frozen=True)
class PrecisionRecallEstimate:
    """The four shares of `PrecisionRecall`, each with an interval."""

    precision: ShareEstimate
    recall: ShareEstimate
    density: ShareEstimate
    coverage: ShareEstimate


def precision_recall_estimate(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int | None = None,
    convention: str | PrecisionRecallConvention = "improved-precision-recall",
    confidence: float = 0.95,
    memory: int = MEMORY,
) -> PrecisionRecallEstimate:
    """Return the four shares of `precision_recall`, each with an interval for its expectation at these counts.

    All four depend on the numbers of images, and no interval says what they tend to: it says how much they would vary
    were other images drawn, as many as these. Both sides are counted: the images that are asked about, of which a share
    is a mean, and those whose balls they are asked about, by leaving out each in turn. What leaving one out does is
    exact (its ball goes, and those in which it is one of the k nearest grow to the next neighbour) and comes from the
    same pass.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary; None for the convention's own, which is 3 by default.
        convention: a name in `NEIGHBOUR_CONVENTIONS`, or a convention of your own.
        confidence: probability to cover the expectation, between 0 and 1.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, an option is out of range, or the budget is too small.
        NotEnoughSamples: if a side has not more than k + 1 images.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = (torch.randn(200, 4, generator=draw) for _ in range(2))
    >>> precision = precision_recall_estimate(real, fake).precision
    >>> 0.8 < precision.low < precision.value < precision.high < 1
    True
    """
    chosen = named_in("convention", convention, NEIGHBOUR_CONVENTIONS)
    number = chosen.k if k is None else k
    confidence = probability("confidence", confidence)
    found = of_both(real, fake, k=number, strict=chosen.strict, memory=memory, growth=True)
    return estimates_from(found, confidence)


def estimates_from(found: BothSets, confidence: float) -> PrecisionRecallEstimate:
    """Return the same from neighbours that other metrics share.

    Raises:
        InputError: if these were not found with ``growth=True``.
    """
    between, changes = found.between, found.between.left_out
    if changes is None:
        raise InputError("an interval needs neighbours that were found with growth=True")
    real, fake = len(between.fakes_inside), len(between.real_balls)
    return PrecisionRecallEstimate(
        precision=share_estimate(
            int((between.real_balls > 0).sum()), fake, variance_by_left_out(changes.precision, fake), confidence
        ),
        recall=share_estimate(
            int((between.fake_balls > 0).sum()), real, variance_by_left_out(changes.recall, real), confidence
        ),
        density=_density(found, changes, confidence),
        coverage=share_estimate(
            int((between.fakes_inside > 0).sum()), real, _variance_of_coverage(found, changes), confidence
        ),
    )


def _density(found: BothSets, changes: LeftOut, confidence: float) -> ShareEstimate:
    balls, k = found.between.real_balls, found.k
    variance = float(np.var(balls, ddof=1)) / len(balls) + variance_by_left_out(changes.density, len(balls))
    # Where no ball holds a fake image, the least that could be is one fake image in k balls.
    return rate_estimate(float(balls.mean()) / k, variance / k**2, 1 / len(balls), confidence)


def _variance_of_coverage(found: BothSets, changes: LeftOut) -> float:
    """Return what the variance of coverage has beyond that of independent real images.

    *Of the fakes*: one that alone covers several real images covers them together. *Of the balls*: a real image left
    out takes its own coverage with it, and lets others be covered by the balls that grow. As in
    `variance_by_left_out`, the square of a single real image's indicator is its own sampling.
    """
    covered = (found.between.fakes_inside > 0).astype(np.float64)
    count, alone, newly = len(covered), changes.covered_alone, changes.newly_covered
    together = float((alone * (alone - 1)).sum()) / (count * (count - 1)) - float(alone.sum()) ** 2 / (
        len(alone) * count**2
    )
    excess = newly - newly.mean()
    grown = float((np.square(excess) - newly - 2 * (covered - covered.mean()) * excess).sum()) / (count - 1) ** 2
    return max(together, 0.0) + max(grown, 0.0)
