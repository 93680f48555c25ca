"""`progress_bar`: how far a stage has come, for notebooks and scripts; the library shows nothing unless it is given."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from ganmetrics._text import printable
from ganmetrics.core import checks


@contextmanager
def progress_bar(*, total: int | None, stage: str) -> Iterator[Callable[[int], object]]:
    """Show a stage of `total` steps as a bar with rate and time left, which disappears when it is done.

    In a notebook it is a widget (where ipywidgets is installed), elsewhere a line on stderr. Give it as `progress`:
    ``ganmetrics.fid(real, fake, progress=ganmetrics.progress_bar)``.

    Args:
        total: steps of the stage: images, or bytes of a download; None where nobody knows.
        stage: what is going on, in words.

    >>> with progress_bar(total=3, stage="reading") as step:
    ...     for _ in range(3):
    ...         _ = step(1)

    Raises:
        InputError: an argument is of the wrong kind.
    """
    checks.of_type("stage", stage, str, "text")
    if total is not None:  # unknown
        total = checks.whole("total", total, least=0)
    unit = "B" if stage.startswith("downloading") else " images"
    with _bar()(total=total, desc=printable(stage), unit=unit, unit_scale=unit == "B", leave=False) as shown:
        yield shown.update


def in_notebook() -> bool:
    """Return whether this runs in a notebook's kernel, whose output can show widgets."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return type(shell).__name__ == "ZMQInteractiveShell"


def _bar() -> Any:  # noqa: ANN401 - either of tqdm's classes
    if in_notebook() and find_spec("ipywidgets") is not None:
        from tqdm.notebook import tqdm as notebook_bar  # noqa: PLC0415 - it needs widgets

        return notebook_bar
    from tqdm import tqdm  # noqa: PLC0415 - which only those who ask for a bar wait for

    return tqdm
