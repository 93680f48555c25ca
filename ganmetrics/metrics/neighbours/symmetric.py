"""Symmetric precision and recall: what is asked of the real balls is asked of the fake ones, too."""

from dataclasses import dataclass

from ganmetrics._types import ArrayLike
from ganmetrics.core.memory import MEMORY
from ganmetrics.metrics.neighbours.estimate import precision_recall_estimate
from ganmetrics.metrics.neighbours.precision_recall import PrecisionRecallConvention, precision_recall
from ganmetrics.metrics.neighbours.shares import ShareEstimate

CONVENTION = PrecisionRecallConvention(k=5, strict=True)
"""That of the authors."""
_TAILS = 1.5


@dataclass(frozen=True)
class SymmetricPrecisionRecall:
    """Two shares and what they are the smaller of; higher is better.

    Attributes:
        precision: the smaller of precision and complement precision, 0 to 1.
        recall: the smaller of recall and coverage, 0 to 1.
        complement_precision: share of fake images with a real image in their own ball, 0 to 1.
    """

    precision: float
    recall: float
    complement_precision: float


@dataclass(frozen=True)
class SymmetricEstimate:
    """The same two shares with intervals."""

    precision: ShareEstimate
    recall: ShareEstimate


def symmetric_precision_recall(
    real: ArrayLike, fake: ArrayLike, *, k: int = CONVENTION.k, memory: int = MEMORY
) -> SymmetricPrecisionRecall:
    """Return symmetric precision and recall (Khayatkhoei and AbdAlmageed, ICML 2023, arXiv 2306.09618).

    In many dimensions precision is near 1 for fakes on the inside of the real shell, near 0 for those on its outside,
    however little is between them; recall errs the other way. Complement precision, the share of fakes in whose own
    ball a real image lies, has the opposite fault: the smaller of the two sees both. For recall the counterpart is
    coverage. Balls are without their boundary, to the fifth neighbour.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, or the budget is too small.
        NotEnoughSamples: if a side has not more than k images.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> line = torch.arange(8.0)[:, None]
    >>> symmetric_precision_recall(line, line[:4] + 0.5, k=1)
    SymmetricPrecisionRecall(precision=1.0, recall=0.625, complement_precision=1.0)
    """
    there, back = (
        precision_recall(*sides, k=k, convention=CONVENTION, memory=memory) for sides in ((real, fake), (fake, real))
    )
    # Coverage of the exchanged sides is the share of fakes that a real image covers.
    return SymmetricPrecisionRecall(
        min(there.precision, back.coverage), min(there.recall, there.coverage), back.coverage
    )


def symmetric_estimate(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int = CONVENTION.k,
    confidence: float = 0.95,
    memory: int = MEMORY,
) -> SymmetricEstimate:
    """Return the same with intervals for the smaller of the two expectations at these numbers of images.

    The interval goes from the smaller of both lower ends to the smaller of both upper ends. The first is too high only
    if that of the smaller share is, the second too low if either is: with a chance of error shared out over these three
    tails, what is promised is kept whatever the two have to do with each other.

    Raises:
        InputError: if the shapes do not fit, an option is out of range, or the budget is too small.
        NotEnoughSamples: if a side has not more than k + 1 images.
        NumericsError: if a feature is not finite, naming the row.
    """
    of_each = 1 - (1 - confidence) / _TAILS
    there, back = (
        precision_recall_estimate(*sides, k=k, convention=CONVENTION, confidence=of_each, memory=memory)
        for sides in ((real, fake), (fake, real))
    )
    return SymmetricEstimate(_smaller(there.precision, back.coverage), _smaller(there.recall, there.coverage))


def _smaller(one: ShareEstimate, other: ShareEstimate) -> ShareEstimate:
    first = one if one.value <= other.value else other
    return ShareEstimate(first.value, first.error, min(one.low, other.low), min(one.high, other.high))
