"""What a disturbance study found: scores by disturbance and level, and what each metric makes of each disturbance."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ganmetrics.commands.sanity.output import save_study
from ganmetrics.commands.sanity.series import StudySets
from ganmetrics.commands.sanity.verdicts import STEP_TOLERANCE, VERDICT_MEANINGS, SeriesVerdict, verdict
from ganmetrics.report import Report, Score
from ganmetrics.report.table import Cell, Table

CSV_FIELDS = ("value", "corrected", "low", "high", "std", "real_count", "fake_count")


@dataclass(frozen=True)
class ScoredSeries:
    """The scores of one disturbance.

    Attributes:
        name: of the disturbance.
        unit: what a level is.
        levels: rising, from 0.
        reports: the scores at each level.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    reports: tuple[Report, ...]

    def values(self, metric: str) -> list[float]:
        """Return the values of a metric, level by level."""
        return [report[metric].value for report in self.reports]

    def verdict(self, metric: str) -> SeriesVerdict:
        """Return what a metric makes of the disturbance."""
        return verdict(self.values(metric), lower_is_better=self.reports[0][metric].lower_is_better)


@dataclass(frozen=True)
class SanityStudy:
    """The scores of every set of a study.

    Attributes:
        series: by disturbance.
        sets: the images behind them, what was left out, and what a reader of the numbers must know.
        provenance: all else that produced the numbers.
    """

    series: tuple[ScoredSeries, ...]
    sets: StudySets = field(repr=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the scores."""
        return tuple(self.series[0].reports[0])

    def rows(self) -> Iterator[tuple[str, float, Report]]:
        """Yield disturbance, level and scores of every set."""
        for series in self.series:
            for level, report in zip(series.levels, series.reports, strict=True):
                yield series.name, level, report

    @property
    def score_table(self) -> Table:
        """The value of every metric at every level."""
        columns = ("disturbance", "level", "images", *self.metrics)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (name, level, _count(report), *(report[metric].value for metric in self.metrics))
            for name, level, report in self.rows()
        )
        return Table("scores", "every set against undisturbed images that are in none of them", columns, rows)

    @property
    def verdict_table(self) -> Table:
        """What every metric makes of every disturbance."""
        rows = tuple((one.name, *(one.verdict(metric) for metric in self.metrics)) for one in self.series)
        return Table("verdicts", "what a metric makes of a disturbance", ("disturbance", *self.metrics), rows)

    def to_text(self) -> str:
        """Return the table of scores, the table of verdicts, and what was left out."""
        units = Table(
            "units", "levels", ("disturbance", "level is"), tuple((one.name, one.unit) for one in self.series)
        )
        legend = "; ".join(f"{word}: {meaning}" for word, meaning in VERDICT_MEANINGS.items())
        verdicts = f"{self.verdict_table.to_text()}\n({legend}; tolerance {100 * STEP_TOLERANCE:g} %)"
        lines = ["\n\n".join((self.score_table.to_text(), units.to_text(), verdicts))]
        lines += [f"left out: {name} {reason}" for name, reason in self.sets.left_out.items()]
        lines += [f"note: {note}" for note in self.sets.notes]
        return "\n".join(lines)

    def to_json(self) -> str:
        """Return one JSON object: ``scores``, ``verdicts``, ``left_out``, ``notes`` and ``provenance``."""
        scores = [
            {"disturbance": name, "level": level, **score.to_json()}
            for name, level, report in self.rows()
            for score in report.values()
        ]
        verdicts = [
            {"disturbance": series.name, "metric": metric, "verdict": series.verdict(metric)}
            for series in self.series
            for metric in self.metrics
        ]
        whole = {
            "scores": scores,
            "verdicts": verdicts,
            "left_out": dict(self.sets.left_out),
            "notes": list(self.sets.notes),
            "provenance": dict(self.provenance),
        }
        return json.dumps(whole, indent=2, allow_nan=False)

    def to_csv(self) -> str:
        """Return one line for each disturbance, level and metric, below a line of names."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("disturbance", "level", "metric", *CSV_FIELDS))
        for name, level, report in self.rows():
            for score in report.values():
                writer.writerow((name, f"{level:g}", score.name, *_csv_values(score)))
        return file.getvalue()

    def save(self, folder: Path, *, alpha: str = "white") -> list[Path]:
        """Write ``sanity.csv``, ``sanity-examples.png`` and, with matplotlib, ``sanity.png``; return them.

        Args:
            folder: where the files go; it is made if it is not there.
            alpha: what transparent pixels of the examples become, as in the study.

        Raises:
            InputError: an image can no longer be read.
            StorageError: a file cannot be written.
        """
        return save_study(self, folder, alpha=alpha)


def _count(report: Report) -> int:
    return next(iter(report.values())).fake_count or 0


def _csv_values(score: Score) -> list[Any]:
    return [score.to_json()[name] for name in CSV_FIELDS]
