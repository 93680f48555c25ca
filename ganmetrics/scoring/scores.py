"""`score_sides`: all the metrics that were asked for, family by family."""

from ganmetrics.metrics.catalogue import Metric
from ganmetrics.report import Report, Score
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.frechet import frechet_score
from ganmetrics.scoring.inception import inception_scores
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.statistics.gather import Side


def score_sides(
    metrics: tuple[Metric, ...], real: Side | None, fake: Side, options: ScoringOptions, *, warn: bool = True
) -> Report:
    """Return the scores of `metrics`, in their order, after saying whatever makes them less than comparable.

    What would be said is the same for many sets in a row, which is what `warn` is for.

    Raises:
        NotEnoughSamples: a side has fewer images than a metric is defined for.
        InputError: a metric needs logits and the extractor has none.
    """
    comparison = Comparison.of(real, fake)
    if warn:
        comparison.warn()
    scores = [_score(comparison, metric, options) for metric in metrics]
    chosen = {score.name: dict(score.made) for score in scores if score.made}
    return Report({score.name: score for score in scores}, {**comparison.provenance(), "metrics": chosen})


def _score(comparison: Comparison, metric: Metric, options: ScoringOptions) -> Score:
    if metric.family == "frechet":
        return frechet_score(comparison, metric.name, options)
    return inception_scores(comparison, options)
