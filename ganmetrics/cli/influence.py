"""``ganmetrics influence``."""

from pathlib import Path

import click

from ganmetrics.cli.options import (
    SOURCE,
    ExtractionOptions,
    emit_found,
    extraction_options,
    json_option,
    quiet_option,
    start_logging,
    timing_option,
)
from ganmetrics.cli.output import say
from ganmetrics.cli.progress import bar

PICTURES = 32 * 2**20
"""Bytes to check for before the extraction; a sheet of hundreds of images takes less."""


@click.command()
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Images a table: at most this many."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="A folder for contact sheets of the images in the tables (PNG); made where it is missing.",
)
@extraction_options
@json_option
@quiet_option
@timing_option
def influence(
    real: Path, fake: Path, *, top: int, out: Path | None, options: ExtractionOptions, as_json: bool, quiet: bool
) -> None:
    """Print which images move the Fréchet distance between REAL and FAKE most.

    A positive influence makes the distance larger: leaving that image out makes it smaller by about as much. Influences
    add up, so classes (first-level folders) have theirs. Both sides are folders, zip files or npz files of images.
    """
    from ganmetrics._files import check_writable
    from ganmetrics._types import silent
    from ganmetrics.commands.influence import influence_of

    start_logging(quiet=quiet)
    if out is not None:
        check_writable(out, PICTURES)
    found = influence_of(
        real,
        fake,
        extractor=options.precise_extractor,
        protocol=options.protocol,
        weights=options.weights,
        count=options.count,
        seed=options.seed,
        alpha=options.alpha,
        skip_bad=options.skip_bad,
        batch_size=options.batch_size,
        workers=options.workers,
        compile=options.compile,
        device=options.device,
        offline=options.offline,
        progress=silent if quiet else bar,
    )
    # The pictures first: where they fail, nothing is on stdout.
    written = [] if out is None else found.save_pictures(out, top)
    report = found.tables(top)
    emit_found(report, as_json=as_json)
    if not quiet:
        for path in written:
            say(f"wrote {path}")
