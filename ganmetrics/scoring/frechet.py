"""Fréchet distances of two sides: the classical number, and what it says of the populations."""

from typing import Any

from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.estimate import estimate_from_blocks
from ganmetrics.references.sides import Side
from ganmetrics.report import Score
from ganmetrics.scoring.comparison import INTERVAL_FROM, Comparison, Interval
from ganmetrics.scoring.family import Scored
from ganmetrics.scoring.options import ScoringOptions


def frechet_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``fid`` and ``sfid`` that are named; see `frechet_score`."""
    return Scored({name: frechet_score(comparison, name, options) for name in names})


def frechet_score(comparison: Comparison, name: str, options: ScoringOptions) -> Score:
    """Return the score `name`, ``fid`` or ``sfid``, with an interval unless the options leave it out.

    Raises:
        InputError: there is no real side, or a side holds no spatial features.
        NotEnoughSamples: a side has one image only.
    """
    metric = METRICS[name]
    real, fake = (_layer(metric, side) for side in comparison.both(metric))
    if not options.interval or any(_count(layer) < INTERVAL_FROM for layer in (real, fake)):
        return comparison.score(metric, frechet_value(comparison, name))
    estimate = estimate_from_blocks(real.sampled, fake.sampled, options.confidence)
    # The estimate's plain distance is that of covariances divided by n - 1.
    value = estimate.value if comparison.protocol.ddof == 1 else frechet_value(comparison, name)
    unknown = [role for role, layer in (("real", real), ("fake", fake)) if layer.moments.count is None]
    interval = Interval(
        estimate.corrected, estimate.low, estimate.high, options.confidence, estimate.calibrated and not unknown
    )
    notes = tuple(f"{role} count unknown: its sampling is not in the interval" for role in unknown)
    return comparison.score(metric, value, interval=interval, notes=notes, made=_made(real, fake, interval))


def frechet_value(comparison: Comparison, name: str) -> float:
    """Return the classical number alone, by the protocol's convention.

    Raises:
        InputError: there is no real side, or a side holds no spatial features.
        NotEnoughSamples: a side has one image only.
    """
    metric = METRICS[name]
    ddof = comparison.protocol.ddof
    real, fake = (_layer(metric, side).moments.with_ddof(ddof) for side in comparison.both(metric))
    return frechet_distance(real, fake)


def _layer(metric: Metric, side: Side) -> Layer:
    layer = side.reference.spatial if "spatial" in metric.real else side.reference.layer
    if layer is None:
        raise InputError(f"{metric.title} needs spatial features; {side.reference.source} holds none")
    return layer


def _count(layer: Layer) -> int:
    return INTERVAL_FROM if layer.moments.count is None else layer.moments.count


def _made(real: Layer, fake: Layer, interval: Interval) -> dict[str, Any]:
    """Return how the interval was made: which sides' images could be left out in blocks, and whether to trust it."""
    jackknifed = [role for role, layer in (("real", real), ("fake", fake)) if layer.blocks is not None]
    return {
        "interval": "calibrated" if interval.calibrated else "not calibrated",
        "corrected": "none: too few images" if interval.corrected is None else "random matrix theory, block jackknife",
        "jackknifed": jackknifed,
    }
