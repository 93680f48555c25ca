"""`sanity`: every set of a study through the extractor once, scored by every metric."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from ganmetrics.commands.sanity.series import MIX_SERIES, MODES_SERIES, SERIES_NAMES, Series, StudySets, make_sets
from ganmetrics.commands.sanity.study import SanityStudy, ScoredSeries
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import default_workers
from ganmetrics.metrics.catalogue import Metric, choose_metrics
from ganmetrics.ranks import all_ranks, current
from ganmetrics.references.gather import gather
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.run import Run, split_gathering
from ganmetrics.references.sides import STORED, Demand, Request, Side, open_images
from ganmetrics.report import Report
from ganmetrics.scoring import ScoringOptions, score_sides

logger = logging.getLogger(__name__)

METRICS_OF_A_STUDY = ("fid", "kid", "is", "precision", "recall", "density", "coverage")
"""What is scored unless something else is asked: the metrics that papers report."""


def sanity(
    real: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] = METRICS_OF_A_STUDY,
    disturbances: Sequence[str] = SERIES_NAMES,
    others: object | None = None,
    memory: int = MEMORY,
    **options: Unpack[GatheringOptions],
) -> SanityStudy:
    """Return the scores of ever more disturbed images against undisturbed ones of the same kind.

    After Heusel et al. (2017, arXiv 1706.08500, appendix A1), with two differences: the disturbed images are not those
    of the reference (`make_sets` says why), and every metric of the catalogue can be asked. Called on all processes of
    torch.distributed's group, each extracts a share and all return the whole.

    Args:
        real: a folder, zip or npz (path), uint8 tensor [n, 3, h, w] or map-style data set.
        how: how images become features; or its fields as keywords. Its `count` is of images in every set, None for half
            of `real`; its seed is also that of what the disturbances draw.
        metrics: names of the catalogue.
        disturbances: names of `ganmetrics.commands.sanity.series.NAMES`; ``modes`` needs class folders, ``mix``
            needs `others`.
        others: images of another kind, for contamination.
        memory: bytes that features may take; past it they lie on the disk.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
            `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed, or a stored reference is given for images.
        NotEnoughSamples: `real` has fewer than twice `count` images, or `others` too few.
        GanMetricsError: as `ganmetrics.evaluate` does.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> study = sanity(random_images(40), metrics=("fid",), disturbances=("rectangles",),
    ...                extractor=ChannelMeans(), workers=0)
    >>> study.series[0].levels, study.series[0].verdict("fd_channel-means")
    ((0.0, 0.25, 0.5, 0.75), 'monotone')
    """
    chosen = choose_metrics(metrics)
    extraction, run = split_gathering(how, options)
    with all_ranks("sanity") as ranks:
        sets = ranks.each(lambda: _sets(real, others, chosen, disturbances, extraction))
        # Every set is made of the chosen images already.
        scorer = _Scorer(
            chosen, replace(extraction, count=None), run, ScoringOptions(seed=extraction.seed, memory=memory)
        )
        _check_mixtures(sets, scorer)
        real_side, clean = scorer.start(sets)
        series = tuple(_scored(one, sets, real_side, clean, scorer) for one in sets.series)
    units = {one.name: one.unit for one in sets.series}
    chosen_by = {"count": len(sets.clean), "seed": extraction.seed, "disturbances": units}
    return SanityStudy(series, sets, {**clean.provenance, "study": chosen_by})


def _sets(
    real: object, others: object | None, metrics: tuple[Metric, ...], disturbances: Sequence[str], how: Extraction
) -> StudySets:
    """Return the sets of a study, which have all that the metrics read of them."""
    sets = make_sets(
        open_images(real, how, purpose="a disturbance study"),
        disturbances=disturbances,
        others=None if others is None else open_images(others, how, purpose="a disturbance study"),
        count=how.count,
        seed=how.seed,
        alpha=how.alpha,
        least=max(metric.least for metric in metrics),
    )
    _check_classes(metrics, sets)
    return sets


@dataclass(frozen=True)
class _Scorer:
    """Sets of images to scores."""

    metrics: tuple[Metric, ...]
    how: Extraction
    run: Run
    options: ScoringOptions

    def start(self, sets: StudySets) -> tuple[Side | None, Report]:
        """Return the reference, None where no metric reads it, and the scores of the undisturbed images."""
        of_both = tuple(metric for metric in self.metrics if metric.real)
        requests = [self._request("real", sets.real, of_both)] if of_both else []
        *given, clean = self._gather([*requests, self._request("fake", sets.clean, self.metrics)])
        real = given[0] if given else None
        return real, self._report(real, clean, warn=True)

    def score(self, real: Side | None, source: ImageSource) -> Report:
        """Return the scores of one set; the warnings were those of the first."""
        logger.info("%s", source.name)
        (fake,) = self._gather([self._request("fake", source, self.metrics)])
        return self._report(real, fake, warn=False)

    def _report(self, real: Side | None, fake: Side, *, warn: bool) -> Report:
        """Return the scores of a set; a study needs all of them at every level."""
        report = current().once(lambda: score_sides(self.metrics, real, fake, self.options, warn=warn))
        for refusal in report.refusals.values():
            raise InputError(f"a study needs every score at every level; {refusal}")
        return report

    def _request(self, role: str, source: ImageSource, metrics: tuple[Metric, ...]) -> Request:
        demands = tuple(
            Demand(metric.title, metric.real if role == "real" else metric.fake, metric.least) for metric in metrics
        )
        images = self.options.interval and any(not demand.needs.isdisjoint(STORED) for demand in demands)
        return Request(role, source, demands, images=images, memory=self.options.memory)

    def _gather(self, requests: list[Request]) -> list[Side]:
        return gather(requests, self.how, cache=self.run.cache, progress=self.run.progress)


def _scored(series: Series, sets: StudySets, real: Side | None, clean: Report, scorer: _Scorer) -> ScoredSeries:
    reports = (clean if step.source is sets.clean else scorer.score(real, step.source) for step in series.steps)
    return ScoredSeries(series.name, series.unit, tuple(step.level for step in series.steps), tuple(reports))


def _check_classes(metrics: tuple[Metric, ...], sets: StudySets) -> None:
    """Refuse metrics that read classes where a set has images without."""
    for metric in metrics:
        if "classes" not in metric.fake:
            continue
        for step in (step for series in sets.series for step in series.steps):
            if any(step.source.class_of(index) is None for index in range(len(step.source))):
                raise InputError(f"{metric.title} needs a class for each image; {step.source.name} has images without")


def _check_mixtures(sets: StudySets, scorer: _Scorer) -> None:
    """Read the images that only late sets hold before the first set costs an extraction."""
    how = scorer.how
    workers = default_workers() if how.workers is None else how.workers
    for series in sets.series:
        for step in series.steps[1:] if series.name in (MODES_SERIES, MIX_SERIES) else ():
            audit(
                step.source,
                alpha=how.alpha,
                bit_depth=how.bit_depth,
                workers=workers,
                skip_bad=how.skip_bad,
                progress=scorer.run.progress,
            )
