"""The Inception Score of the fake side."""

import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.inception.estimate import inception_score_estimate
from ganmetrics.metrics.inception.score import INCEPTION_CONVENTIONS, inception_score
from ganmetrics.scoring.comparison import CALIBRATED_FROM, Comparison, interval_at_counts, made_of
from ganmetrics.scoring.family import Scored
from ganmetrics.scoring.options import ScoringOptions


def inception_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return ``is``, the Inception Score of the fake side's logits, by the protocol's convention.

    Raises:
        InputError: the extractor has no logits.
        NotEnoughSamples: there are fewer images than splits.
    """
    if comparison.fake.logits is None:
        raise InputError(f"an Inception Score needs logits; extractor {comparison.spec.name} has none")
    convention = comparison.protocol.inception_score
    # torchmetrics shuffles by torch's global generator; here a seed makes the number repeatable.
    shuffled = INCEPTION_CONVENTIONS[convention].shuffled_by_rng
    rng = torch.Generator().manual_seed(options.seed) if shuffled else None
    made = {"convention": convention, "splits": options.splits or "the convention's"}
    (name,) = names
    if not options.interval:
        result = inception_score(comparison.fake.logits, splits=options.splits, convention=convention, rng=rng)
        return Scored({name: comparison.score(METRICS[name], result.value, std=result.std, made=made)})
    estimate = inception_score_estimate(
        comparison.fake.logits,
        splits=options.splits,
        convention=convention,
        rng=rng,
        confidence=options.confidence,
    )
    interval = None
    if estimate.low is not None and estimate.high is not None:
        calibrated = len(comparison.fake.logits) >= CALIBRATED_FROM
        interval = interval_at_counts(estimate.low, estimate.high, options, calibrated=calibrated)
        made |= made_of(interval)
    return Scored(
        {name: comparison.score(METRICS[name], estimate.value, std=estimate.std, interval=interval, made=made)}
    )
