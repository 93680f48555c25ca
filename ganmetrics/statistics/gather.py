"""The statistics of several image sets: all are checked before the first one costs an extraction."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.statistics.cache import ReferenceCache
from ganmetrics.statistics.collect import MOMENTS_ONLY, Keep, collect
from ganmetrics.statistics.formats.registry import is_statistics
from ganmetrics.statistics.identity import Identity
from ganmetrics.statistics.key import ReferenceKey
from ganmetrics.statistics.reference import Reference
from ganmetrics.statistics.settings import Settings
from ganmetrics.statistics.survey import Survey, choose, survey

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One side of a comparison, before its statistics are known.

    Attributes:
        role: ``real`` or ``fake``, for messages.
        opened: its images, or statistics that are at hand.
        metrics: what is to be computed from it.
    """

    role: str
    opened: Reference | ImageSource
    metrics: tuple[Metric, ...]

    @property
    def keep(self) -> Keep:
        """What a pass over the images keeps beside the moments."""
        return Keep(logits=any(metric.needs == "logits" for metric in self.metrics))


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its statistics, and the logits where they were asked for."""

    reference: Reference
    logits: Tensor | None = None


def open_side(source: object) -> Reference | ImageSource:
    """Return statistics for a `Reference` or the path of a stored one, images for everything else.

    Raises:
        InputError: the source is missing, empty or of no known kind.
        StaleStatistics: a stored reference is damaged.
    """
    if isinstance(source, Reference):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_file() and is_statistics(path):
            return Reference.load(path)
    return open_source(source)


def gather(
    requests: Sequence[Request], settings: Settings, *, cache: ReferenceCache | None, progress: Progress
) -> list[Side]:
    """Return the statistics of every side, from a reference, from the cache or from its images.

    All sides are opened, looked up and audited before the network sees the first image, so that bad input costs no
    extraction.

    Raises:
        InputError: images cannot be read, or logits are asked of a reference.
        StaleStatistics: a reference was made by another extractor or protocol.
        StorageError: the cache cannot hold a new entry.
    """
    for request in requests:
        _check_logits(request, settings)
    found = [_find(request, settings, cache=cache, progress=progress) for request in requests]
    for request, side in zip(requests, found, strict=True):
        _announce(request, side)
    return [
        side if isinstance(side, Side) else _extract(side, request.keep, settings, cache=cache, progress=progress)
        for request, side in zip(requests, found, strict=True)
    ]


def _check_logits(request: Request, settings: Settings) -> None:
    for metric in request.metrics:
        if metric.needs == "logits" and settings.extractor.spec.classes is None:
            raise InputError(f"{metric.title} needs logits; extractor {settings.extractor.spec.name} has none")


def _announce(request: Request, side: Side | Survey) -> None:
    """Say in one line what the images of a side are, and refuse too few of them."""
    audit = side.audit if isinstance(side, Survey) else side.reference.audit
    if audit is None:
        return
    logger.info("%s: %s", request.role, audit.line())
    name = side.source.name if isinstance(side, Survey) else side.reference.source
    for metric in request.metrics:
        if audit.count < metric.least:
            raise NotEnoughSamples(
                f"{metric.title} needs at least {metric.least} images a side; {name} has {audit.count}"
            )


def _find(request: Request, settings: Settings, *, cache: ReferenceCache | None, progress: Progress) -> Side | Survey:
    if isinstance(request.opened, Reference):
        if request.keep != MOMENTS_ONLY:
            raise InputError(f"this metric needs images; {request.opened.source} holds only their mean and covariance")
        _check_matches(request.opened, settings)
        return Side(request.opened)
    images = choose(request.opened, settings)
    contents = fingerprint(images, progress=progress)
    if cache is not None:
        stored = cache.get(ReferenceKey.of(contents, settings), source=images.name)
        if stored is not None and request.keep == MOMENTS_ONLY:
            return Side(_relabelled(stored, images, settings))
        cache.check_room(settings.extractor.spec.dimension)
    return survey(images, settings, progress, contents=contents)


def _relabelled(stored: Reference, images: ImageSource, settings: Settings) -> Reference:
    """Return cached statistics with what this run knows better: names of files, what was passed over, the seed."""
    if stored.audit is None:
        return stored
    bad = tuple(replace(file, label=images.label(file.index)) for file in stored.audit.bad)
    return replace(
        stored,
        audit=replace(stored.audit, bad=bad, ignored=images.ignored),
        made_by={**stored.made_by, "seed": settings.chosen_by},
    )


def _extract(
    surveyed: Survey, keep: Keep, settings: Settings, *, cache: ReferenceCache | None, progress: Progress
) -> Side:
    collected = collect(surveyed.source, settings, skip=surveyed.audit.skipped, keep=keep, progress=progress)
    reference = Reference.assemble(collected.moments, surveyed, settings)
    if cache is not None:
        cache.put(ReferenceKey.of(surveyed.contents, settings), reference)
    return Side(reference, collected.logits)


def _check_matches(reference: Reference, settings: Settings) -> None:
    """Refuse a reference that was made otherwise than the images of the other side will be."""
    spec = settings.extractor.spec
    if settings.count is not None and reference.count != settings.count:
        has = "an unknown number" if reference.count is None else f"{reference.count:,}"
        raise StaleStatistics(f"this run scores {settings.count:,} images a side; {reference.source} is of {has}")
    if reference.moments.dimension != spec.dimension:
        raise StaleStatistics(
            f"{spec.name} needs statistics of {spec.dimension} features; "
            f"{reference.source} has {reference.moments.dimension}"
        )
    if reference.identity is None:
        logger.warning(
            "%s does not say how it was made; taken for %s/%s", reference.source, spec.name, settings.protocol.name
        )
        return
    difference = Identity(spec, settings.protocol.name, settings.alpha).difference(reference.identity)
    if difference is not None:
        what, asked, made_with = difference
        raise StaleStatistics(
            f"this run uses {what} {asked}; the reference {reference.source} was made with {made_with}"
        )
