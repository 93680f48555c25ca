"""`score_sides`: all the metrics that were asked for, each family computed once."""

from collections.abc import Callable
from dataclasses import replace

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.report import Report, Score, Table
from ganmetrics.scoring.classes import class_scores
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.diversity import duplicate_scores, vendi_scores
from ganmetrics.scoring.family import Scored
from ganmetrics.scoring.floor import SUFFIX, halves
from ganmetrics.scoring.frechet import frechet_scores
from ganmetrics.scoring.inception import inception_scores
from ganmetrics.scoring.kernel import kernel_scores
from ganmetrics.scoring.memorisation import memorisation_scores
from ganmetrics.scoring.neighbours import neighbour_scores
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.sides import Side
from ganmetrics.timing import stage

FAMILIES: dict[str, Callable[[Comparison, tuple[str, ...], ScoringOptions], Scored]] = {
    "frechet": frechet_scores,
    "kernel": kernel_scores,
    "inception": inception_scores,
    "neighbours": neighbour_scores,
    "memorisation": memorisation_scores,
    "vendi": vendi_scores,
    "duplicates": duplicate_scores,
    "classes": class_scores,
}
"""What computes each family of the catalogue."""


def score_sides(
    metrics: tuple[Metric, ...], real: Side | None, fake: Side, options: ScoringOptions, *, warn: bool = True
) -> Report:
    """Return the scores of `metrics`, in their order, after saying whatever makes them less than comparable.

    What would be said is the same for many sets in a row, which is what `warn` is for.

    Raises:
        NotEnoughSamples: a side has fewer images than a metric is defined for.
        InputError: a metric needs logits or classes, and there are none.
        NumericsError: features are such that a metric is undefined.
    """
    comparison = Comparison.of(real, fake)
    if warn:
        comparison.warn()
    with stage("scores"):
        scores, tables = _scored(comparison, metrics, options)
        if options.floor:
            scores += floor_scores(metrics, comparison, options)
    chosen = {score.name: dict(score.made) for score in scores if score.made}
    return Report({score.name: score for score in scores}, {**comparison.provenance(), "metrics": chosen}, tables)


def floor_scores(metrics: tuple[Metric, ...], comparison: Comparison, options: ScoringOptions) -> list[Score]:
    """Return the same scores of one half of the real images against the other, without intervals.

    Raises:
        InputError: there is no real side.
        NotEnoughSamples: a half has fewer images than a metric is defined for.
    """
    if comparison.real is None:
        raise InputError("a floor needs real images; there are none")
    of_halves = Comparison.of(*halves(comparison.real))
    scores, _ = _scored(of_halves, metrics, replace(options, interval=False))
    return [replace(score, name=f"{score.name}{SUFFIX}") for score in scores]


def _scored(
    comparison: Comparison, metrics: tuple[Metric, ...], options: ScoringOptions
) -> tuple[list[Score], tuple[Table, ...]]:
    found = [
        FAMILIES[family](comparison, tuple(metric.name for metric in metrics if metric.family == family), options)
        for family in dict.fromkeys(metric.family for metric in metrics)
    ]
    by_name = {name: score for scored in found for name, score in scored.scores.items()}
    return [by_name[metric.name] for metric in metrics], tuple(table for scored in found for table in scored.tables)
