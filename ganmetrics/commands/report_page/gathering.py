"""What a page asks of each side, and the material that it is made of."""

from collections.abc import Sequence
from dataclasses import replace

from ganmetrics.commands.report_page import scale
from ganmetrics.commands.report_page.material import GENERATOR_COLOURS, Material, ReportedGenerator, ScaleOf
from ganmetrics.commands.requests import OpenedSides, requests_for
from ganmetrics.commands.sanity.sanity import sanity
from ganmetrics.core.neighbours.between import BothSets, of_both
from ganmetrics.errors import GanMetricsError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS
from ganmetrics.references.reference import Reference
from ganmetrics.references.run import Run
from ganmetrics.references.sides import Demand, Request, Side, StoredBeside
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.ranking import score_generators

METRICS_OF_A_PAGE = ("fid", "kid", "precision", "recall", "density", "coverage", "authenticity")
"""What is scored where nothing is named and both sides have images."""
OF_STATISTICS = ("fid",)
"""What statistics can be scored by."""
MOST_CLASSES = 100
"""Classes up to which each is scored unless asked otherwise: each costs a fit."""


def metrics_for(sides: OpenedSides) -> tuple[str, ...]:
    """Return what the sides can be scored by."""
    images = [side for side in sides if not isinstance(side, Reference | StoredBeside)]
    if len(images) < len(list(sides)):
        return OF_STATISTICS
    classes = [{side.class_of(index) for index in range(len(side))} for side in images]
    real, *others = classes
    labelled = None not in real and 1 < len(real) <= MOST_CLASSES and all(found <= real for found in others)
    return (*METRICS_OF_A_PAGE, "intra_fid") if labelled else METRICS_OF_A_PAGE


def page_requests(sides: OpenedSides, metrics: tuple[Metric, ...], options: ScoringOptions) -> list[Request]:
    """Return what the metrics ask of each side, and of images all that the page reads besides."""
    found = requests_for(sides, metrics, options)
    if not any(request.role == "real" for request in found):
        assert not isinstance(sides.real, StoredBeside)
        found.insert(0, Request("real", sides.real, (), memory=options.memory))
    return [
        request
        if isinstance(request.opened, Reference)
        else replace(
            request,
            demands=(*request.demands, Demand("a report", frozenset({"moments", "features"}), 2)),
            images=True,
        )
        for request in found
    ]


def material_of(
    metrics: tuple[Metric, ...], requests: Sequence[Request], gathered: Sequence[Side], options: ScoringOptions
) -> Material:
    """Return the material of gathered sides: every score, and who is whose neighbour."""
    real, *sides = gathered
    names = [request.role for request in requests[1:]]
    ranking = score_generators(metrics, real, dict(zip(names, sides, strict=True)), options)
    warnings: dict[str, None] = {}
    generators = []
    for place, (name, side) in enumerate(zip(names, sides, strict=True)):
        comparison = Comparison.of(real, side)
        warnings |= dict.fromkeys(comparison.warnings(metrics))
        neighbours, reason = _neighbours(comparison, options)
        colour = 1 + place % GENERATOR_COLOURS
        generators.append(ReportedGenerator(name, side, ranking[name], colour, neighbours, reason))
    return Material(real, tuple(generators), ranking, tuple(warnings), Extraction(), options, "")


def _neighbours(comparison: Comparison, options: ScoringOptions) -> tuple[BothSets | None, str]:
    """Return who is whose neighbour, or why that is not known."""
    real, fake = comparison.real, comparison.fake
    if real is None or real.features is None or fake.features is None:
        return None, "this needs the images of both sides; statistics stand for one of them"
    convention = NEIGHBOUR_CONVENTIONS[comparison.protocol.precision_recall]
    k = options.k or convention.k
    try:
        return of_both(real.features, fake.features, k=k, strict=convention.strict, memory=options.memory), ""
    except GanMetricsError as error:
        return None, str(error)


def scale_of(real: object, how: Extraction, run: Run) -> dict[str, ScaleOf]:
    """Return the distances of disturbed real images, by disturbance."""
    study = sanity(
        real,
        replace(how, count=None),
        metrics=("fid",),
        disturbances=scale.SCALE_DISTURBANCES,
        cache=None if run.cache is None else run.cache.directory,
        progress=run.progress,
    )
    (name,) = study.metrics
    return {
        series.name: ScaleOf(
            series.unit,
            series.levels,
            tuple(series.values(name)),
            tuple(report[name].corrected for report in series.reports),
        )
        for series in study.series
    }
