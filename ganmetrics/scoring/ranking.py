"""Several generators on one real set: each one's scores, and which differences are beyond chance."""

import logging
import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from ganmetrics.core.inference.holm import holm
from ganmetrics.core.inference.permutation import PERMUTATIONS
from ganmetrics.errors import GanMetricsError
from ganmetrics.metrics.catalogue import CONTESTED, METRICS, Metric
from ganmetrics.metrics.difference import Difference
from ganmetrics.references.sides import Side
from ganmetrics.report import Contrast, Ranking, Refusal, Report
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.differences import FEWEST_TO_COMPARE, Choices, score_differences
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.scores import Baseline, score_sides
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)

_Pair = tuple[str, str]


def score_generators(
    metrics: tuple[Metric, ...],
    real: Side | None,
    fakes: Mapping[str, Side],
    options: ScoringOptions,
    *,
    test: Side | None = None,
) -> Ranking:
    """Return the scores of every generator against one real side, and their differences.

    A generator that cannot be scored leaves the others alone. There are no differences where intervals are left out.

    Args:
        metrics: what is scored.
        real: the real side; None where no metric reads it.
        fakes: each generator's side.
        options: how scores are computed.
        test: real images that were held out from training.

    Raises:
        GanMetricsError: a floor cannot be given, or no generator can be scored; this is the first one's reason.
    """
    comparisons = {name: Comparison.of(real, fake) for name, fake in fakes.items()}
    # The same is said of several generators once.
    for warning in dict.fromkeys(text for one in comparisons.values() for text in one.warnings(metrics)):
        logger.warning("%s", warning)
    baseline = Baseline.of(metrics, real, test, options)
    reports: dict[str, Report] = {}
    failures: list[GanMetricsError] = []
    for name, fake in fakes.items():
        try:
            reports[name] = score_sides(metrics, real, fake, options, baseline=baseline, warn=False)
        except GanMetricsError as error:
            failures.append(error)
            reports[name] = _refused(metrics, comparisons[name], error)
    if len(failures) == len(fakes):
        raise failures[0]
    contested = tuple(metric.name for metric in metrics if metric.name in CONTESTED and _same_images(metric, real))
    shared = tuple(row.name for row in baseline.rows)
    if not contested or not options.interval or len(fakes) == 1:
        return Ranking(reports, shared=shared)
    with stage("differences"):
        contrasts, notes = _contrasts(contested, real, comparisons, options)
    return Ranking(reports, contrasts, notes, shared)


def _same_images(metric: Metric, real: Side | None) -> bool:
    """Tell whether a score is of the real images at hand, as a difference is, and not of statistics beside them."""
    return real is None or real.rows is None or real.count_for(metric.real) == len(real.rows)


def _refused(metrics: tuple[Metric, ...], comparison: Comparison, error: GanMetricsError) -> Report:
    """Return the report of a generator that no metric could score."""
    reason = " ".join(str(error).split())
    refusals = [Refusal(comparison.name_of(metric), reason) for metric in metrics]
    names = tuple(refusal.name for refusal in refusals)
    return Report({}, comparison.provenance(), refusals=dict(zip(names, refusals, strict=True)), asked=names)


def _contrasts(
    names: tuple[str, ...], real: Side | None, comparisons: Mapping[str, Comparison], options: ScoringOptions
) -> tuple[tuple[Contrast, ...], tuple[str, ...]]:
    """Return the differences of all pairs whose images are at hand, and what is to be said of the others."""
    if real is None or real.features is None or len(real.features) < FEWEST_TO_COMPARE:
        return (), (f"no differences: they need at least {FEWEST_TO_COMPARE} real images, not statistics",)
    able = {
        name: one.fake.features
        for name, one in comparisons.items()
        if one.fake.features is not None and len(one.fake.features) >= FEWEST_TO_COMPARE
    }
    notes = tuple(
        f"no differences of {name}: they need at least {FEWEST_TO_COMPARE} images, not statistics"
        for name in comparisons
        if name not in able
    )
    pairs = list(combinations(able, 2))
    found: dict[_Pair, dict[str, Difference]] = {}
    choices = Choices(names, options.confidence, _permutations(len(pairs), options.confidence), options.seed)
    for first, second in pairs:
        try:
            found[first, second] = score_differences([real.features, able[first], able[second]], choices)
        except GanMetricsError as error:
            notes += (f"no differences of {first} and {second}: {' '.join(str(error).split())}",)
    any_comparison = next(iter(comparisons.values()))
    rows = [row for name in names for row in _of_metric(METRICS[name], any_comparison, found, options)]
    return tuple(rows), notes


def _permutations(pairs: int, confidence: float) -> int:
    """Return so many that the smallest p-value stays below the level when it is multiplied by the number of pairs."""
    return max(PERMUTATIONS, math.ceil(2 * pairs / (1 - confidence)))


def _of_metric(
    metric: Metric, comparison: Comparison, found: Mapping[_Pair, dict[str, Difference]], options: ScoringOptions
) -> list[Contrast]:
    """Return one metric's differences with p-values that are corrected for their number."""
    differences = [found[pair][metric.name] for pair in found]
    adjusted = holm([difference.p_value for difference in differences])
    rows = []
    for (first, second), one, p_value in zip(found, differences, adjusted, strict=True):
        corrected = replace(one, p_value=p_value)
        winner = corrected.better(lower_is_better=metric.lower_is_better, level=1 - options.confidence)
        rows.append(
            Contrast(
                metric=comparison.name_of(metric),
                first=first,
                second=second,
                value=one.value,
                low=one.low,
                high=one.high,
                confidence=options.confidence,
                p_value=one.p_value,
                adjusted=p_value,
                better=None if winner is None else {"first": first, "second": second}[winner],
                estimate=one.estimate,
                calibrated=one.calibrated,
            )
        )
    return rows
