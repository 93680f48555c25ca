"""The files of a study: scores as CSV, a plot, and a sheet of examples."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from ganmetrics._files import atomic_write, check_writable
from ganmetrics.commands.sanity.plot import save_plot
from ganmetrics.commands.sanity.sheet import save_sheet
from ganmetrics.errors import InputError
from ganmetrics.optional import check_installed

if TYPE_CHECKING:
    from ganmetrics.commands.sanity.study import Study

logger = logging.getLogger(__name__)

ROOM = 10 * 2**20
"""Bytes that the files take at most."""


def check_output(folder: Path) -> None:
    """Check that the files can be written, before the work begins, and warn where there will be no plot.

    Raises:
        StorageError: the folder cannot be created or written, or has no room.
    """
    check_writable(folder, ROOM)
    _can_plot()


def save_study(study: "Study", folder: Path, *, alpha: str = "white") -> list[Path]:
    """Write ``sanity.csv``, ``sanity-examples.png`` and, where matplotlib is installed, ``sanity.png``; return them.

    Raises:
        InputError: an image can no longer be read.
        StorageError: a file cannot be written.
    """
    table, sheet, plot = (folder / name for name in ("sanity.csv", "sanity-examples.png", "sanity.png"))
    with atomic_write(table) as file:
        file.write(study.to_csv().encode())
    save_sheet(study.sets, sheet, alpha=alpha)
    if not _can_plot():
        return [table, sheet]
    save_plot(study, plot)
    return [table, sheet, plot]


def _can_plot() -> bool:
    try:
        check_installed("matplotlib", extra="plots", user="a plot")
    except InputError as error:
        logger.warning("no plot is written: %s", error)
        return False
    return True
