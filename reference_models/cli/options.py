"""Options that several commands share."""

import os
from pathlib import Path
from typing import Any

import click

from ganmetrics import StorageError, shown
from reference_models.errors import ConfigError
from reference_models.files import possible_path
from reference_models.settings import WHOLE_BITS


class PathType(click.Path):
    """A path that a file can have; click would look for any other."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """Return the path, ``~`` for the home folder in it; what no file can be called is wrong usage."""
        if not os.fsdecode(value):
            # Python would take it for the current folder.
            self.fail("a path cannot be empty.", parameter, context)
        try:
            path = possible_path(os.fsdecode(value))
        except StorageError as error:
            self.fail(f"{error}.", parameter, context)
        return super().convert(path, parameter, context)


PATH = PathType(path_type=Path)
run_argument = click.argument("run", type=PATH)
out_option = click.option("--out", type=PATH, required=True, help="Folder for the result; nothing in it is replaced.")
class_option = click.option("--class", "label", metavar="K", help="Class of a conditional model; the first by default.")
SEED = click.IntRange(0, 2**WHOLE_BITS - 1)
seed_option = click.option("--seed", type=SEED, default=0, show_default=True, help="Of the samples and choices.")


_DIGITS = 15


def whole_numbers(text: str, *, option: str) -> tuple[int, ...]:
    """Return the numbers of a comma-separated list, none for an empty one.

    Raises:
        ConfigError: a part is no whole number.

    >>> whole_numbers("1,5,12", option="--epochs")
    (1, 5, 12)
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [part for part in parts if not part.isdecimal() or len(part) > _DIGITS]
    if wrong:
        raise ConfigError(f"{option} must be whole numbers such as 1,5,12; got {shown(wrong[0])}")
    return tuple(map(int, parts))
