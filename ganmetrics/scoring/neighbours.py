"""Metrics of neighbours, which share one look at all distances: precision to authenticity."""

from typing import Any

import torch
from torch import Tensor

from ganmetrics.core.neighbours.between import BothSets, of_both
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.neighbours.estimate import estimates_from
from ganmetrics.metrics.neighbours.memorisation import Authenticity, authenticity_estimate, authenticity_from
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS, indicators_from
from ganmetrics.metrics.neighbours.shares import ShareEstimate
from ganmetrics.references.sides import Side
from ganmetrics.report import Score, Table
from ganmetrics.scoring.comparison import CALIBRATED_FROM, INTERVAL_FROM, Comparison, interval_at_counts, made_of
from ganmetrics.scoring.family import Scored, features_of, finite, label_of
from ganmetrics.scoring.options import ScoringOptions

_SHARES = ("precision", "recall", "density", "coverage")
_SHOWN = 5
"""How many images the text of a table names; JSON has them all."""


def neighbour_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of precision, recall, density, coverage, realism and authenticity that are named.

    Raises:
        InputError: there is no real side, or a side's features were not kept.
        NotEnoughSamples: a side has not more than k images.
    """
    metric = METRICS[names[0]]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    name = comparison.protocol.precision_recall
    convention = NEIGHBOUR_CONVENTIONS[name]
    k = options.k or convention.k
    fewest = min(len(real), len(fake))
    growth = options.interval and fewest >= max(INTERVAL_FROM, k + 2) and any(METRICS[one].interval for one in names)
    found = of_both(real, fake, k=k, strict=convention.strict, memory=options.memory, growth=growth)
    made = {"convention": name, "k": k, "boundary": "outside" if convention.strict else "inside"}
    scores = _share_scores(comparison, found, tuple(share for share in _SHARES if share in names), made, options)
    tables: list[Table] = []
    if "realism" in names:
        realism = torch.from_numpy(found.between.realism)
        scores["realism"] = comparison.score(METRICS["realism"], float(realism.median()), made={"k": k})
        tables.append(_realism_table(comparison.fake, realism))
    if "authenticity" in names:
        authentic = authenticity_from(found.real, found.between)
        scores["authenticity"] = _authenticity_score(comparison, found, authentic, options)
        tables.append(_suspects_table(comparison, authentic))
    return Scored(scores, tuple(tables))


def _share_scores(
    comparison: Comparison,
    found: BothSets,
    names: tuple[str, ...],
    made: dict[str, Any],
    options: ScoringOptions,
) -> dict[str, Score]:
    if found.between.left_out is None:
        shares = indicators_from(found).shares()
        return {name: comparison.score(METRICS[name], getattr(shares, name), made=made) for name in names}
    estimates = estimates_from(found, options.confidence)
    return {name: _with_interval(comparison, name, getattr(estimates, name), made, options) for name in names}


def _authenticity_score(
    comparison: Comparison, found: BothSets, authentic: Authenticity, options: ScoringOptions
) -> Score:
    if found.between.left_out is None:
        return comparison.score(METRICS["authenticity"], authentic.authenticity)
    estimate = authenticity_estimate(found.real, found.between, options.confidence)
    return _with_interval(comparison, "authenticity", estimate, {}, options)


def _with_interval(
    comparison: Comparison, name: str, estimate: ShareEstimate, made: dict[str, Any], options: ScoringOptions
) -> Score:
    calibrated = all((side.count or 0) >= CALIBRATED_FROM for side in comparison.sides.values())
    interval = interval_at_counts(estimate.low, estimate.high, options, calibrated=calibrated)
    return comparison.score(METRICS[name], estimate.value, interval=interval, made=made | made_of(interval))


def _realism_table(fake: Side, realism: Tensor) -> Table:
    order = realism.argsort(stable=True).tolist()
    return Table(
        "realism",
        "realism of each fake image, the least first (copies of real images have no number)",
        ("image", "realism"),
        tuple((label_of(fake, row), finite(float(realism[row]))) for row in order),
        shown=_SHOWN,
    )


def _suspects_table(comparison: Comparison, found: Authenticity) -> Table:
    """Name the fake images that are nearest to a real one, by the measure of authenticity, and that real image."""
    real, _ = comparison.both(METRICS["authenticity"])
    order = found.suspects(len(found.ratio)).tolist()
    return Table(
        "memorisation",
        "fake images by how near a real one is, over that one's distance to its own nearest (at most 1: not authentic)",
        ("fake", "nearest real", "distance", "ratio"),
        tuple(
            (
                label_of(comparison.fake, row),
                label_of(real, int(found.nearest[row])),
                float(found.distance[row]),
                finite(float(found.ratio[row])),
            )
            for row in order
        ),
        shown=_SHOWN,
    )
