"""`evaluate`: every asked metric from one pass over the images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from ganmetrics._files import as_path
from ganmetrics._types import Progress, silent
from ganmetrics.data.sources import ImageSource
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.names import DEFAULT_EXTRACTOR
from ganmetrics.metrics.catalogue import Metric, Need, choose_metrics
from ganmetrics.protocols import resolve_protocol
from ganmetrics.ranks import all_ranks
from ganmetrics.references.agreement import follow_stored
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.gather import gather
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import STORED, Demand, Labels, Request, open_side
from ganmetrics.report import Report, Score
from ganmetrics.scoring.keywords import DistanceOptions, EvaluationOptions, split_options
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.preflight import check_classes, check_options
from ganmetrics.scoring.scores import score_sides

Opened = Reference | ImageSource


def evaluate(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] = ("fid",),
    scoring: ScoringOptions | None = None,
    real_labels: Labels = None,
    fake_labels: Labels = None,
    cache: str | Path | None = None,
    cache_features: bool = False,
    progress: Progress = silent,
    **options: Unpack[EvaluationOptions],
) -> Report:
    """Return the scores of the fake images against the real ones, from one pass over each set.

    Called on all processes of torch.distributed's group, each extracts a share, the first one scores, and all return
    its report. What cannot be scored is refused before any image is read, where that can be known; a metric that
    refuses after the pass leaves the others alone, and `Report.refusals` has its reason.

    Args:
        real: a folder, zip or npz (path), uint8 tensor [n, 3, h, w], map-style data set, `Reference` or its path.
        fake: the same.
        how: how images become features; or its fields as keywords.
        metrics: names of `ganmetrics.metrics.catalogue.METRICS`, such as ``fid``, ``kid`` or ``precision``.
        scoring: what is chosen about the metrics; or its fields as keywords.
        real_labels: the class of each real image, in order, or the path of a CSV or JSON lines file of them; None for
            what the source says itself, such as first-level folders or ``dataset.json``.
        fake_labels: the class that each fake image is meant to be of, likewise.
        cache: a folder to keep statistics in between runs; None keeps none.
        cache_features: keep the features of each image there as well, so that metrics that read them cost no second
            extraction: 8 KB an image with ``inception-v3``, within the cache's bound.
        progress: shows how far a stage has come.
        options: the fields of `ganmetrics.Extraction` (``extractor``, ``protocol``, ``weights``, ``count``, ``seed``,
            ``alpha``, ``skip_bad``, ``batch_size``, ``workers``, ``device``, ``offline``), and those of
            `ganmetrics.scoring.options.ScoringOptions` (``interval``, ``confidence``, ``floor``, ``k``, ``subsets``,
            ``subset_size``, ``splits``, ``memory``).

    Raises:
        InputError: a source or an option is not what is needed.
        NotEnoughSamples: a side has fewer images than the metric is defined for.
        NumericsError: the extractor gave a non-finite feature.
        StaleStatistics: a reference was made by another extractor, weights or protocol.
        StorageError: the cache cannot be written.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> report = evaluate(random_images(20, seed=1), random_images(20, seed=2), metrics=("fid", "is"),
    ...                   extractor=ChannelMeans(), workers=0)
    >>> [(name, score.fake_count) for name, score in report.items()]
    [('fd_channel-means', 20), ('is_channel-means', 20)]
    """
    chosen = choose_metrics(metrics)
    extraction, choices = split_options(how, scoring, options)
    store = None if cache is None else ReferenceCache(as_path(cache), features=cache_features)
    with all_ranks(f"evaluate of {', '.join(metrics)}") as ranks:
        sides = ranks.each(lambda: (open_side(real, extraction, real_labels), open_side(fake, extraction, fake_labels)))
        _check(sides, chosen, extraction, choices)
        # Metrics of the fake side alone do not cost a pass over the real one.
        of_real = chosen if choices.floor else tuple(metric for metric in chosen if metric.real)
        requests = [_request("real", sides[0], of_real, choices)] if of_real else []
        requests.append(_request("fake", sides[1], chosen, choices))
        *given, fake_side = gather(requests, extraction, cache=store, progress=progress)
        return ranks.once(lambda: score_sides(chosen, given[0] if given else None, fake_side, choices))


def fid(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    cache: str | Path | None = None,
    progress: Progress = silent,
    **options: Unpack[DistanceOptions],
) -> Score:
    """Return the Fréchet distance between the features of two sets of images (Heusel et al. 2017, eq. 6).

    It is called ``fid`` with the canonical network and weights, ``fd_<extractor>`` otherwise. Sources, options and what
    is raised are those of `evaluate`.

    >>> import torch
    >>> from ganmetrics.testing import ChannelMeans
    >>> dark, bright = torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.full((4, 3, 8, 8), 10, dtype=torch.uint8)
    >>> print(fid(dark, bright, extractor=ChannelMeans(), workers=0))
    fd_channel-means = 300 (real 4, fake 4, channel-means/native, lower is better)
    """
    report = evaluate(real, fake, how, metrics=("fid",), cache=cache, progress=progress, **options)
    (score,) = report.values()
    return score


def _check(sides: tuple[Opened, Opened], metrics: tuple[Metric, ...], how: Extraction, options: ScoringOptions) -> None:
    """Refuse what stored sides, options, classes and numbers of images rule out, before a network is loaded."""
    stored = [side for side in sides if isinstance(side, Reference)]
    agreed = follow_stored(how, stored, opening=len(stored) < len(sides))
    known = {role: _count(side, how) for role, side in zip(("real", "fake"), sides, strict=True)}
    counts = {role: count for role, count in known.items() if count is not None}
    if agreed.name is not None or not stored:
        check_options(metrics, options, resolve_protocol(agreed.protocol, agreed.name or DEFAULT_EXTRACTOR), counts)
    check_classes(metrics, *sides)


def _count(side: Opened, how: Extraction) -> int | None:
    if isinstance(side, Reference):
        return side.count
    return len(side) if how.count is None else min(how.count, len(side))


def _request(role: str, opened: Opened, metrics: tuple[Metric, ...], options: ScoringOptions) -> Request:
    """Return what the metrics ask of a side; where there is a floor, the real side stands for the fake one as well."""
    floor = options.floor and role == "real"
    demands = tuple(Demand(metric.title, _needs(metric, role, floor=floor), metric.least) for metric in metrics)
    reads_moments = any(not demand.needs.isdisjoint(STORED) for demand in demands)
    images = options.interval and reads_moments
    return Request(role, opened, demands, blocks=floor, images=images, memory=options.memory)


def _needs(metric: Metric, role: str, *, floor: bool) -> frozenset[Need]:
    if floor:
        return metric.real | metric.fake
    return metric.real if role == "real" else metric.fake
