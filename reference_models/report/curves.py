"""The distances over the training, by epoch and by time, with the band of the corrected one."""

from typing import Any

from ganmetrics.pages import Axis, Grid, Line, LineChart, Section, SideBySide
from reference_models.comparison.curves import AXES, overtakes
from reference_models.report.runs import RecordedRun

UNITS = {"epoch": "epoch", "minute": "minutes of training"}
_NOTHING = "–"


def curves_section(runs: list[RecordedRun]) -> Section:
    """Return the curves and a table of where each run ends."""
    charts = tuple(_chart(runs, axis) for axis in AXES)
    others = tuple(_other(runs, metric) for metric in _metrics(runs)[1:])
    blocks = (_ends(runs), SideBySide((*charts, *others)))
    return Section("Scores over the training", blocks)


def best_number(row: dict[str, Any]) -> float:
    """Return the corrected distance of a row, the plain one where there is none."""
    value = row["value"] if row["corrected"] is None else row["corrected"]
    return float(value)


def _metrics(runs: list[RecordedRun]) -> list[str]:
    return list(dict.fromkeys(row["metric"] for run in runs for row in run.scores))


def _chart(runs: list[RecordedRun], axis: str) -> LineChart:
    metric = runs[0].curve.rows[0]["metric"]
    lines = []
    for run in runs:
        places, rows = run.curve.places(axis), run.curve.rows
        told = f"{run.name}, " if len(runs) > 1 else ""
        freed = [row["corrected"] for row in rows]
        low, high = ([row[end] for row in rows] for end in ("low", "high"))
        if any(value is not None for value in freed):
            lines.append(Line(f"{told}corrected", places, freed, run.colour, low, high))
        if len(runs) == 1 or all(value is None for value in freed):
            lines.append(
                Line(f"{told}plain", places, run.curve.values, 0 if len(runs) == 1 else run.colour, dashed=True)
            )
    numbers = [value for line in lines for value in line.y if value is not None]
    return LineChart(
        title=f"{metric} by {UNITS[axis]}",
        description=f"{metric} of {', '.join(run.name for run in runs)} over the training, by {UNITS[axis]}; "
        "lower is better.",
        x=Axis(UNITS[axis]),
        y=Axis(metric, low=min(0.0, *numbers, 0.0)),
        lines=tuple(lines),
        note="Scoring is not counted as training." if axis == "minute" else "Epoch 0 is the untrained network.",
    )


def _other(runs: list[RecordedRun], metric: str) -> LineChart:
    lines = []
    for run in runs:
        rows = [row for row in run.scores if row["metric"] == metric]
        if rows:
            lines.append(Line(run.name, [row["epoch"] for row in rows], [row["value"] for row in rows], run.colour))
    return LineChart(metric, f"{metric} over the epochs.", Axis("epoch"), Axis(metric), tuple(lines))


def _ends(runs: list[RecordedRun]) -> Grid:
    columns = ("run", "preset", "epochs", "minutes", "last", "best", "at epoch", "lowest from epoch on")
    rows = []
    for run in runs:
        best = min(run.curve.rows, key=best_number)
        last = run.curve.rows[-1]
        passed = None if run is runs[0] else overtakes(runs[0].curve, run.curve, "epoch")
        rows.append(
            (
                run.name,
                str(run.settings.get("preset", _NOTHING)),
                f"{last['epoch']:,}",
                f"{run.curve.places('minute')[-1]:.1f}",
                _with_interval(last),
                f"{best_number(best):.4g}",
                f"{best['epoch']:,}",
                _NOTHING if passed is None else f"{passed:.1f}",
            )
        )
    first = runs[0].curve.rows[0]
    note = (
        f"{first['metric']} of {first['count']:,} generated, {first['real_count'] or 0:,} real images; corrected where "
        f"there is a correction. The last column is from where on a run stays below {runs[0].name}."
    )
    return Grid("Where the runs end", columns, tuple(rows), note, (False, False, *[True] * 6))


def _with_interval(row: dict[str, Any]) -> str:
    number = f"{best_number(row):.4g}"
    if row["low"] is None or row["high"] is None:
        return number
    return f"{number} ({row['low']:.4g} to {row['high']:.4g})"
