"""Fréchet distances of two sides: the classical number, and what it says of the populations."""

from typing import Any

from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.estimate import estimate_from_blocks
from ganmetrics.metrics.frechet.joint import Estimate, frechet_estimate
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
    estimate = _estimate(real, fake, options.confidence)
    # The estimate's plain distance is that of covariances divided by n - 1.
    value = estimate.value if comparison.protocol.ddof == 1 else frechet_value(comparison, name)
    unknown = [role for role, layer in (("real", real), ("fake", fake)) if layer.moments.count is None]
    notes = tuple(f"{role} count unknown: its sampling is not in the interval" for role in unknown)
    if estimate.low is None or estimate.high is None:
        made = {"interval": "none", "corrected": f"none: {estimate.reason}"}
        return comparison.score(metric, value, notes=(*notes, estimate.reason), made=made)
    calibrated = estimate.calibrated and not unknown
    interval = Interval(estimate.corrected, estimate.low, estimate.high, options.confidence, calibrated)
    doubt = () if not estimate.reason else (f"not calibrated: {estimate.reason}",)
    return comparison.score(metric, value, interval=interval, notes=(*notes, *doubt), made=_made(interval, estimate))


def _estimate(real: Layer, fake: Layer, confidence: float) -> Estimate:
    """Return the corrected distance; statistics that an older version stored have blocks in the place of images."""
    layers = (real, fake)
    lacking = [layer for layer in layers if layer.moments.count is not None and layer.sample.images is None]
    if lacking and all(layer.blocks is not None for layer in lacking):
        older = estimate_from_blocks(real.sampled, fake.sampled, confidence)
        if older.corrected is not None:
            reason = "" if older.calibrated else "too few images for a block jackknife"
            return Estimate(
                older.value, older.corrected, older.low, older.high, None, calibrated=older.calibrated, reason=reason
            )
    return frechet_estimate(real.sample, fake.sample, confidence=confidence)


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
        raise InputError(f"{metric.title} needs spatial features; {side.reference.name} holds none")
    return layer


def _count(layer: Layer) -> int:
    return INTERVAL_FROM if layer.moments.count is None else layer.moments.count


def _made(interval: Interval, estimate: Estimate) -> dict[str, Any]:
    """Return how the interval was made, and whether to trust it."""
    return {
        "interval": "calibrated" if interval.calibrated else f"not calibrated: {estimate.reason}".removesuffix(": "),
        "corrected": "random matrix theory, joint fit",
        "error": estimate.error,
    }
