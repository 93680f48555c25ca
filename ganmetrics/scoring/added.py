"""Metrics that other packages add."""

import math

from ganmetrics import _plugins
from ganmetrics.errors import GanMetricsError, InputError, NumericsError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.report import Score
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored, features_of
from ganmetrics.scoring.options import ScoringOptions


def added_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:  # noqa: ARG001
    """Return the scores of added metrics, each with the package that it is of.

    Raises:
        InputError: a side's features were not kept, or the package's code fails.
        NumericsError: a metric is not finite.
    """
    scores: dict[str, Score] = {}
    for name in names:
        metric = METRICS[name]
        real, fake = (features_of(metric, side) for side in comparison.both(metric))
        added = _plugins.load(_plugins.METRIC_GROUP, name)
        try:
            value = float(added.thing.compute(real, fake))
        except GanMetricsError:
            raise
        except Exception as error:  # another package's code may fail in any way
            reason = (str(error).splitlines() or [""])[0] or type(error).__name__
            raise InputError(f"{name} of {added.package} failed: {reason}") from None
        if not math.isfinite(value):
            raise NumericsError(f"{name} must be finite; {added.package} gives {value}")
        scores[name] = comparison.score(metric, value, made={"package": added.package})
    return Scored(scores)
