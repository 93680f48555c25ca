"""What a command writes lies apart from what it reads."""

import os
from collections.abc import Iterable
from pathlib import Path

import click


def check_apart(output: Path, sources: Iterable[object], *, pictures: bool = False) -> None:
    """Refuse an output that would take the place of a source, or pictures that would become images of one.

    Args:
        output: the file or folder to write.
        sources: what is read: paths, or anything else, which no output can replace.
        pictures: whether images are written, which the next run would take for images of the set around them.

    Raises:
        click.UsageError: it would.
    """
    for source in sources:
        if not isinstance(source, Path):
            continue
        # Unlike Path's, these know of nothing at a name that no file can have.
        if os.path.isfile(source) and os.path.isfile(output) and output.samefile(source):  # noqa: PTH113
            raise click.UsageError(f"the output must be another file than what is read; got {output} for both.")
        if pictures and os.path.isdir(source) and Path(os.path.realpath(output)).is_relative_to(source.resolve()):  # noqa: PTH112
            raise click.UsageError(f"pictures must lie outside the sets of images; got {output}, which is in {source}.")
