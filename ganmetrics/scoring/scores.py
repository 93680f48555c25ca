"""`score_sides`: all the metrics that were asked for, each family computed once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.references.sides import Side
from ganmetrics.report import Refusal, Report, Score, Table
from ganmetrics.scoring.added import added_scores
from ganmetrics.scoring.classes import class_scores
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.curve import curve_scores
from ganmetrics.scoring.diversity import duplicate_scores, vendi_scores
from ganmetrics.scoring.family import Scored, finite
from ganmetrics.scoring.fidelity import fidelity_scores, sliced_scores
from ganmetrics.scoring.floor import FLOOR_SUFFIX, halves
from ganmetrics.scoring.frechet import frechet_scores
from ganmetrics.scoring.held_out import held_out_scores
from ganmetrics.scoring.inception import inception_scores
from ganmetrics.scoring.kernel import kernel_scores
from ganmetrics.scoring.memorisation import memorisation_scores
from ganmetrics.scoring.neighbours import neighbour_scores
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.wavelet import wavelet_scores
from ganmetrics.timing import stage

METRIC_FAMILIES: dict[str, Callable[[Comparison, tuple[str, ...], ScoringOptions], Scored]] = {
    "frechet": frechet_scores,
    "kernel": kernel_scores,
    "inception": inception_scores,
    "neighbours": neighbour_scores,
    "fidelity": fidelity_scores,
    "sliced": sliced_scores,
    "memorisation": memorisation_scores,
    "wavelets": wavelet_scores,
    "held_out": held_out_scores,
    "curve": curve_scores,
    "vendi": vendi_scores,
    "duplicates": duplicate_scores,
    "classes": class_scores,
    "added": added_scores,
}
"""What computes each family of the catalogue."""


TEST = "_test"
"""What the name of a score of held-out real images against the real ones ends in."""

_Row = Score | Refusal


@dataclass(frozen=True)
class Baseline:
    """What real images get against real ones: the same for every generator.

    Attributes:
        rows: a score, or the reason why there is none, for each metric of one half of the real images against the other
            and of held-out images against the real ones, as far as these are asked for.
        test: real images that were held out from training; None where there are none. Being fresh images of the real
            distribution, they get what a perfect generator's would.
    """

    rows: tuple[_Row, ...] = ()
    test: Side | None = None

    @classmethod
    def of(
        cls, metrics: tuple[Metric, ...], real: Side | None, test: Side | None, options: ScoringOptions
    ) -> "Baseline":
        """Return the rows of a floor, where the options ask for one, and of held-out images, where there are any.

        Raises:
            InputError: a floor needs real images, or blocks of them, that are not there.
            NotEnoughSamples: half of the real images are fewer than two.
        """
        rows: list[_Row] = []
        if options.floor:
            rows += _floor_rows(scored_fresh(metrics, classes=True), real, options)
        if test is not None:
            fresh = scored_fresh(metrics)
            comparison = Comparison.of(real, test)
            rows += _rows(fresh, comparison, _score(comparison, fresh, options), TEST)
        return cls(tuple(rows), test)


def scored_fresh(metrics: tuple[Metric, ...], *, classes: bool = False) -> tuple[Metric, ...]:
    """Return the metrics that real images can be scored by in the place of fake ones.

    Those that need a held-out set themselves are left out, and those of classes, unless held-out images have them.
    """
    return tuple(metric for metric in metrics if not metric.test and (classes or "classes" not in metric.fake))


@dataclass
class _Found:
    """Scores, tables and refusals as they are found, by the metric's name."""

    scores: dict[str, Score] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    refusals: dict[str, GanMetricsError] = field(default_factory=dict)


