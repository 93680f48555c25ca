"""Newer shares of fidelity and diversity, and the sliced distance: each computed only where it is named."""

from typing import Any

import torch

from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.neighbours import clipped, probabilistic, symmetric
from ganmetrics.metrics.neighbours.clipped import clipped_coverage, clipped_density
from ganmetrics.metrics.neighbours.probabilistic import probabilistic_precision_recall
from ganmetrics.metrics.neighbours.symmetric import symmetric_estimate, symmetric_precision_recall
from ganmetrics.metrics.sliced import DIRECTIONS, SEED, sliced_distance, sliced_estimate
from ganmetrics.report import Score
from ganmetrics.scoring.comparison import INTERVAL_FROM, Comparison, Interval, interval_at_counts, made_of
from ganmetrics.scoring.family import Scored, features_of
from ganmetrics.scoring.options import ScoringOptions

_CLIPPED = {"clipped_density": clipped_density, "clipped_coverage": clipped_coverage}


def fidelity_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of the clipped, symmetric and probabilistic pairs that are named.

    Raises:
        InputError: there is no real side, or a side's features were not kept.
        NotEnoughSamples: a side has not more than k images.
    """
    metric = METRICS[names[0]]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    scores: dict[str, Score] = {}
    for name in names:
        if name in _CLIPPED:
            k = options.k or clipped.CLIPPED_K
            value = _CLIPPED[name](real, fake, k=k, memory=options.memory)
            scores[name] = comparison.score(METRICS[name], value, made={"k": k})
    scores |= _symmetric(comparison, real, fake, [name for name in names if name.startswith("symmetric_")], options)
    wanted = [name for name in names if name.startswith("p_")]
    if wanted:
        k = options.k or probabilistic.PROBABILISTIC_K
        found = probabilistic_precision_recall(real, fake, k=k, memory=options.memory)
        for name in wanted:
            made = {"k": k, "reach": probabilistic.PROBABILISTIC_REACH}
            scores[name] = comparison.score(METRICS[name], getattr(found, name.removeprefix("p_")), made=made)
    return Scored(scores)


def _symmetric(
    comparison: Comparison, real: torch.Tensor, fake: torch.Tensor, names: list[str], options: ScoringOptions
) -> dict[str, Score]:
    if not names:
        return {}
    k = options.k or symmetric.CONVENTION.k
    made: dict[str, Any] = {"k": k, "boundary": "outside"}
    if not options.interval or min(len(real), len(fake)) < max(INTERVAL_FROM, k + 2):
        found = symmetric_precision_recall(real, fake, k=k, memory=options.memory)
        values = {"symmetric_precision": found.precision, "symmetric_recall": found.recall}
        return {name: comparison.score(METRICS[name], values[name], made=made) for name in names}
    estimate = symmetric_estimate(real, fake, k=k, confidence=options.confidence, memory=options.memory)
    scores = {}
    for name in names:
        share = getattr(estimate, name.removeprefix("symmetric_"))
        interval = interval_at_counts(share.low, share.high, options, calibrated=False)
        scores[name] = comparison.score(METRICS[name], share.value, interval=interval, made=made | made_of(interval))
    return scores


def sliced_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return ``mind``.

    Raises:
        InputError: there is no real side, or a side's features were not kept.
    """
    (name,) = names
    metric = METRICS[name]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    made: dict[str, Any] = {"directions": DIRECTIONS, "seed": SEED, "factor": "3 d"}
    if not options.interval or min(len(real), len(fake)) < INTERVAL_FROM:
        return Scored({name: comparison.score(metric, sliced_distance(real, fake, memory=options.memory), made=made)})
    found = sliced_estimate(real, fake, confidence=options.confidence, memory=options.memory)
    interval = Interval(found.corrected, found.low, found.high, options.confidence, calibrated=False)
    made |= {"corrected": "jackknifed over 8 blocks", "interval": "not calibrated"}
    return Scored({name: comparison.score(metric, found.value, interval=interval, made=made)})
