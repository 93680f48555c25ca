"""Progress on stderr in words, with rate and time left, when stderr is a terminal."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from ganmetrics._text import printable

_WORDS = "{desc}: {n_fmt} of {total_fmt}{unit} |{bar}| {rate_fmt}, {remaining} left"
"""What a line of progress says: what is going on, how far it is, how fast, and how long it will still take."""


@contextmanager
def bar(*, total: int, stage: str) -> Iterator[Callable[[int], object]]:
    """Show a stage of `total` steps as a bar that disappears when it is done."""
    unit = "B" if stage.startswith("downloading") else " images"
    # Some terminals say that they have no rows, and tqdm then shows nothing; this falls back to 80 x 24.
    terminal = shutil.get_terminal_size()
    with tqdm(
        total=total,
        desc=printable(stage),
        unit=unit,
        bar_format=_WORDS,
        unit_scale=unit == "B",
        leave=False,
        ncols=terminal.columns,
        nrows=terminal.lines,
        smoothing=0.1,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
    ) as shown:
        yield shown.update
