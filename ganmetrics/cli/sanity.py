"""``ganmetrics sanity``: what each metric makes of images that get worse step by step."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.evaluate import split_metrics
from ganmetrics.cli.help import Command
from ganmetrics.cli.options import (
    SOURCE,
    PathType,
    cache_options,
    emit_found,
    extraction_options,
    json_option,
    quiet_option,
    start_logging,
    timing_option,
)
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

FOLDER = PathType(path_type=Path, file_okay=False)


@click.command(cls=Command, short_help="Which metrics notice which fault, on your own images.")
@click.argument("real", type=SOURCE)
@click.option(
    "--metrics",
    callback=split_metrics,
    default="fid,kid,is,precision,recall,density,coverage",
    show_default=True,
    help=f"Separated by commas, of: {', '.join(METRICS)}.",
)
@click.option("--others", type=SOURCE, default=None, help="Images of another kind, mixed in step by step.")
@click.option("--out", type=FOLDER, default=None, help="Where a CSV, a plot and a sheet of examples go.")
@extraction_options
@cache_options
@json_option
@quiet_option
@timing_option
def sanity(
    real: Path,
    *,
    metrics: tuple[str, ...],
    others: Path | None,
    out: Path | None,
    how: "Extraction",
    cache: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Disturb images of REAL step by step and print whether each metric notices.

    One half of REAL (--count images, where given) is the reference; another one is disturbed: noise, blur, salt and
    pepper, black rectangles, swirl, JPEG, classes that are missing (where REAL has class folders), other images among
    them (where --others gives some). A metric is monotone in a disturbance if every level scores worse than the one
    before. About twenty sets are extracted.
    """
    from ganmetrics._types import silent
    from ganmetrics.commands.sanity.output import check_output, save_study
    from ganmetrics.commands.sanity.run import sanity as study_images
    from ganmetrics.ranks import all_ranks

    start_logging(quiet=quiet)
    if out is not None:
        check_output(out)
    study = study_images(real, how, metrics=metrics, others=others, cache=cache, progress=silent if quiet else bar)
    emit_found(study, as_json=as_json)
    if out is not None:
        folder = out
        with all_ranks("sanity") as ranks:
            ranks.once(lambda: save_study(study, folder, alpha=how.alpha))
