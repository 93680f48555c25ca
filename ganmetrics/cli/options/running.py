"""The options of a run: what it keeps, prints and times."""

import functools
from typing import Any

import click

from ganmetrics.cli.options.gathering import CommandFunction
from ganmetrics.cli.output import say
from ganmetrics.timing import stage, timed


def timing_option(command: CommandFunction) -> CommandFunction:
    """Add ``--timing`` to a command: a table on stderr of where its time went, or a part of the JSON that it prints."""

    @functools.wraps(command)
    def timed_command(*arguments: object, timing: bool, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        if not timing:
            command(*arguments, **values)
            return
        with timed() as stages:
            with stage("importing torch"):
                import torch  # noqa: F401 - what most of the start-up is
            command(*arguments, **values)
        if not values["as_json"]:
            say(stages.to_text())

    told = "Say where the time went: on stderr, or with --json under the key timing."
    return click.option("--timing", is_flag=True, help=told)(timed_command)


quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress and no audit; warnings and errors only.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with the provenance.")


def cache_options(command: CommandFunction) -> CommandFunction:
    """Add the options of what is kept between runs, which become `cache`, a folder or None, and `cache_features`."""

    @functools.wraps(command)
    def with_cache(*arguments: object, no_cache: bool, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        from ganmetrics.references.cache import reference_directory

        command(*arguments, cache=None if no_cache else reference_directory(), **values)

    told = "Neither read nor keep statistics between runs."
    return click.option("--no-cache", is_flag=True, help=told)(with_cache)


cache_features_option = click.option(
    "--cache-features",
    is_flag=True,
    help="Keep the features of each image as well, so that a second metric extracts nothing anew.",
)