def score_sides(
    metrics: tuple[Metric, ...],
    real: Side | None,
    fake: Side,
    options: ScoringOptions,
    *,
    baseline: Baseline | None = None,
    warn: bool = True,
) -> Report:
    """Return the scores of `metrics`, in their order, after saying whatever makes them less than comparable.

    A metric that cannot be scored leaves the others alone: the report has the reason in its place. What would be said
    is the same for many sets in a row, which is what `warn` is for, as are the rows of the real images alone. Beside
    held-out images there is a table of how far the fake ones are from where these are.

    Raises:
        NotEnoughSamples: no metric can be scored; this is the first one's reason, as are those below.
        InputError: a metric needs logits or classes, and there are none.
        NumericsError: features are such that a metric is undefined.
    """
    comparison = Comparison.of(real, fake, None if baseline is None else baseline.test)
    if warn:
        comparison.warn(metrics)
    with stage("scores"):
        found = _score(comparison, metrics, options)
        if not found.scores:
            raise next(iter(found.refusals.values()))
        rows = _rows(metrics, comparison, found)
        known = Baseline.of(metrics, real, None, options) if baseline is None else baseline
        if known.test is not None:
            found.tables.append(_ratios(rows, known.rows))
        rows += known.rows
    scores = {row.name: row for row in rows if isinstance(row, Score)}
    chosen = {name: dict(score.made) for name, score in scores.items() if score.made}
    return Report(
        scores=scores,
        provenance={**comparison.provenance(), "metrics": chosen},
        tables=tuple(found.tables),
        refusals={row.name: row for row in rows if isinstance(row, Refusal)},
        asked=tuple(row.name for row in rows),
    )


def _rows(metrics: tuple[Metric, ...], comparison: Comparison, found: _Found, suffix: str = "") -> list[_Row]:
    """Return for each metric, in order, a score or the reason why it has none."""
    rows: list[_Row] = []
    for metric in metrics:
        if metric.name in found.scores:
            score = found.scores[metric.name]
            rows.append(replace(score, name=f"{score.name}{suffix}"))
        else:
            reason = " ".join(str(found.refusals[metric.name]).split())
            rows.append(Refusal(f"{comparison.name_of(metric)}{suffix}", reason))
    return rows


def _ratios(rows: list[_Row], fresh: tuple[_Row, ...]) -> Table:
    """Return each score beside that of held-out images, and their ratio where it means something.

    Plain distances depend on the counts, so their ratio is 1 for a perfect generator only at equal ones.
    """
    scores = {row.name: row for row in rows if isinstance(row, Score)}
    cells = []
    for row in (row for row in fresh if row.name.endswith(TEST)):
        score = scores.get(row.name.removesuffix(TEST))
        if score is None or not isinstance(row, Score):
            continue
        ratio = finite(score.value / row.value) if row.value > 0 else None
        cells.append((score.name, finite(score.value), finite(row.value), ratio, score.fake_count == row.fake_count))
    columns = ("metric", "fake", "held out", "ratio", "equal counts")
    return Table("held_out", "fake images beside held-out real images", columns, tuple(cells))


def _floor_rows(metrics: tuple[Metric, ...], real: Side | None, options: ScoringOptions) -> list[_Row]:
    """Return the same scores of one half of the real images against the other, without intervals.

    Raises:
        InputError: there is no real side, or it holds nothing to make halves of.
        NotEnoughSamples: a half has fewer than two images.
    """
    if real is None:
        raise InputError("a floor needs real images; there are none")
    of_halves = Comparison.of(*halves(real))
    return _rows(metrics, of_halves, _score(of_halves, metrics, replace(options, interval=False)), FLOOR_SUFFIX)


def _score(comparison: Comparison, metrics: tuple[Metric, ...], options: ScoringOptions) -> _Found:
    """Compute each family once; where one refuses, each of its metrics by itself."""
    found = _Found()
    for family in dict.fromkeys(metric.family for metric in metrics):
        names = tuple(metric.name for metric in metrics if metric.family == family)
        try:
            _add(found, METRIC_FAMILIES[family](comparison, names, options))
        except GanMetricsError as error:
            if len(names) == 1:
                found.refusals[names[0]] = error
                continue
            for name in names:
                try:
                    _add(found, METRIC_FAMILIES[family](comparison, (name,), options))
                except GanMetricsError as reason:
                    found.refusals[name] = reason
    return found


def _add(found: _Found, scored: Scored) -> None:
    found.scores.update(scored.scores)
    found.tables.extend(scored.tables)
