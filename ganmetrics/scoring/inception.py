"""The Inception Score of the fake side."""

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.inception_score import inception_score
from ganmetrics.report import Score
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.options import ScoringOptions


def inception_scores(comparison: Comparison, options: ScoringOptions) -> Score:
    """Return the Inception Score of the fake side's logits, by the protocol's convention.

    Raises:
        InputError: the extractor has no logits.
        NotEnoughSamples: there are fewer images than splits.
    """
    if comparison.fake.logits is None:
        raise InputError(f"an Inception Score needs logits; extractor {comparison.spec.name} has none")
    convention = comparison.protocol.inception_score
    result = inception_score(comparison.fake.logits, splits=options.splits, convention=convention)
    made = {"convention": convention, "splits": options.splits or "the convention's"}
    return comparison.score(METRICS["is"], result.value, std=result.std, made=made)
