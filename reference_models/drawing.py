"""Pictures by matplotlib, where it is installed: by its own settings, whatever those of the user are."""

import importlib
import importlib.util
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ganmetrics import InputError, clipped
from reference_models.files import write_whole

_LONGEST_NAME = 80


def can_draw() -> bool:
    """Return whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


@contextmanager
def new_figure(path: Path, size: tuple[float, float]) -> Iterator[Any]:
    """Give a new figure to draw on, which is written as one PNG when the block ends.

    Args:
        path: of the picture.
        size: width and height in inches.

    Raises:
        InputError: matplotlib cannot be imported: its settings are broken.
        StorageError: the disk refuses.
    """
    try:
        matplotlib, figures = map(importlib.import_module, ("matplotlib", "matplotlib.figure"))
    except Exception as error:  # what matplotlib raises of settings that it cannot use
        reason = clipped(" ".join(str(error).split()))
        raise InputError(f"a picture needs the package matplotlib, which cannot be imported: {reason}") from None
    buffer = io.BytesIO()
    with warnings.catch_warnings(), matplotlib.rc_context():
        # Of letters that the font lacks, which are drawn as boxes, and of names that leave the curves little room.
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        # An object of its own: pyplot's global state, and a window system, are not needed.
        figure = figures.Figure(figsize=size, layout="constrained")
        yield figure
        figure.savefig(buffer, format="png", dpi=110)
    write_whole(path, buffer.getvalue())


def shown_name(name: str) -> str:
    r"""Return a name as it is drawn: printable, cut, and no mathematics; its lines stay lines.

    >>> print(shown_name("$run$"))
    \$run\$
    """
    return "\n".join(clipped(line, _LONGEST_NAME) for line in name.split("\n")).replace("$", r"\$")
