"""A figure of the scores, for notebooks and slides."""

from typing import TYPE_CHECKING, Any

from ganmetrics.errors import InputError
from ganmetrics.optional import require
from ganmetrics.report.score import Score

if TYPE_CHECKING:
    from ganmetrics.report.report import Report

PLAIN, CORRECTED = "#3d4651", "#0067a8"
_ROW = 0.62
"""Height of a score, in inches."""


def plot(report: "Report") -> Any:  # noqa: ANN401 - matplotlib is optional, and so are its types
    """Return a figure with a line for each score: the plain value hollow, the corrected one full, with the interval.

    Raises:
        InputError: matplotlib is not installed, or nothing could be scored.
    """
    if not len(report):
        raise InputError("a figure needs scores; the report has none")
    figures = require("matplotlib.figure", extra="plots", user="Report.plot")
    figure = figures.Figure(figsize=(7, 0.5 + _ROW * len(report)), layout="constrained")
    panels = figure.subplots(len(report), 1, squeeze=False).ravel()
    for panel, score in zip(panels, report.values(), strict=True):
        _draw(panel, score)
    return figure


def _draw(panel: Any, score: Score) -> None:  # noqa: ANN401 - matplotlib's axes
    if score.low is not None and score.high is not None:
        panel.plot([score.low, score.high], [0, 0], color=CORRECTED, linewidth=5, alpha=0.3, solid_capstyle="round")
    panel.plot([score.value], [0], "o", color=PLAIN, markerfacecolor="white", markersize=7, label="plain")
    if score.corrected is not None:
        panel.plot([score.corrected], [0], "o", color=CORRECTED, markersize=7, label="corrected")
    better = "lower" if score.lower_is_better else "higher"
    panel.set_ylabel(
        f"{score.name}\n{better} is better", rotation=0, ha="right", va="center", fontsize=9, parse_math=False
    )
    panel.set_yticks([])
    panel.set_ylim(-1, 1)
    panel.margins(x=0.12)
    panel.spines[["left", "top", "right"]].set_visible(False)
    panel.tick_params(labelsize=8)
    if score.corrected is not None:
        panel.legend(frameon=False, fontsize=8, loc="upper right", ncols=2)
