"""The picture of a precision-recall curve."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ganmetrics._files import atomic_write
from ganmetrics.errors import InputError
from ganmetrics.optional import require
from ganmetrics.report.table import Table

CURVE = "precision_recall_curve"
"""Name of the table that holds it."""
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's, which people with any sight of colours can tell."""


def save_curve(tables: Mapping[str, Sequence[Table]], path: Path) -> None:
    """Write the precision-recall curves of generators as one PNG.

    Args:
        tables: of each generator's report, by its name.
        path: of the picture.

    Raises:
        InputError: no report has a curve, or matplotlib is not installed.
        StorageError: the picture cannot be written.
    """
    curves = {name: table.rows for name, found in tables.items() for table in found if table.name == CURVE}
    if not curves:
        raise InputError(f"a picture needs a precision-recall curve; {', '.join(tables)} has none")
    require("matplotlib", extra="plots", user="a picture")
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - takes a second to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(4.5, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for place, (name, points) in enumerate(curves.items()):
        recall, precision = zip(*points, strict=True)
        axes.plot(recall, precision, color=_COLOURS[place % len(_COLOURS)], label=name)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    axes.grid(visible=True, linewidth=0.4, color="#dddddd")
    if len(curves) > 1:
        axes.legend(frameon=False)
    with atomic_write(path) as file:
        figure.savefig(file, format="png", dpi=150)
