"""Is one generator's Fréchet distance from a reference smaller than another's?"""

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import probability
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.inference.permutation import PERMUTATIONS, permutation_p_value
from ganmetrics.metrics.difference import Difference, check_sets, join_features
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.influence import frechet_influence
from ganmetrics.metrics.frechet.joint_difference import difference_from_few


def frechet_difference(
    real: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    confidence: float = 0.95,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Difference:
    """Return the Fréchet distances of two generators from one real set, and what their difference says.

    The distances are `corrected` ones (`frechet_estimate`), which do not depend on the numbers of images, and these may
    be small and unequal. With fewer than 16 images in a set they are plain, and there is no interval.

    The interval is `difference_from_few`'s: what the real images move both distances alike falls out of it.

    The p-value is of the hypothesis that both sets of fakes come from one generator. Let both be one set, and each of
    its images have its influence on the distance of that set from the real one. These numbers do not depend on which
    image came from which generator, hence under the hypothesis their permutation test is exact, for any counts,
    dimension and real set; and to first order the difference of their means is the difference of the distances.

    Args:
        real: features, floating point, shape [n, d].
        first: features of the first generator's images, shape [a, d].
        second: features of the second's, shape [b, d].
        confidence: of the interval, between 0 and 1.
        permutations: random exchanges for the p-value.
        seed: of these.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if a set has one image only.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, near, far = (torch.randn(200, 8, generator=draw) + shift for shift in (0, 0.1, 1))
    >>> found = frechet_difference(real, near, far, permutations=999)
    >>> found.low < -8 * (1 - 0.01) < found.high, found.p_value, found.better(lower_is_better=True, level=0.05)
    (True, 0.001, 'first')
    """
    check_sets(real, first, second)
    confidence = probability("confidence", confidence)
    p_value = _p_value(real, first, second, permutations=permutations, seed=seed)
    found = difference_from_few(real, first, second, confidence=confidence)
    if found.first is None or found.second is None:
        plain = [frechet_distance(Moments.of(real), Moments.of(fake)) for fake in (first, second)]
        return Difference(plain[0], plain[1], None, None, p_value, "plain", calibrated=False)
    return Difference(found.first, found.second, found.low, found.high, p_value, "corrected", found.calibrated)


def _p_value(real: ArrayLike, first: ArrayLike, second: ArrayLike, *, permutations: int, seed: int) -> float:
    scores = frechet_influence(real, join_features(first, second)).fake
    return permutation_p_value(scores[: len(first)], scores[len(first) :], permutations=permutations, seed=seed)
