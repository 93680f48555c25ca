"""The precision-recall curve, and what is read off it."""

from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.precision_recall_curve import BETA, CLUSTERS, RUNS, precision_recall_curve
from ganmetrics.report import Table
from ganmetrics.report.curve import CURVE
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored, features_of
from ganmetrics.scoring.options import ScoringOptions

_POINTS = 101
"""Of the curve in a report, evenly by angle: as smooth as a picture shows."""
_SHOWN = 0
"""Points in the text of a report: the two numbers say what a reader takes from them."""


def curve_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``curve_precision`` and ``curve_recall`` that are named, and the curve as a table.

    Raises:
        InputError: there is no real side, or a side's features were not kept.
        NotEnoughSamples: both sides together have fewer different images than there are cells.
    """
    metric = METRICS[names[0]]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    found = precision_recall_curve(real, fake, angles=_POINTS, seed=options.seed)
    made = {"cells": CLUSTERS, "partitions": RUNS, "beta": BETA, "seed": options.seed}
    values = {"curve_precision": found.precision_weighted, "curve_recall": found.recall_weighted}
    points = tuple(zip(found.recall.tolist(), found.precision.tolist(), strict=True))
    table = Table(CURVE, "precision at each recall", ("recall", "precision"), points, shown=_SHOWN)
    return Scored({name: comparison.score(METRICS[name], values[name], made=made) for name in names}, (table,))
