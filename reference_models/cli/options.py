"""Options that several commands share."""

from pathlib import Path

import click

run_argument = click.argument("run", type=click.Path(path_type=Path))
out_option = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the result; nothing in it is replaced."
)
seed_option = click.option("--seed", default=0, show_default=True, help="Of the samples and choices.")
