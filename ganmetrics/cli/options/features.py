"""The options that make a command take features in the place of images."""

import functools
from collections.abc import Callable
from typing import Any

import click

from ganmetrics._files import as_path
from ganmetrics.cli.options.gathering import CommandFunction
from ganmetrics.cli.options.parsing import Source

Opener = Callable[[Source], object]
"""Turns a path from the command line into what the library takes: itself, or the features in it."""


def features_options(command: CommandFunction) -> CommandFunction:
    """Add ``--features``, ``--name`` and ``--column`` to a command, which receives them as `opener`."""

    @functools.wraps(command)
    def with_opener(
        *arguments: object,
        features: bool,
        name: str | None,
        column: str | None,
        **values: Any,  # noqa: ANN401 - whatever click parsed
    ) -> None:
        if not features and (name is not None or column is not None):
            raise click.UsageError("--name and --column go with --features.")
        command(*arguments, opener=_opener(name, column) if features else _as_it_is, **values)

    added = (
        click.option(
            "--features",
            is_flag=True,
            help="The sets are features [n, d], not images: .npy, .npz, .pt, .safetensors or .parquet.",
        ),
        click.option("--name", default=None, help="The encoder of the features: the score is called fd_<name>."),
        click.option("--column", default=None, help="The array or column of features, where a file has several."),
    )
    extended: CommandFunction = with_opener
    for option in reversed(added):
        extended = option(extended)
    return extended


def _as_it_is(path: Source) -> Source:
    return path


def _opener(name: str | None, column: str | None) -> Opener:
    """Return what loads features, and leaves stored statistics to the library."""

    def opened(path: Source) -> object:
        from ganmetrics.data.features import Features
        from ganmetrics.references.formats.registry import holds_moments

        # What lies elsewhere is text, and statistics.
        if isinstance(path, str) or holds_moments(as_path(path)):
            return path
        return Features.load(path, name=name, column=column)

    return opened
