"""``ganmetrics report``: one page about generated images."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.evaluate import LABELS, check_several, optional_metrics
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    PathType,
    Source,
    cache_features_option,
    cache_options,
    extraction_options,
    quiet_option,
    scoring_options,
)
from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction
    from ganmetrics.scoring.options import ScoringOptions


@click.command(cls=Command, short_help="A page to attach to a paper: scores, pictures, what to believe.")
@click.argument("real", type=SOURCE)
@click.argument("fakes", metavar="FAKE...", type=SOURCE, nargs=-1, required=True)
@click.option(
    "--out",
    type=PathType(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The page; one that is there is replaced.",
)
@click.option(
    "--metrics",
    callback=optional_metrics,
    default=None,
    help=f"Separated by commas, of: {', '.join(METRICS)}.  [default: what the images allow]",
)
@click.option("--sanity-scale", is_flag=True, help="Say what blur or noise a distance amounts to: ten more sets.")
@click.option("--real-labels", type=LABELS, default=None, help="CSV or JSON lines: the classes of the real images.")
@click.option("--fake-labels", type=LABELS, default=None, help="CSV or JSON lines: the classes asked for of the fakes.")
@extraction_options
@scoring_options
@cache_options
@cache_features_option
@quiet_option
@click.pass_context
def report(
    context: click.Context,
    real: Source,
    fakes: tuple[Source, ...],
    *,
    out: Path,
    metrics: tuple[str, ...] | None,
    sanity_scale: bool,
    real_labels: Path | None,
    fake_labels: Path | None,
    how: "Extraction",
    scoring: "ScoringOptions",
    cache: Path | None,
    cache_features: bool,
    quiet: bool,
) -> None:
    """Write one self-contained HTML page about the images in FAKE against those in REAL.

    It has a verdict, the scores with intervals, the distance against the number of images, samples, the best and the
    worst images, suspected copies, and what goes into a paper. It opens without a network, and prints. Several FAKEs
    stand beside each other. Every image passes the network once.
    """
    from dataclasses import replace

    from ganmetrics._files import check_writable_file
    from ganmetrics._types import silent
    from ganmetrics.commands.report_page.report_page import report_page
    from ganmetrics.pages.render import LARGEST_PAGE
    from ganmetrics.ranks import all_ranks

    check_several(context, fakes, fake_labels)
    start_logging(quiet=quiet)
    check_apart(out, (real, *fakes, real_labels, fake_labels, how.weights))
    check_writable_file(out, LARGEST_PAGE)
    page = report_page(
        real,
        _by_name(fakes),
        how,
        metrics=metrics,
        scoring=replace(scoring, seed=how.seed),
        sanity_scale=sanity_scale,
        real_labels=real_labels,
        fake_labels=fake_labels,
        cache=cache,
        cache_features=cache_features,
        progress=silent if quiet else bar,
    )
    with all_ranks("report") as ranks:
        ranks.once(lambda: page.save(out))
    emit(str(out))


def _by_name(fakes: tuple[Source, ...]) -> dict[str, Source]:
    """Return the sets by the last part of their path, by all of it where two would be called alike or lie elsewhere."""
    short = [fake if isinstance(fake, str) else fake.stem if fake.suffix else fake.name for fake in fakes]
    names = short if len(set(short)) == len(short) and all(short) else [str(fake) for fake in fakes]
    return dict(zip(names, fakes, strict=True))
