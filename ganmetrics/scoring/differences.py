"""The differences of two generators' scores on one real set, by each metric that was asked for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor

from ganmetrics.metrics.difference import Difference
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.neighbours.difference import precision_recall_difference

FEWEST_TO_COMPARE = 16
"""Images that each set needs: a permutation test of fewer can hardly reject, and a variance is hardly known."""


class Choices(NamedTuple):
    """What is compared, and how sure it is to be."""

    metrics: tuple[str, ...]
    confidence: float
    permutations: int
    seed: int


def score_differences(features: Sequence[Tensor], choices: Choices) -> dict[str, Difference]:
    """Return the asked differences in their order; precision and recall come from one search for neighbours.

    Args:
        features: [n, d] of the real images, of the first generator's and of the second's.
        choices: what is compared.

    Raises:
        NotEnoughSamples: a set has too few rows for a metric.
        NumericsError: a feature is not finite.
    """
    compute: dict[str, Callable[..., Difference]] = {"fid": frechet_difference, "kid": kernel_difference}
    real, first, second = features
    _, confidence, permutations, seed = choices
    found: dict[str, Difference] = {}
    for name in choices.metrics:
        if name in compute:
            found[name] = compute[name](
                real, first, second, confidence=confidence, permutations=permutations, seed=seed
            )
        elif name not in found:
            both = precision_recall_difference(
                real, first, second, confidence=confidence, permutations=permutations, seed=seed
            )
            found |= both._asdict()
    return {name: found[name] for name in choices.metrics}
