"""Options that several commands share."""

from pathlib import Path

import click

from ganmetrics import shown
from reference_models.errors import ConfigError

run_argument = click.argument("run", type=click.Path(path_type=Path))
out_option = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the result; nothing in it is replaced."
)
class_option = click.option("--class", "label", metavar="K", help="Class of a conditional model; the first by default.")
seed_option = click.option("--seed", default=0, show_default=True, help="Of the samples and choices.")


def whole_numbers(text: str, *, option: str) -> tuple[int, ...]:
    """Return the numbers of a comma-separated list, none for an empty one.

    Raises:
        ConfigError: a part is no whole number.

    >>> whole_numbers("1,5,12", option="--epochs")
    (1, 5, 12)
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [part for part in parts if not part.isdecimal()]
    if wrong:
        raise ConfigError(f"{option} must be whole numbers such as 1,5,12; got {shown(wrong[0])}")
    return tuple(map(int, parts))
