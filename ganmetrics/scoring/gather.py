"""The statistics of several image sets: all are checked before the first one costs an extraction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ganmetrics._types import Progress
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.extraction.collect import Keep, collect
from ganmetrics.extraction.layer import layer_bytes
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey, choose, survey
from ganmetrics.ranks import current
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.identity import Identity
from ganmetrics.references.key import ReferenceKey
from ganmetrics.references.reference import Reference
from ganmetrics.scoring.featured import rows_of
from ganmetrics.scoring.sides import STORED, Request, Side
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Pending:
    """Images that have been looked at and are to be extracted."""

    survey: Survey
    keep: Keep


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
        _check_extractor(request, settings)
        _check_classes(request)
    found = [_find(request, settings, cache=cache, progress=progress) for request in requests]
    for request, side in zip(requests, found, strict=True):
        _announce(request, side)
    return [
        side if isinstance(side, Side) else _extract(side, settings, cache=cache, progress=progress) for side in found
    ]


def _check_extractor(request: Request, settings: Settings) -> None:
    spec = settings.extractor.spec
    for metric in request.metrics:
        if "logits" in metric.real | metric.fake and spec.classes is None:
            raise InputError(f"{metric.title} needs logits; extractor {spec.name} has none")
        if "spatial" in metric.real | metric.fake and not spec.spatial:
            raise InputError(
                f"{metric.title} needs the spatial features of inception-v3; extractor {spec.name} has none"
            )


def _check_classes(request: Request) -> None:
    for metric in request.metrics:
        needs = request.needed_by(metric)
        if "classes" in needs and not isinstance(request.opened, Reference) and request.opened.class_of(0) is None:
            raise InputError(f"{metric.title} needs class folders or labels; {request.opened.name} has none")


def _announce(request: Request, side: Side | _Pending) -> None:
    """Say in one line what the images of a side are, and refuse too few of them."""
    audit = side.survey.audit if isinstance(side, _Pending) else side.reference.audit
    if audit is None:
        return
    if current().first:
        logger.info("%s: %s", request.role, audit.line())
    name = side.survey.source.name if isinstance(side, _Pending) else side.reference.source
    for metric in request.metrics:
        if audit.count < metric.least:
            raise NotEnoughSamples(
                f"{metric.title} needs at least {metric.least} images a side; {name} has {audit.count}"
            )


def _find(request: Request, settings: Settings, *, cache: ReferenceCache | None, progress: Progress) -> Side | _Pending:
    keep = request.keep
    if isinstance(request.opened, Reference):
        _check_holds(request.opened, request)
        _check_matches(request.opened, settings)
        return Side(request.opened)
    images = choose(request.opened, settings)
    contents = fingerprint(images, progress=progress)
    if cache is not None:
        with stage("cache"):
            stored = _looked_up(cache, ReferenceKey.of(contents, settings), images)
        if stored is not None:
            if request.needs <= STORED and _holds(stored, keep):
                return Side(_relabelled(stored, images, settings))
            # What replaces the entry holds at least what it held.
            keep = replace(
                keep,
                blocks=keep.blocks or stored.blocks is not None,
                spatial=keep.spatial or stored.spatial is not None,
            )
        room = layer_bytes(settings.extractor.spec.dimension, blocks=keep.blocks)
        current().once(lambda: cache.check_room(room))
    return _Pending(survey(images, settings, progress, contents=contents), keep)


def _looked_up(cache: ReferenceCache, key: ReferenceKey, images: ImageSource) -> Reference | None:
    """Return cached statistics; processes whose caches lack them get them from the first that has them."""
    ranks = current()
    stored = ranks.each(lambda: cache.get(key, source=images.name))
    holders = ranks.gather(stored is not None)
    if any(holders) and not all(holders):
        return ranks.send(stored, sender=holders.index(True))
    return stored


def _holds(reference: Reference, keep: Keep) -> bool:
    layers = [reference.layer, reference.spatial] if keep.spatial else [reference.layer]
    return all(layer is not None and (layer.blocks is not None or not keep.blocks) for layer in layers)


def _check_holds(reference: Reference, request: Request) -> None:
    """Refuse statistics where a metric reads more than they hold; blocks may lack, and then the interval says so."""
    for metric in request.metrics:
        needs = request.needed_by(metric)
        if not needs <= STORED:
            raise InputError(f"{metric.title} needs images; {reference.source} holds only their mean and covariance")
        if "spatial" in needs and reference.spatial is None:
            raise InputError(
                f"{metric.title} needs spatial features; {reference.source} holds none (reference build --spatial)"
            )


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


def _extract(pending: _Pending, settings: Settings, *, cache: ReferenceCache | None, progress: Progress) -> Side:
    surveyed, keep = pending.survey, pending.keep
    collected = collect(surveyed.source, settings, skip=surveyed.audit.skipped, keep=keep, progress=progress)
    reference = Reference.assemble(collected, surveyed, settings)
    if cache is not None:
        with stage("cache"):
            current().once(lambda: cache.put(ReferenceKey.of(surveyed.contents, settings), reference))
    return Side(reference, rows_of(surveyed), collected.features, collected.logits, collected.block_numbers)


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
        if current().first:
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
