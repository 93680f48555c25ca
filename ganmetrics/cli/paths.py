"""Paths on the command line: what no file system can have as a name is wrong usage, told in one line."""

import os
from pathlib import Path
from typing import Any

import click

from ganmetrics._text import one_line


class FilePath(click.Path):
    """A path, as click checks it, whose name can be asked for at all.

    >>> FilePath().convert("real.npz", None, None)
    PosixPath('real.npz')
    >>> FilePath().convert("x" * 5000, None, None)
    Traceback (most recent call last):
        ...
    click.exceptions.BadParameter: [Errno 36] File name too long: 'xxx...
    """

    def __init__(self, *, dir_okay: bool = True, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay, file_okay=file_okay)

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own
        """Return the path."""
        try:
            converted = super().convert(value, param, ctx)
            Path(os.fspath(value)).exists()
        # ValueError: null bytes and surrogates. OSError: names that are too long, folders that may not be read.
        except (OSError, ValueError) as error:
            self.fail(one_line(error), param, ctx)
        return converted
