"""`report_page`: one pass over the images of every side, and the page that is made of what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from ganmetrics._files import as_path
from ganmetrics._types import Progress, silent
from ganmetrics.commands.report_page import scale
from ganmetrics.commands.report_page.assemble import assemble
from ganmetrics.commands.report_page.material import GENERATOR_COLOURS, Generator, Material, ScaleOf
from ganmetrics.commands.report_page.repeat import command_for
from ganmetrics.commands.requests import Sides, check_sides, requests_for
from ganmetrics.commands.sanity.run import sanity
from ganmetrics.core.neighbours.between import BothSets, of_both
from ganmetrics.data.features import Features
from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import Metric, choose_metrics
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS
from ganmetrics.pages import Page
from ganmetrics.ranks import all_ranks
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.gather import gather
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Demand, Labels, Request, Side, StoredBeside, open_side
from ganmetrics.report import Ranking
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.keywords import EvaluationOptions, split_options
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.ranking import score_generators
from ganmetrics.timing import stage

METRICS_OF_A_PAGE = ("fid", "kid", "precision", "recall", "density", "coverage", "authenticity")
"""What is scored where nothing is named and both sides have images."""
OF_STATISTICS = ("fid",)
"""What statistics can be scored by."""
MOST_CLASSES = 100
"""Classes up to which each is scored unless asked otherwise: each costs a fit."""


@dataclass(frozen=True)
class ReportPage:
    """The page, and the scores on it.

    Attributes:
        page: all of it.
        ranking: the scores of every generator.
    """

    page: Page
    ranking: Ranking

    def to_html(self) -> str:
        """Return the page as HTML, complete in itself.

        Raises:
            InputError: it would be larger than 5 MB.
        """
        return self.page.to_html()

    def save(self, path: str | Path) -> None:
        """Write the page, whole or not at all.

        Raises:
            InputError: it would be larger than 5 MB.
            StorageError: it cannot be written.
        """
        self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page.to_html()


def report_page(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] | None = None,
    scoring: ScoringOptions | None = None,
    sanity_scale: bool = False,
    real_labels: Labels = None,
    fake_labels: Labels = None,
    cache: str | Path | None = None,
    cache_features: bool = False,
    progress: Progress = silent,
    **options: Unpack[EvaluationOptions],
) -> ReportPage:
    """Return a page about the fake images against the real ones: scores, what lies behind them, and the images.

    Every image passes the network once, whatever the page shows of it. What needs images is left out where statistics
    stand for them, and the page says so. Called on all processes of torch.distributed's group, each extracts a share
    and all return the page.

    Args:
        real: a source of images or statistics, as `ganmetrics.evaluate` takes it.
        fake: the same; or several generators' images, by name.
        how: how images become features; or its fields as keywords.
        metrics: names of the catalogue; None for those that the sides allow.
        scoring: what is chosen about the metrics; or its fields as keywords. Where there are images a
            floor is added.
        sanity_scale: disturb the real images, score that, and say what a generator's distance amounts to: ten
            more sets.
        real_labels: the class of each real image, as `ganmetrics.evaluate` takes them.
        fake_labels: the class of each fake image, likewise; with one generator only.
        cache: a folder to keep statistics in between runs; None keeps none.
        cache_features: keep the features of each image there as well.
        progress: shows how far a stage has come.
        options: the fields of `ganmetrics.Extraction` and of `ganmetrics.scoring.options.ScoringOptions`.

    Raises:
        InputError: a source or an option is not what is needed, or two sets hold the same images.
        NotEnoughSamples: a side has fewer images than every metric is defined for.
        NumericsError: the extractor gave a non-finite feature.
        StaleStatistics: a reference was made by another extractor, weights or protocol.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> page = report_page(random_images(40, seed=1), random_images(40, seed=2), extractor=ChannelMeans(), workers=0)
    >>> page.to_html().startswith("<!DOCTYPE html>"), list(page.ranking["fake"])[:2]
    (True, ['fd_channel-means', 'kd_channel-means'])
    """
    extraction, choices = split_options(how, scoring, options)
    fakes = _named(fake, fake_labels)
    store = None if cache is None else ReferenceCache(as_path(cache), features=cache_features)
    with all_ranks("report_page") as ranks:
        sides = ranks.each(
            lambda: Sides(
                open_side(real, extraction, real_labels),
                {name: open_side(one, extraction, fake_labels) for name, one in fakes.items()},
            )
        )
        given = next((side for side in sides if isinstance(side, Features)), None)
        if given is not None:
            raise InputError(f"a report shows images; {given.source} holds features")
        chosen = choose_metrics(_metrics(sides) if metrics is None else metrics)
        with_floor = replace(choices, floor=choices.floor or not isinstance(sides.real, Reference))
        check_sides(sides, chosen, extraction, with_floor)
        requests = _requests(sides, chosen, with_floor)
        distinct = "a ranking" if len(fakes) > 1 else None
        gathered = gather(requests, extraction, cache=store, distinct=distinct, progress=progress)
        study = _scale(real, extraction, cache, progress) if sanity_scale else {}
        extra: dict[str, object] = {"--metrics": ",".join(metrics)} if metrics is not None else {}
        command = command_for(
            real, fakes, extraction, choices, extra | ({"--sanity-scale": True} if sanity_scale else {})
        )

        def made() -> ReportPage:
            material = _material(chosen, requests, gathered, with_floor)
            material = replace(material, how=extraction, command=command, scale=study, progress=progress)
            with stage("page"):
                return ReportPage(assemble(material), material.ranking)

        return ranks.once(made)


def _named(fake: object, labels: Labels) -> dict[str, object]:
    if not isinstance(fake, Mapping):
        return {"fake": fake}
    wrong = [name for name in fake if not isinstance(name, str) or not name]
    if wrong or not fake:
        raise InputError(f"generators need a name each; got {wrong[0]!r}" if wrong else "generators: there is none")
    if labels is not None and len(fake) > 1:
        raise InputError("labels of the fake images go with one generator; got several")
    return dict(fake)


def _metrics(sides: Sides) -> tuple[str, ...]:
    """Return what the sides can be scored by."""
    images = [side for side in sides if not isinstance(side, Reference | StoredBeside)]
    if len(images) < len(list(sides)):
        return OF_STATISTICS
    classes = [{side.class_of(index) for index in range(len(side))} for side in images]
    real, *others = classes
    labelled = None not in real and 1 < len(real) <= MOST_CLASSES and all(found <= real for found in others)
    return (*METRICS_OF_A_PAGE, "intra_fid") if labelled else METRICS_OF_A_PAGE


def _requests(sides: Sides, metrics: tuple[Metric, ...], options: ScoringOptions) -> list[Request]:
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


def _material(
    metrics: tuple[Metric, ...], requests: Sequence[Request], gathered: Sequence[Side], options: ScoringOptions
) -> Material:
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
        generators.append(Generator(name, side, ranking[name], colour, neighbours, reason))
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


def _scale(real: object, how: Extraction, cache: str | Path | None, progress: Progress) -> dict[str, ScaleOf]:
    """Return the distances of disturbed real images, by disturbance."""
    study = sanity(
        real,
        replace(how, count=None),
        metrics=("fid",),
        disturbances=scale.DISTURBANCES,
        cache=cache,
        progress=progress,
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
