"""Is one generator's Fréchet distance from a reference smaller than another's?"""

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import probability
from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.inference.permutation import PERMUTATIONS, permutation_p_value
from ganmetrics.metrics.difference import Difference, check_sets, joined, normal_interval
from ganmetrics.metrics.frechet.estimate import estimate_from_blocks
from ganmetrics.metrics.frechet.influence import frechet_influence


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

    The distances are `corrected` ones (`frechet_estimate`), which do not depend on the numbers of images. With too few
    images for that they are plain: comparable at equal counts, where most of the bias falls out of the difference, but
    not calibrated; at unequal counts there is no interval at all.

    The interval is normal, from influence functions (`frechet_influence`): each fake image moves its own distance only;
    a real image moves both, so that of its two influences the difference counts. Both samplings of fakes and that of
    the real images are in it.

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

    >>> draw = torch.Generator().manual_seed(0)
    >>> real, near, far = (torch.randn(200, 8, generator=draw) + shift for shift in (0, 0.1, 1))
    >>> found = frechet_difference(real, near, far, permutations=999)
    >>> found.low < -8 * (1 - 0.01) < found.high, found.p_value, found.better(lower_is_better=True, level=0.05)
    (True, 0.001, 'first')
    """
    check_sets(real, first, second)
    probability("confidence", confidence)
    fakes = (first, second)
    p_value = _p_value(real, first, second, permutations=permutations, seed=seed)
    blocks = Blocks.of(real)
    estimates = [estimate_from_blocks(blocks, Blocks.of(fake), confidence) for fake in fakes]
    corrected = [estimate.corrected for estimate in estimates]
    if corrected[0] is not None and corrected[1] is not None:
        scores, kind = (corrected[0], corrected[1]), "corrected"
    else:
        scores, kind = (estimates[0].value, estimates[1].value), "plain"
        if len(first) != len(second):
            return Difference(*scores, None, None, p_value, kind, calibrated=False)
    low, high = normal_interval(scores[0] - scores[1], _variance(real, first, second), confidence)
    calibrated = kind == "corrected" and all(estimate.calibrated for estimate in estimates)
    return Difference(*scores, low, high, p_value, kind, calibrated)


def _variance(real: ArrayLike, first: ArrayLike, second: ArrayLike) -> float:
    """Return the variance of the difference to first order; influences are 1/count of what a mean is taken over."""
    one, other = frechet_influence(real, first), frechet_influence(real, second)
    return sum(float(part.var()) * len(part) for part in (one.real - other.real, one.fake, other.fake))


def _p_value(real: ArrayLike, first: ArrayLike, second: ArrayLike, *, permutations: int, seed: int) -> float:
    scores = frechet_influence(real, joined(first, second)).fake
    return permutation_p_value(scores[: len(first)], scores[len(first) :], permutations=permutations, seed=seed)
