"""The files of a study: scores as CSV, a plot, and a sheet of examples."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image as Pillow

from ganmetrics._files import atomic_write, check_writable
from ganmetrics.commands.sanity.plot import save_plot
from ganmetrics.commands.sanity.series import StudySets
from ganmetrics.data.decode import decode_stored
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.optional import check_drawing
from ganmetrics.report.pictures import Strip, Thumbnail, contact_sheet, save_picture

if TYPE_CHECKING:
    from ganmetrics.commands.sanity.study import SanityStudy

logger = logging.getLogger(__name__)

FILES = ("sanity.csv", "sanity-examples.png", "sanity.png")
"""Scores, examples and plot."""
_ROOM = 10 * 2**20
"""Bytes that the files take at most."""
_EXAMPLES = 10
"""Images that the sheet shows of each set."""


def check_sanity_output(folder: Path) -> None:
    """Check that the files can be written, before the work begins, and warn where there will be no plot.

    Raises:
        StorageError: the folder cannot be created or written, or has no room.
    """
    check_writable(folder, _ROOM)
    _can_plot()


def save_study(study: "SanityStudy", folder: Path, *, alpha: str = "white") -> list[Path]:
    """Write ``sanity.csv``, ``sanity-examples.png`` and, where matplotlib is installed, ``sanity.png``; return them.

    Raises:
        InputError: an image can no longer be read.
        StorageError: a file cannot be written.
    """
    check_writable(folder, _ROOM)
    table, sheet, plot = (folder / name for name in FILES)
    with atomic_write(table) as file:
        file.write(study.to_csv().encode())
    save_picture(_examples(study.sets, alpha), sheet)
    if not _can_plot():
        return [table, sheet]
    save_plot(study, plot)
    return [table, sheet, plot]


def _examples(sets: StudySets, alpha: str) -> Pillow.Image:
    """Return a picture of the first images as they are, then under each disturbance, a row for each level."""
    sources = [sets.clean, *(step.source for series in sets.series for step in series.steps)]
    count = min(_EXAMPLES, *map(len, sources))

    def strip(title: str, *rows: ImageSource) -> Strip:
        read = (source.read(index) for source in rows for index in range(count))
        return Strip(title, tuple(Thumbnail(decode_stored(stored, alpha=alpha).image, ()) for stored in read))

    strips = [strip("undisturbed", sets.clean)]
    for series in sets.series:
        steps = series.steps[1:]
        levels = ", ".join(f"{step.level:g}" for step in steps)
        strips.append(strip(f"{series.name} {levels}", *(step.source for step in steps)))
    return contact_sheet(strips, columns=count)


def _can_plot() -> bool:
    try:
        check_drawing("a plot")
    except InputError as error:
        logger.warning("no plot is written: %s", error)
        return False
    return True
