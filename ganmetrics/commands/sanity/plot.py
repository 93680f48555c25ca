"""The picture of a study: a panel for each disturbance, a line for each metric."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganmetrics._files import atomic_write
from ganmetrics.optional import drawing

if TYPE_CHECKING:
    from ganmetrics.commands.sanity.study import SanityStudy, ScoredSeries

PANELS_A_ROW = 4
PANEL = (3.3, 2.9)
"""Width and height of a panel in inches."""


def save_plot(study: "SanityStudy", path: Path) -> None:
    """Write a PNG with the change of every metric by level, as a share of its largest in the study, worse being up.

    Raises:
        InputError: matplotlib is not installed.
        StorageError: the file cannot be written.
    """
    with drawing("a plot") as figures:
        rows = -(-len(study.series) // PANELS_A_ROW)
        figure = figures.Figure(figsize=(PANELS_A_ROW * PANEL[0], rows * PANEL[1] + 0.5), layout="constrained")
        panels = figure.subplots(rows, PANELS_A_ROW, squeeze=False, sharey=True).ravel()
        scales = {metric: _largest_change(study, metric) for metric in study.metrics}
        lowest = [
            min(_worsening(series, metric)) / scale for series in study.series for metric, scale in scales.items()
        ]
        for panel, series in zip(panels, study.series, strict=False):
            _draw(panel, series, scales)
            panel.set_ylim(min(-0.15, *lowest) - 0.05, 1.08)
        for panel in panels[len(study.series) :]:
            panel.set_axis_off()
        for row in range(rows):
            panels[row * PANELS_A_ROW].set_ylabel("worse →")
        figure.suptitle("change from the undisturbed images, by each metric's largest in the study (worse is up)")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), PANELS_A_ROW), frameon=False)
        with atomic_write(path) as file:
            figure.savefig(file, format="png", dpi=110)


def _draw(panel: Any, series: "ScoredSeries", scales: dict[str, float]) -> None:  # noqa: ANN401 - matplotlib's axes
    panel.axhline(0, color="0.8", linewidth=1)
    for place, (metric, scale) in enumerate(scales.items()):
        changes = [change / scale for change in _worsening(series, metric)]
        panel.plot(series.levels, changes, marker="osD^vP*X"[place % 8], markersize=4, label=metric)
    panel.set_title(series.name)
    panel.set_xlabel(series.unit)
    panel.set_xticks(series.levels)


def _worsening(series: "ScoredSeries", metric: str) -> list[float]:
    sign = 1 if series.reports[0][metric].lower_is_better else -1
    first, *rest = series.values(metric)
    return [0.0, *(sign * (value - first) for value in rest)]


def _largest_change(study: "SanityStudy", metric: str) -> float:
    changes = (abs(change) for series in study.series for change in _worsening(series, metric))
    return max(changes) or 1.0  # a metric that never moves stays at 0
