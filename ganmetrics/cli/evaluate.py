"""``ganmetrics fid`` and ``ganmetrics evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.metric_options import IntervalOptions, MetricOptions, interval_options, metric_options
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
    from ganmetrics.report import Report


def split_metrics(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Return names of metrics that are separated by commas; an unknown one is wrong usage."""
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        if name not in METRICS:
            raise click.BadParameter(f"{name!r} is not one of {', '.join(METRICS)}.", context, parameter)
    return names


@click.command()
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@extraction_options
@interval_options
@cache_option
@json_option
@quiet_option
@timing_option
def fid(
    real: Path,
    fake: Path,
    *,
    options: ExtractionOptions,
    intervals: IntervalOptions,
    no_cache: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print the Fréchet distance between the images in REAL and FAKE.

    Both are folders (searched through), zip files, npz files (arr_0: uint8, NHWC) or stored references. With the
    published Inception weights the number is the FID of the papers; --extractor efficientnet-lite0 needs no download.
    """
    start_logging(quiet=quiet)
    report = _report(
        real,
        fake,
        ("fid",),
        options=options,
        intervals=intervals,
        choices=MetricOptions(),
        cached=not no_cache,
        quiet=quiet,
    )
    emit_found(report, as_json=as_json)


@click.command()
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@click.option(
    "--metrics",
    callback=split_metrics,
    default="fid",
    show_default=True,
    help=f"Separated by commas, of: {', '.join(METRICS)}.",
)
@extraction_options
@interval_options
@metric_options
@cache_option
@json_option
@quiet_option
@timing_option
def evaluate(
    real: Path,
    fake: Path,
    *,
    metrics: tuple[str, ...],
    options: ExtractionOptions,
    intervals: IntervalOptions,
    choices: MetricOptions,
    no_cache: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print several metrics of the images in FAKE against those in REAL, from one pass over each."""
    start_logging(quiet=quiet)
    report = _report(
        real, fake, metrics, options=options, intervals=intervals, choices=choices, cached=not no_cache, quiet=quiet
    )
    emit_found(report, as_json=as_json)


def _report(
    real: Path,
    fake: Path,
    metrics: tuple[str, ...],
    *,
    options: ExtractionOptions,
    intervals: IntervalOptions,
    choices: MetricOptions,
    cached: bool,
    quiet: bool,
) -> "Report":
    """Call the library once with the parsed options."""
    from ganmetrics._types import silent
    from ganmetrics.commands.evaluate import evaluate as evaluate_images
    from ganmetrics.references.cache import reference_directory

    return evaluate_images(
        real,
        fake,
        metrics=metrics,
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
        interval=not intervals.no_interval,
        confidence=intervals.confidence,
        floor=choices.floor,
        k=choices.k,
        subsets=choices.subsets,
        subset_size=choices.subset_size,
        splits=choices.splits,
        memory=choices.memory,
        progress=silent if quiet else bar,
    )
