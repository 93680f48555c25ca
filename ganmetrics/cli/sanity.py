"""``ganmetrics sanity``: what each metric makes of images that get worse step by step."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.evaluate import split_metrics
from ganmetrics.cli.options import (
    SOURCE,
    ExtractionOptions,
    cache_option,
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
    from ganmetrics.commands.sanity.study import Study

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
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
@cache_option
@json_option
@quiet_option
@timing_option
def sanity(
    real: Path,
    *,
    metrics: tuple[str, ...],
    others: Path | None,
    out: Path | None,
    options: ExtractionOptions,
    no_cache: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Disturb images of REAL step by step and print whether each metric notices.

    One half of REAL (--count images, where given) is the reference; another one is disturbed: noise, blur, salt and
    pepper, black rectangles, swirl, JPEG, classes that are missing (where REAL has class folders), other images among
    them (where --others gives some). A metric is monotone in a disturbance if every level scores worse than the one
    before. About twenty sets are extracted.
    """
    from ganmetrics.commands.sanity.output import check_output, save_study

    start_logging(quiet=quiet)
    if out is not None:
        check_output(out)
    study = _study(real, metrics, others=others, options=options, cached=not no_cache, quiet=quiet)
    emit_found(study, as_json=as_json)
    if out is not None:
        save_study(study, out, alpha=options.alpha)


def _study(
    real: Path,
    metrics: tuple[str, ...],
    *,
    others: Path | None,
    options: ExtractionOptions,
    cached: bool,
    quiet: bool,
) -> "Study":
    """Call the library once with the parsed options."""
    from ganmetrics._types import silent
    from ganmetrics.commands.sanity.run import disturbance_study
    from ganmetrics.references.cache import reference_directory

    return disturbance_study(
        real,
        metrics=metrics,
        others=others,
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
        cache=reference_directory() if cached else None,
        progress=silent if quiet else bar,
    )
