"""``ganmetrics compare``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    Opener,
    Source,
    cache_features_option,
    cache_options,
    check_confidence,
    extraction_options,
    features_options,
    json_option,
    memory_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import CONTESTED

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction


def split_contested(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Return names of metrics that are separated by commas; an unknown one is wrong usage."""
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
    for name in names:
        if name not in CONTESTED:
            raise click.BadParameter(f"{name!r} is not one of {', '.join(CONTESTED)}.", context, parameter)
    return names


@click.command(cls=Command, short_help="Is generator A better than B? Differences with intervals.")
@click.argument("real", type=SOURCE)
@click.argument("first", metavar="A", type=SOURCE)
@click.argument("second", metavar="B", type=SOURCE)
@click.option(
    "--metrics",
    callback=split_contested,
    default=",".join(CONTESTED),
    show_default=True,
    help="Separated by commas.",
)
@click.option(
    "--confidence", type=float, callback=check_confidence, default=0.95, show_default=True, help="Of the intervals."
)
@features_options
@extraction_options
@cache_options
@cache_features_option
@memory_option
@json_option
@quiet_option
@timing_option
def compare(
    real: Source,
    first: Source,
    second: Source,
    *,
    metrics: tuple[str, ...],
    confidence: float,
    opener: Opener,
    how: "Extraction",
    cache: Path | None,
    cache_features: bool,
    memory: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print whether generator A's images or B's are closer to those in REAL, and whether that may be chance.

    A row a metric: both scores, their difference with its interval, and a p-value: of the hypothesis that A and B are
    images of one generator. One is called better where interval and p-value agree. All three are folders, zip files or
    npz files of images.
    """
    from ganmetrics._types import silent
    from ganmetrics.commands.compare import compare as compare_images

    start_logging(quiet=quiet)
    found = compare_images(
        opener(real),
        opener(first),
        opener(second),
        how,
        metrics=metrics,
        confidence=confidence,
        cache=cache,
        cache_features=cache_features,
        memory=memory,
        progress=silent if quiet else bar,
    )
    emit_found(found, as_json=as_json)
