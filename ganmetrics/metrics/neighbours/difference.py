"""Are one generator's precision and recall on a reference higher than another's?"""

from typing import NamedTuple

from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import probability
from ganmetrics.core.inference.permutation import PERMUTATIONS, permutation_p_value
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import BothSets, of_both
from ganmetrics.core.neighbours.covering import covering
from ganmetrics.core.neighbours.points import PointSet, block_rows
from ganmetrics.core.neighbours.within import find_within
from ganmetrics.metrics.difference import Difference, check_sets, join_features, normal_interval
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS, indicators_from

NEIGHBOUR = NEIGHBOUR_CONVENTIONS["improved-precision-recall"].k


class PrecisionRecallDifference(NamedTuple):
    """The differences of both shares."""

    precision: Difference
    recall: Difference


def precision_recall_difference(
    real: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    k: int = NEIGHBOUR,
    confidence: float = 0.95,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    memory: int = MEMORY,
) -> PrecisionRecallDifference:
    """Return precision and recall of two generators on one real set, and what the differences say.

    *Precision.* Given the real images, a fake is inside their balls or not, whatever other fakes there are: interval
    and permutation test are those of two shares.

    *Recall.* A real image is covered by the fakes together or not. The difference varies with the real images (covered
    by the one, not by the other: paired) and with the fakes, for which leaving out one of them uncovers what it alone
    covers (the jackknife).

    The p-value of recall is of the hypothesis that both sets of fakes come from one generator. McNemar's test would be
    of another, that two given sets of balls cover as much, and rejects two sets of one generator far more often than
    it says. Let both sets be one, with 2 k neighbours to a ball, which is then about as large as it was; each real
    image be credited in equal parts to the balls that it lies in; and the credits, which do not depend on which
    image came from which generator, be permuted: under the hypothesis the test is exact.

    Recall grows with the number of fakes: at unequal counts it has no interval, and the p-value stays valid.

    Args:
        real: features, floating point, shape [n, d].
        first: features of the first generator's images, shape [a, d].
        second: features of the second's, shape [b, d].
        k: the neighbour that the boundary of a ball goes through.
        confidence: of the intervals, between 0 and 1.
        permutations: random exchanges for the p-values.
        seed: of these.
        memory: budget in bytes beside the features.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if a set has not more than k images.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, near, far = (torch.randn(200, 4, generator=draw) + shift for shift in (0, 0.1, 2))
    >>> found = precision_recall_difference(real, near, far, permutations=999)
    >>> found.precision.low > 0, found.precision.p_value, found.recall.low > 0, found.recall.p_value
    (True, 0.001, True, 0.001)
    """
    check_sets(real, first, second)
    confidence = probability("confidence", confidence)
    found = [of_both(real, fake, k=k, memory=memory) for fake in (first, second)]
    one, other = (indicators_from(each) for each in found)
    p_value = permutation_p_value(one.precision, other.precision, permutations=permutations, seed=seed)
    precision = _difference(
        (one.precision, other.precision), _variance_of_shares(one.precision, other.precision), confidence, p_value
    )
    scores = _credits(real, join_features(first, second), k=2 * k, memory=memory)
    p_value = permutation_p_value(scores[: len(first)], scores[len(first) :], permutations=permutations, seed=seed)
    variance = None
    if len(first) == len(second):
        variance = _variance_of_pairs(one.recall, other.recall)
        variance += sum(_variance_by_fakes(real, *side) for side in zip((first, second), found, strict=True))
    return PrecisionRecallDifference(precision, _difference((one.recall, other.recall), variance, confidence, p_value))


def _difference(
    indicators: tuple[Tensor, Tensor], variance: float | None, confidence: float, p_value: float
) -> Difference:
    shares = [float(side.double().mean()) for side in indicators]
    if variance is None:
        return Difference(shares[0], shares[1], None, None, p_value, "share", calibrated=False)
    low, high = normal_interval(shares[0] - shares[1], variance, confidence)
    return Difference(shares[0], shares[1], low, high, p_value, "share", calibrated=True)


def _variance_of_shares(one: Tensor, other: Tensor) -> float:
    """Return the variance with a success and a failure added (Agresti and Caffo, 2000): 0 of 100 is not certainty."""
    variance = 0.0
    for side in (one, other):
        share = (float(side.sum()) + 1) / (len(side) + 2)
        variance += share * (1 - share) / (len(side) + 2)
    return variance


def _variance_of_pairs(one: Tensor, other: Tensor) -> float:
    """Return the same for two shares of the same images, half a case added to each cell (Agresti and Min, 2005)."""
    count = len(one) + 2
    gained, lost = (float((left & ~right).sum()) + 0.5 for left, right in ((one, other), (other, one)))
    return (gained + lost - (gained - lost) ** 2 / count) / count**2


def _credits(real: ArrayLike, fake: Tensor, *, k: int, memory: int) -> Tensor:
    points = PointSet.of(fake, "fake features")
    height = block_rows(memory, points.dimension, len(points.group))
    return covering(real, fake, find_within(points, k=k, height=height).squared_radii).credit


def _variance_by_fakes(real: ArrayLike, fake: ArrayLike, found: BothSets) -> float:
    """Return the jackknife's variance of recall over one set of fakes: each leaves uncovered what it alone covers.

    That the balls of its neighbours would grow is left out. Counting few real images adds noise, and so some width.
    """
    alone = covering(real, fake, found.fake.squared_radii).alone.double() / real.shape[0]
    return float((alone - alone.mean()).square().sum())
