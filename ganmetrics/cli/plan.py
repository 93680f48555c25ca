"""``ganmetrics plan``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    Source,
    cache_features_option,
    cache_options,
    check_confidence,
    extraction_options,
    json_option,
    memory_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.progress import bar

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction


@click.command(cls=Command, short_help="How many fakes does an interval this narrow take?")
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE, required=False)
@click.option(
    "--half-width",
    "half_widths",
    type=click.FloatRange(min=0, min_open=True),
    multiple=True,
    help="Wanted, in units of the distance; may be given several times.  [default: a table of counts]",
)
@click.option(
    "--confidence", type=float, callback=check_confidence, default=0.95, show_default=True, help="Of the intervals."
)
@extraction_options
@cache_options
@cache_features_option
@memory_option
@json_option
@quiet_option
@timing_option
def plan(
    real: Source,
    fake: Source | None,
    *,
    half_widths: tuple[float, ...],
    confidence: float,
    how: "Extraction",
    cache: Path | None,
    cache_features: bool,
    memory: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print how many fakes it takes for the FID's interval to be this narrow.

    REAL stays as it is: images, or a stored reference. Half-widths are measured with parts of FAKE, at least 64 images,
    and extrapolated beyond them. Without FAKE a half of the images in REAL plays the fakes of a perfect generator.
    """
    from ganmetrics._types import silent
    from ganmetrics.commands.plan import plan as plan_images

    start_logging(quiet=quiet)
    found = plan_images(
        real,
        fake,
        how,
        half_widths=half_widths,
        confidence=confidence,
        cache=cache,
        cache_features=cache_features,
        memory=memory,
        progress=silent if quiet else bar,
    )
    emit_found(found, as_json=as_json)
