"""``ganmetrics influence``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    Opener,
    PathType,
    Source,
    cache_features_option,
    cache_options,
    extraction_options,
    features_options,
    json_option,
    memory_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.output import say
from ganmetrics.cli.progress import bar

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

_PICTURES = 32 * 2**20
"""Bytes to check for before the extraction; a sheet of hundreds of images takes less."""


@click.command(cls=Command, short_help="Which images move the distance between REAL and FAKE.")
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Images a table: at most this many."
)
@click.option(
    "--out",
    type=PathType(path_type=Path, file_okay=False),
    default=None,
    help="A folder for contact sheets of the images in the tables (PNG); made where it is missing.",
)
@features_options
@extraction_options
@cache_options
@cache_features_option
@memory_option
@json_option
@quiet_option
@timing_option
def influence(
    real: Source,
    fake: Source,
    *,
    top: int,
    out: Path | None,
    opener: Opener,
    how: "Extraction",
    cache: Path | None,
    cache_features: bool,
    memory: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print which images move the Fréchet distance between REAL and FAKE most.

    A positive influence makes the distance larger: leaving that image out makes it smaller by about as much. Influences
    add up, so classes (first-level folders) have theirs. Both sides are folders, zip files or npz files of images.
    """
    from ganmetrics._files import check_writable
    from ganmetrics._types import silent
    from ganmetrics.commands.influence import SHEETS
    from ganmetrics.commands.influence import influence as influence_of_images
    from ganmetrics.ranks import all_ranks

    start_logging(quiet=quiet)
    sides = opener(real), opener(fake)
    if out is not None and sides != (real, fake):
        raise click.UsageError("--out shows images; --features has none.")
    if out is not None:
        check_apart(out, (*sides, how.weights), pictures=True, names=SHEETS)
        check_writable(out, _PICTURES)
    found = influence_of_images(
        sides[0],
        sides[1],
        how,
        cache=cache,
        cache_features=cache_features,
        memory=memory,
        progress=silent if quiet else bar,
    )
    # The pictures first: where they fail, nothing is on stdout.
    with all_ranks("influence") as ranks:
        written = ranks.once(lambda: [] if out is None else found.save_pictures(out, top))
    report = found.tables(top)
    emit_found(report, as_json=as_json)
    if not quiet:
        for path in written:
            say(f"wrote {path}")
