"""`Ranking`: the reports of several generators on one real set, and which of them differ beyond chance."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ganmetrics.report.citations import bibtex
from ganmetrics.report.exports import to_latex
from ganmetrics.report.report import Report
from ganmetrics.report.score import Score
from ganmetrics.report.table import Cell, Table

PAIRS_SHOWN = 15
"""Pairs of generators in the text: those of six."""


@dataclass(frozen=True)
class Contrast:
    """What one metric says of two generators.

    Attributes:
        metric: name of the score.
        first: name of one generator.
        second: name of the other.
        value: the first one's score less the second's, as `ganmetrics.compare` computes them.
        low: lower end of the interval for that difference, of the populations; None where there is none.
        high: upper end.
        confidence: of the interval.
        p_value: of the hypothesis that both are one generator.
        adjusted: the same after Holm's correction for all pairs of this metric.
        better: name of the generator that is better beyond chance, where interval and corrected p-value agree.
        estimate: what the scores are, such as ``corrected``.
        calibrated: whether a study of coverage bears the interval out for these counts.
    """

    metric: str
    first: str
    second: str
    value: float
    low: float | None
    high: float | None
    confidence: float
    p_value: float
    adjusted: float
    better: str | None
    estimate: str
    calibrated: bool


@dataclass(frozen=True)
class Ranking(Mapping[str, Report]):
    """The reports of several generators on one real set, by the generator's name.

    Attributes:
        reports: by name, in the order that was given; each is what `ganmetrics.evaluate` gives for that one alone.
        contrasts: every pair of generators by every metric that they can be compared by.
        notes: why there are no contrasts, or some are missing.
        shared: names of scores that are of real images alone, such as a floor's, and so the same in every report.

    >>> near, far = (Report({"fid": Score("fid", value, real_count=4, fake_count=4)}) for value in (1.5, 9.0))
    >>> ranking = Ranking({"far": far, "near": near})
    >>> ranking.order("fid"), float(ranking["near"]["fid"])
    (['near', 'far'], 1.5)
    """

    reports: Mapping[str, Report]
    contrasts: tuple[Contrast, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Report:
        return self.reports[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.reports)

    def __len__(self) -> int:
        return len(self.reports)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the scores that generators are ranked by, in the order that was asked."""
        asked = dict.fromkeys(line.name for report in self.reports.values() for line in report.lines)
        ranked = [name for name in asked if name not in self.shared]
        return tuple(name for name in ranked if any(name in report for report in self.reports.values()))

    def order(self, metric: str) -> list[str]:
        """Return the generators from the best to the worst by one score; those without it are left out.

        The corrected value decides where all have one, since it does not depend on the counts; the plain one elsewhere.
        """
        scores = {name: report[metric] for name, report in self.reports.items() if metric in report}
        corrected = all(score.corrected is not None for score in scores.values())

        def key(name: str) -> float:
            score = scores[name]
            number = score.corrected if corrected and score.corrected is not None else score.value
            return number if score.lower_is_better else -number

        return sorted(scores, key=key)

    def beaten_by(self, metric: str, name: str) -> list[str]:
        """Return the generators that one is better than beyond chance by a metric."""
        found = [one for one in self.contrasts if one.metric == metric and one.better == name]
        return [one.second if one.first == name else one.first for one in found]

    def table(self, metric: str) -> Table:
        """Return a row a generator from the best to the worst by one score."""
        names = self.order(metric)
        scores = {name: self.reports[name][metric] for name in names}
        columns = ("generator", "value", "corrected", "low", "high", "images", "better than")
        rows = tuple(
            (
                name,
                score.value,
                score.corrected,
                score.low,
                score.high,
                score.fake_count,
                ", ".join(self.beaten_by(metric, name)) or None,
            )
            for name, score in scores.items()
        )
        return Table(metric, _title(metric, scores[names[0]]), columns, rows)

    def to_text(self) -> str:
        """Return a table for each score, the differences, what real images get, and why any of it is missing."""
        parts = [self.table(metric).to_text() for metric in self.metrics]
        if self.contrasts:
            parts.append(self._contrast_table().to_text())
        first = next(iter(self.reports.values()))
        of_real = [str(line) for line in first.lines if line.name in self.shared]
        refused = [
            f"{name}: {refusal}"
            for name, report in self.reports.items()
            for refusal in report.refusals.values()
            if refusal.name not in self.shared
        ]
        parts += ["\n".join(lines) for lines in (of_real, [*refused, *self.notes]) if lines]
        return "\n\n".join(parts)

    def to_json(self) -> str:
        """Return one JSON object: ``generators``, ``ranks`` by score, ``contrasts`` and ``notes``.

        What a generator holds is what the JSON of its report does.
        """
        content: dict[str, Any] = {
            "generators": {name: json.loads(report.to_json()) for name, report in self.reports.items()},
            "ranks": {metric: self.order(metric) for metric in self.metrics},
            "contrasts": [asdict(contrast) for contrast in self.contrasts],
            "notes": list(self.notes),
        }
        return json.dumps(content, indent=2, allow_nan=False)

    def to_csv(self) -> str:
        """Return a line for each generator and score, the best first, under a line of names."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        numbers = ("value", "corrected", "low", "high", "confidence", "std", "real_count", "fake_count")
        writer.writerow(("metric", "rank", "generator", *numbers, "extractor", "protocol", "better_than"))
        for metric in self.metrics:
            for rank, name in enumerate(self.order(metric), start=1):
                fields = self.reports[name][metric].to_json()
                better = ";".join(self.beaten_by(metric, name))
                cells = [fields[field] for field in (*numbers, "extractor", "protocol")]
                writer.writerow((metric, rank, name, *cells, better))
        return text.getvalue()

    def to_markdown(self) -> str:
        """Return the scores of each generator as a Markdown table below its name."""
        return "\n\n".join(f"**{name}**\n\n{report.to_markdown()}" for name, report in self.reports.items())

    def to_latex(self) -> str:
        """Return a table for LaTeX with booktabs, a row for each generator."""
        return to_latex(self.reports)

    def to_bibtex(self) -> str:
        """Return what to cite for all scores of all generators."""
        return bibtex(score for report in self.reports.values() for score in report.values())

    def _contrast_table(self) -> Table:
        columns = ("metric", "first", "second", "difference", "low", "high", "p-value", "Holm", "better")
        rows: list[tuple[Cell, ...]] = [
            (one.metric, one.first, one.second, one.value, one.low, one.high, one.p_value, one.adjusted, one.better)
            for one in self.contrasts
        ]
        return Table("contrasts", "differences, first less second", columns, tuple(rows), shown=PAIRS_SHOWN)


def _title(metric: str, score: Score) -> str:
    direction = "lower" if score.lower_is_better else "higher"
    count = "" if score.one_sided or score.real_count is None else f"real {score.real_count:,}, "
    level = "" if score.confidence is None else f"{100 * score.confidence:.6g} % intervals, "
    return f"{metric} ({count}{score.extractor}/{score.protocol}, {level}{direction} is better)"
