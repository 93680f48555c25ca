"""The picture of a precision-recall curve."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ganmetrics._files import atomic_write
from ganmetrics._text import clipped
from ganmetrics.errors import InputError
from ganmetrics.optional import drawing
from ganmetrics.report.table import Table

CURVE = "precision_recall_curve"
"""Name of the table that holds it."""
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's, which people with any sight of colours can tell."""
_LONGEST_NAME = 40
"""Characters of a name: a longer one would leave no room for the curves."""


def save_curve(tables: Mapping[str, Sequence[Table]], path: Path) -> None:
    """Write the precision-recall curves of generators as one PNG.

    Args:
        tables: of each generator's report, by its name.
        path: of the picture.

    Raises:
        InputError: no report has a curve, or matplotlib is not installed, or its settings are broken.
        StorageError: the picture cannot be written.
    """
    curves = {name: table.rows for name, found in tables.items() for table in found if table.name == CURVE}
    if not curves:
        raise InputError(f"a picture needs a precision-recall curve; {', '.join(tables)} has none")
    with drawing("a picture") as figures:
        figure = figures.Figure(figsize=(4.5, 4.5), layout="constrained")
        axes = figure.add_subplot()
        lines = []
        for place, points in enumerate(curves.values()):
            recall, precision = zip(*points, strict=True)
            lines += axes.plot(recall, precision, color=_COLOURS[place % len(_COLOURS)])
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
        axes.grid(visible=True, linewidth=0.4, color="#dddddd")
        if len(curves) > 1:
            # Numbers first: a name that begins with _ would be left out.
            legend = axes.legend(lines, [str(place) for place in range(len(lines))], frameon=False)
            for text, name in zip(legend.get_texts(), curves, strict=True):
                text.set(text=clipped(name, _LONGEST_NAME), parse_math=False)
        with atomic_write(path) as file:
            figure.savefig(file, format="png", dpi=150)
