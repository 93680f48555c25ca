"""``ganmetrics fid`` and ``ganmetrics evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.curve import check_curve, draw_curve
from ganmetrics.cli.documents import Documents, check_documents, document_options, run_facts
from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.hints import meant
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    Networks,
    Opener,
    PathType,
    Source,
    cache_features_option,
    cache_options,
    extraction_options,
    features_options,
    interval_options,
    json_option,
    quiet_option,
    scoring_options,
    several_extractions_options,
    timing_option,
)
from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction
    from ganmetrics.report import ByExtractor, Ranking, Report
    from ganmetrics.scoring.options import ScoringOptions

LABELS = PathType(path_type=Path)

PARTLY = 3
"""The exit status where some of the metrics could not be scored."""


def split_metrics(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Return names of metrics that are separated by commas; an unknown one is wrong usage."""
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        if name not in METRICS:
            raise click.BadParameter(
                f"{name!r} is not one of {', '.join(METRICS)}{meant(name, METRICS)}", context, parameter
            )
    return names


def optional_metrics(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Return names of metrics; None where none are named."""
    return None if value is None else split_metrics(context, parameter, value)


def check_several(context: click.Context, fakes: tuple[Source, ...], labels: Path | None) -> None:
    """Refuse a generator that is named twice, and one file of labels for several."""
    twice = next((fake for fake in fakes if fakes.count(fake) > 1), None)
    if twice is not None:
        raise click.UsageError(f"FAKE needs each set once; {twice} came twice.", context)
    if len(fakes) > 1 and labels is not None:
        raise click.UsageError("--fake-labels goes with one FAKE.", context)


def check_one_network(context: click.Context, networks: Networks, documents: Documents, curve: Path | None) -> None:
    """Refuse, before any work, what is written for one extractor where there are several."""
    if networks.extractors is not None and (documents.asked or curve is not None):
        raise click.UsageError("a row, checklist, citations, card or curve goes with one --extractor.", context)


def reports_of(found: "Report | Ranking | ByExtractor[Report] | ByExtractor[Ranking]") -> "list[Report]":
    """Return the reports in what was found, of every generator by every extractor."""
    from ganmetrics.report import Report

    return [found] if isinstance(found, Report) else [report for one in found.values() for report in reports_of(one)]


@click.command(cls=Command, short_help="The distance of papers: how far FAKE is from REAL.")
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@features_options
@extraction_options
@interval_options
@cache_options
@json_option
@quiet_option
@timing_option
def fid(
    real: Source,
    fake: Source,
    *,
    opener: Opener,
    how: "Extraction",
    scoring: "ScoringOptions",
    cache: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print the Fréchet distance between the images in REAL and FAKE.

    Both are folders (searched through), zip files, npz files (arr_0: uint8, NHWC) or stored references. With the
    published Inception weights the number is the FID of the papers; --extractor efficientnet-lite0 needs no download.
    """
    from ganmetrics._types import silent
    from ganmetrics.commands.evaluate import evaluate as evaluate_images

    start_logging(quiet=quiet)
    report = evaluate_images(
        opener(real), opener(fake), how, scoring=scoring, cache=cache, progress=silent if quiet else bar
    )
    emit_found(report, as_json=as_json)


@click.command(cls=Command, short_help="Several metrics of FAKE against REAL, from one pass over each.")
@click.argument("real", type=SOURCE)
@click.argument("fakes", metavar="FAKE...", type=SOURCE, nargs=-1, required=True)
@click.option(
    "--metrics",
    callback=split_metrics,
    default="fid",
    show_default=True,
    help=f"Separated by commas, of: {', '.join(METRICS)}.",
)
@click.option("--test", type=SOURCE, default=None, help="Real images held out from training: the scale of every score.")
@click.option("--real-labels", type=LABELS, default=None, help="CSV or JSON lines: the classes of the real images.")
@click.option("--fake-labels", type=LABELS, default=None, help="CSV or JSON lines: the classes asked for of the fakes.")
@features_options
@several_extractions_options
@scoring_options
@cache_options
@cache_features_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a line a score, separated by commas.")
@click.option(
    "--curve", type=PathType(path_type=Path), default=None, help="Draw the precision-recall curve into this PNG file."
)
@quiet_option
@timing_option
@document_options
@click.pass_context
def evaluate(
    context: click.Context,
    real: Source,
    fakes: tuple[Source, ...],
    *,
    metrics: tuple[str, ...],
    test: Source | None,
    real_labels: Path | None,
    fake_labels: Path | None,
    opener: Opener,
    networks: Networks,
    scoring: "ScoringOptions",
    cache: Path | None,
    cache_features: bool,
    documents: Documents,
    as_json: bool,
    as_csv: bool,
    curve: Path | None,
    quiet: bool,
) -> None:
    """Print several metrics of the images in FAKE against those in REAL, from one pass over each.

    Several extractors give their own scores, as each would alone; every image is decoded once.

    Several FAKEs are ranked: a table for each metric, and which of them differ beyond chance.

    A metric that cannot be scored leaves the others alone: its line has the reason, and the exit status is 3.
    """
    from dataclasses import replace
    from time import perf_counter

    from ganmetrics._types import silent
    from ganmetrics.commands.evaluate import evaluate as evaluate_images
    from ganmetrics.report import ByExtractor

    check_documents(context, documents, others=as_json or as_csv)
    if curve is not None:
        read = (real, *fakes, test, real_labels, fake_labels, networks.how.weights)
        check_apart(curve, read, pictures=True)
        check_curve(context, metrics, curve)
    check_several(context, fakes, fake_labels)
    check_one_network(context, networks, documents, curve)
    start_logging(quiet=quiet)
    began = perf_counter()
    report = evaluate_images(
        opener(real),
        opener(fakes[0]) if len(fakes) == 1 else {str(fake): opener(fake) for fake in fakes},
        networks.how,
        extractors=networks.extractors,
        metrics=metrics,
        scoring=replace(scoring, seed=networks.how.seed),
        test=None if test is None else opener(test),
        real_labels=real_labels,
        fake_labels=fake_labels,
        cache=cache,
        cache_features=cache_features,
        progress=silent if quiet else bar,
    )
    if documents.asked and not isinstance(report, ByExtractor):
        emit(documents.of(report, run_facts(perf_counter() - began)))
    elif as_csv:
        emit(report.to_csv().rstrip("\n"))
    else:
        emit_found(report, as_json=as_json)
    if curve is not None and not isinstance(report, ByExtractor):
        draw_curve(report, curve)
    if any(one.refusals for one in reports_of(report)):
        context.exit(PARTLY)
