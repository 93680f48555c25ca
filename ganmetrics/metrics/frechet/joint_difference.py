"""Is one generator nearer to the real images than another, when there are few of each?"""

import math
from dataclasses import dataclass

from ganmetrics._types import ArrayLike
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.core.random_matrix.joint.paired import shared_covariance
from ganmetrics.metrics.frechet.distance import check_moments_agree
from ganmetrics.metrics.frechet.joint import FEWEST_TO_CORRECT, MOST_FREEDOM, Corrected, distance_from_few
from ganmetrics.metrics.frechet.sample import Sample, sample_of
from ganmetrics.metrics.frechet.trust import doubts


@dataclass(frozen=True)
class JointDifference:
    """Two generators' corrected distances from one real side, and an interval for their difference.

    Attributes:
        first: the first generator's corrected distance; None if there are too few images.
        second: the second's.
        low: lower end of the interval for the first less the second; None if there is none.
        high: upper end.
        calibrated: whether the study of coverage bears it out.
        reason: why not, in words.
    """

    first: float | None
    second: float | None
    low: float | None
    high: float | None
    calibrated: bool
    reason: str


def difference_from_few(
    real: ArrayLike | Moments | Sample,
    first: ArrayLike | Moments | Sample,
    second: ArrayLike | Moments | Sample,
    *,
    confidence: float = 0.95,
) -> JointDifference:
    """Return the corrected distances of two generators from the same real images, and what they differ by.

    Counts may be small and unequal. The variance is the sum of both distances' less twice what the real images move
    both alike: exactly so for Gaussian features by `shared_covariance`, with the means' part, and image by image for
    what scales add. What each fit supposes is taken as independent, which makes the interval wider, if anything.

    Raises:
        InputError: if the shapes do not fit, or the confidence is not between 0 and 1.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> sizes = ((60, 0), (40, 0.1), (50, 1))
    >>> real, near, far = (torch.randn(count, 64, generator=draw) + shift for count, shift in sizes)
    >>> found = difference_from_few(real, near, far)
    >>> found.low < -64 * (1 - 0.01) < found.high
    True
    """
    student_quantile(confidence, 1)
    shared, fakes = sample_of(real), [sample_of(first), sample_of(second)]
    for fake in fakes:
        check_moments_agree(shared.moments, fake.moments)
    counts = [side.count for side in (shared, *fakes) if side.count is not None]
    if min(counts, default=FEWEST_TO_CORRECT) < FEWEST_TO_CORRECT:
        reason = f"corrected distances need {FEWEST_TO_CORRECT} images a side; got {min(counts)}"
        return JointDifference(None, None, None, None, calibrated=False, reason=reason)
    sides = [fake.different for fake in fakes]
    found = [distance_from_few(shared.different, side) for side in sides]
    one, two = found
    if one is None or two is None:
        return JointDifference(None, None, None, None, calibrated=False, reason="the spectra could not be fitted")
    variance = max(one.error**2 + two.error**2 - 2 * _shared(shared.different, sides, one, two), 0.0)
    half = student_quantile(confidence, min([count - 1 for count in counts] + [MOST_FREEDOM])) * math.sqrt(variance)
    difference = one.value - two.value
    trusts = [
        doubts(shared, fake, each.root, each.value, each.error) for fake, each in zip(fakes, (one, two), strict=True)
    ]
    reasons = dict.fromkeys(trust.reason for trust in trusts if trust.reason)
    return JointDifference(one.value, two.value, difference - half, difference + half, not reasons, "; ".join(reasons))


def _shared(real: Sample, fakes: list[Sample], one: Corrected, two: Corrected) -> float:
    """Return the covariance of both distances by the sampling of the real side; 0, which is too small, if not known."""
    if real.count is None or one.root.known is None or two.root.known is None:
        return 0.0
    shifts = [real.moments.mean - fake.moments.mean for fake in fakes]
    factor = real.moments.factor
    noise = 2 * real.squared / real.count**2
    means = 4 * float((factor @ shifts[0]) @ (factor @ shifts[1])) / real.count - 2 * noise
    covariance = shared_covariance(one.root.known, two.root.known)
    if covariance is None:
        return max(means + noise, 0.0)
    pulled, pulled_too = one.root.pulls[0], two.root.pulls[0]
    scales = 0.0
    if pulled is not None and pulled_too is not None and len(pulled) > 1:
        # The smaller of both estimates of the scales' part is in the errors, so no more than its share is shared.
        first, second = pulled - pulled.mean(), pulled_too - pulled_too.mean()
        like = float(first @ second) / math.sqrt(max(float(first.square().sum() * second.square().sum()), 1e-300))
        scales = max(like, 0.0) * min(each.root.scales[0] for each in (one, two))
    return means + noise + covariance + scales + one.root.leverages * two.root.leverages
