"""Losses and learning rates of each run."""

from typing import Any

from ganmetrics.pages import Axis, Line, LineChart, Prose, Section, SideBySide
from reference_models.recording.plots import epochs_of
from reference_models.report.runs import RecordedRun

LOSSES = (
    ("loss/G", "generator", 1, False),
    ("loss/D", "discriminator", 2, False),
    ("loss/D_real", "discriminator, real", 3, True),
    ("loss/D_fake", "discriminator, fake", 4, True),
)
RATES = (("lr/G", "generator", 1, False), ("lr/D", "discriminator", 2, False))
_MOST = 200
"""Points of a line: more cannot be seen."""


def losses_section(runs: list[RecordedRun]) -> Section:
    """Return charts of the runs that recorded losses."""
    charts = []
    for run in runs:
        events = run.of_kind("losses")
        for title, keys in (("losses", LOSSES), ("learning rates", RATES)):
            chart = _chart(f"{run.name}: {title}", title, events, keys)
            if chart is not None:
                charts.append(chart)
    if not charts:
        return Section("Losses", (Prose(("None were recorded.",)),))
    return Section("Losses", (SideBySide(tuple(charts)),))


def _chart(
    title: str, what: str, events: list[dict[str, Any]], keys: tuple[tuple[str, str, int, bool], ...]
) -> LineChart | None:
    if not events:
        return None
    places = epochs_of(events)
    step = -(-len(events) // _MOST)
    lines = []
    for key, name, colour, dashed in keys:
        points = [
            (place, event[key]) for place, event in zip(places, events, strict=True) if event.get(key) is not None
        ]
        if points:
            shown = points[::step]
            lines.append(Line(name, [at for at, _ in shown], [value for _, value in shown], colour, dashed=dashed))
    if not lines:
        return None
    return LineChart(title, f"The {what} over the epochs.", Axis("epoch"), Axis(what), tuple(lines))
