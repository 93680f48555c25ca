"""`disturbance_study`: every set of a study through the extractor once, scored by every metric."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ganmetrics._types import Progress, silent
from ganmetrics.commands.sanity.series import MIX, MODES, NAMES, Series, Sets, make_sets
from ganmetrics.commands.sanity.study import ScoredSeries, Study
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.extraction.settings import Settings, resolve_settings
from ganmetrics.features.base import Extractor
from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.reference import Reference
from ganmetrics.report import Report
from ganmetrics.scoring import ScoringOptions, score_sides
from ganmetrics.scoring.gather import gather
from ganmetrics.scoring.sides import Request, Side, open_side

logger = logging.getLogger(__name__)

METRICS_OF_A_STUDY = ("fid", "kid", "is", "precision", "recall", "density", "coverage")
"""What is scored unless something else is asked: the metrics that papers report."""


def disturbance_study(
    real: object,
    *,
    metrics: Sequence[str] = METRICS_OF_A_STUDY,
    disturbances: Sequence[str] = NAMES,
    others: object | None = None,
    extractor: str | Extractor = "inception-v3",
    protocol: str | None = None,
    weights: str | Path | None = None,
    count: int | None = None,
    seed: int = 0,
    alpha: str = "white",
    skip_bad: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    compile: bool = False,
    device: str | torch.device | None = None,
    offline: bool = False,
    cache: str | Path | None = None,
    progress: Progress = silent,
) -> Study:
    """Return the scores of ever more disturbed images against undisturbed ones of the same kind.

    After Heusel et al. (2017, arXiv 1706.08500, appendix A1), with two differences: the disturbed images are not those
    of the reference (`make_sets` says why), and every metric of the catalogue can be asked.

    Args:
        real: a folder, zip or npz (path), uint8 tensor [n, 3, h, w] or map-style data set.
        metrics: names of the catalogue.
        disturbances: names of `ganmetrics.commands.sanity.series.NAMES`; ``modes`` needs class folders, ``mix``
            needs `others`.
        others: images of another kind, for contamination.
        extractor: as in `ganmetrics.evaluate`, like the options below that have no more to say.
        protocol: the conventions.
        weights: a file of weights other than the published one.
        count: images in every set; None for half of `real`.
        seed: of the choice of images and of what the disturbances draw.
        alpha: what transparent pixels become.
        skip_bad: leave out images that cannot be read.
        batch_size: images a pass of the network; 32 where not given, and 8 on a CPU, which takes less memory.
        workers: decoding processes.
        compile: compile the network where there are images enough to repay it; features agree to 1e-6.
        device: where the network runs.
        offline: never download weights.
        cache: a folder to keep statistics in between runs; None keeps none.
        progress: shows how far a stage has come.

    Raises:
        InputError: a source or an option is not what is needed, or a stored reference is given for images.
        NotEnoughSamples: `real` has fewer than twice `count` images, or `others` too few.
        GanMetricsError: as `ganmetrics.evaluate` does.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> study = disturbance_study(random_images(40), metrics=("fid",), disturbances=("rectangles",),
    ...                           extractor=ChannelMeans(), workers=0)
    >>> study.series[0].levels, study.series[0].verdict("fd_channel-means")
    ((0.0, 0.25, 0.5, 0.75), 'monotone')
    """
    chosen = _choose(metrics)
    sets = make_sets(
        _images(real),
        disturbances=disturbances,
        others=None if others is None else _images(others),
        count=count,
        seed=seed,
        alpha=alpha,
        least=max(metric.least for metric in chosen),
    )
    _check_classes(chosen, sets)
    settings = resolve_settings(
        extractor,
        protocol=protocol,
        weights=weights,
        offline=offline,
        count=None,
        seed=seed,
        alpha=alpha,
        skip_bad=skip_bad,
        batch_size=batch_size,
        workers=workers,
        compile=compile,
        device=device,
        progress=progress,
    )
    store = None if cache is None else ReferenceCache(Path(cache))
    scorer = _Scorer(chosen, settings, store, progress, ScoringOptions())
    _check_mixtures(sets, scorer)
    real_side, clean = scorer.start(sets)
    series = tuple(_scored(one, sets, real_side, clean, scorer) for one in sets.series)
    chosen_by = {"count": len(sets.clean), "seed": seed, "disturbances": {one.name: one.unit for one in sets.series}}
    return Study(series, sets, {**clean.provenance, "study": chosen_by})


@dataclass(frozen=True)
class _Scorer:
    """Sets of images to scores."""

    metrics: tuple[Metric, ...]
    settings: Settings
    cache: ReferenceCache | None
    progress: Progress
    options: ScoringOptions

    def start(self, sets: Sets) -> tuple[Side | None, Report]:
        """Return the reference, None where no metric reads it, and the scores of the undisturbed images."""
        of_both = tuple(metric for metric in self.metrics if metric.real)
        requests = [self._request("real", sets.real, of_both)] if of_both else []
        *given, clean = self._gather([*requests, self._request("fake", sets.clean, self.metrics)])
        real = given[0] if given else None
        return real, score_sides(self.metrics, real, clean, self.options)

    def score(self, real: Side | None, source: ImageSource) -> Report:
        """Return the scores of one set; the warnings were those of the first."""
        logger.info("%s", source.name)
        (fake,) = self._gather([self._request("fake", source, self.metrics)])
        return score_sides(self.metrics, real, fake, self.options, warn=False)

    def _request(self, role: str, source: ImageSource, metrics: tuple[Metric, ...]) -> Request:
        return Request(role, source, metrics, self.options.interval, memory=self.options.memory)

    def _gather(self, requests: list[Request]) -> list[Side]:
        return gather(requests, self.settings, cache=self.cache, progress=self.progress)


def _scored(series: Series, sets: Sets, real: Side | None, clean: Report, scorer: _Scorer) -> ScoredSeries:
    reports = (clean if step.source is sets.clean else scorer.score(real, step.source) for step in series.steps)
    return ScoredSeries(series.name, series.unit, tuple(step.level for step in series.steps), tuple(reports))


def _choose(names: Sequence[str]) -> tuple[Metric, ...]:
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise InputError(f"metrics must be among {', '.join(METRICS)}; got {', '.join(unknown) or 'none'}")
    return tuple(METRICS[name] for name in dict.fromkeys(names))


def _images(source: object) -> ImageSource:
    opened = open_side(source)
    if isinstance(opened, Reference):
        raise InputError(f"a disturbance study needs images; {opened.source} holds only their statistics")
    return opened


def _check_classes(metrics: tuple[Metric, ...], sets: Sets) -> None:
    """Refuse metrics that read classes where a set has images without."""
    for metric in metrics:
        if "classes" not in metric.fake:
            continue
        for step in (step for series in sets.series for step in series.steps):
            if any(step.source.class_of(index) is None for index in range(len(step.source))):
                raise InputError(f"{metric.title} needs a class for each image; {step.source.name} has images without")


def _check_mixtures(sets: Sets, scorer: _Scorer) -> None:
    """Read the images that only late sets hold before the first set costs an extraction."""
    settings = scorer.settings
    for series in sets.series:
        for step in series.steps[1:] if series.name in (MODES, MIX) else ():
            audit(
                step.source,
                alpha=settings.alpha,
                workers=settings.workers,
                skip_bad=settings.skip_bad,
                progress=scorer.progress,
            )
