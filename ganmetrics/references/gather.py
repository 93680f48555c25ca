"""The one road from sources to statistics: all is checked that can be checked before the first image costs anything.

Sources are opened; stored ones are asked how they were made; what cannot be scored is refused; the extractor is opened;
images are looked up in the cache, looked at, and extracted.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ganmetrics._types import Progress
from ganmetrics.data.audit import Audit
from ganmetrics.data.features import Features
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.held import HeldImages, Room, holding
from ganmetrics.data.looking import described
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.extraction.collect import Collected, Keep, collect_several
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import Settings, open_settings
from ganmetrics.extraction.survey import Survey, choose, survey
from ganmetrics.extraction.wavelets import check_packets
from ganmetrics.features.names import DEFAULT_EXTRACTOR
from ganmetrics.ranks import current
from ganmetrics.references.agreement import follow_stored, vouched_identity
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.given import are_given, gather_given
from ganmetrics.references.identity import Identity
from ganmetrics.references.key import ReferenceKey
from ganmetrics.references.reference import Reference
from ganmetrics.references.refusals import (
    check_counts,
    check_holds,
    check_least,
    check_one_extractor,
    check_request,
)
from ganmetrics.references.rows import ImageRows
from ganmetrics.references.sides import STORED, Request, Side
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Pending:
    """Images that have been looked at and are to be extracted."""

    survey: Survey
    keep: Keep


_Found = list[Side | _Pending]
"""What is known of one side before any side is extracted, by each network."""


def gather(
    requests: Sequence[Request],
    how: Extraction,
    *,
    cache: ReferenceCache | None = None,
    distinct: str | None = None,
    progress: Progress,
) -> list[Side]:
    """Return every side: from a reference, from the cache, from features that were given, or from its images.

    Args:
        requests: the sides, and what is asked of each.
        how: how images become features.
        cache: where statistics are kept between runs.
        distinct: what messages call a comparison whose sides must be different sets; None where they may be the same.
        progress: shows how far a stage has come.

    Raises:
        InputError: images cannot be read, or a side lacks what is asked of it.
        NotEnoughSamples: a side has fewer images than is asked.
        StaleStatistics: a reference was made by another extractor or protocol.
        StorageError: the cache cannot hold a new entry.
    """
    (sides,) = gather_several(requests, [how], cache=cache, distinct=distinct, progress=progress)
    return sides


def gather_several(
    requests: Sequence[Request],
    hows: Sequence[Extraction],
    *,
    cache: ReferenceCache | None = None,
    distinct: str | None = None,
    progress: Progress,
) -> list[list[Side]]:
    """Return what `gather` does by each of several ways, which differ in extractor and protocol only.

    Every image is decoded once. Statistics and features that are given fit one extractor, and are refused with several.

    Raises:
        GanMetricsError: as `gather` does.
    """
    if len(hows) > 1:
        for request in requests:
            check_one_extractor(request.opened, request.stored, [how.name or DEFAULT_EXTRACTOR for how in hows])
    if are_given([request.opened for request in requests]):
        return [gather_given(requests, how, distinct) for how in hows]
    settings = [open_for(requests, how, progress) for how in hows]
    opened = [one for one in settings if one is not None]
    if not opened:
        stored = [request.opened for request in requests if isinstance(request.opened, Reference)]
        return [_all_stored(stored, how) for how in hows]
    of_requests = _found(requests, opened, cache, distinct, progress)
    return [
        [
            # Statistics beside images take the place of the images' own.
            taken_for(side if request.stored is None else replace(side, reference=request.stored), how, one)
            for request, side in zip(requests, sides, strict=True)
        ]
        for how, one, sides in zip(hows, opened, zip(*of_requests, strict=True), strict=True)
    ]


def open_for(requests: Sequence[Request], how: Extraction, progress: Progress) -> Settings | None:
    """Refuse what can be refused without reading an image, and open the extractor; None where no side has images.

    Raises:
        GanMetricsError: as `gather` does.
    """
    alone = [request.opened for request in requests if isinstance(request.opened, Reference)]
    opening = len(alone) < len(requests)
    beside = [request.stored for request in requests if request.stored is not None]
    agreed = follow_stored(how, alone + beside, opening=opening)
    if not opening and (how.count is not None or how.weights is not None):
        raise InputError("count and weights say how images are treated; got them with stored statistics only")
    for request in requests:
        check_holds(request)
        check_counts(request, how)
    if not opening:
        return None
    settings = current().in_order(lambda: open_settings(agreed, progress=progress))
    for request in requests:
        check_request(request, settings)
    return settings


def _found(
    requests: Sequence[Request],
    settings: Sequence[Settings],
    cache: ReferenceCache | None,
    distinct: str | None,
    progress: Progress,
) -> list[list[Side]]:
    """Look at all sides before the first one costs an extraction; return each one's statistics by every network."""
    files = Room()
    found = [_find(request, settings, cache, progress, files=files) for request in requests]
    for request, sides in zip(requests, found, strict=True):
        audit = next((side.survey.audit for side in sides if isinstance(side, _Pending)), None)
        announce(request, audit or next(side.reference.audit for side in sides if isinstance(side, Side)))
    if distinct is not None:
        _check_distinct(requests, [sides[0] for sides in found], distinct)
    return [_extract(sides, settings, cache, progress) for sides in found]


def _all_stored(stored: Sequence[Reference], how: Extraction) -> list[Side]:
    """Return sides that need neither network nor images."""
    known = next((side.identity for side in stored if side.identity is not None), None)
    vouched = how.extractor is not None or how.protocol is not None
    sides = []
    for side in stored:
        taken = known or vouched_identity(how, side.moments.dimension)
        sides.append(Side(side) if side.identity is not None else Side(side, taken_for=taken, vouched=vouched))
    return sides


def taken_for(side: Side, how: Extraction, settings: Settings) -> Side:
    """Return a side with what it is taken for where it does not say how it was made: what the images are given to."""
    if side.reference.identity is not None:
        return side
    spec, protocol = settings.extractor.spec, settings.protocol.name
    if current().first:
        logger.warning("%s does not say how it was made; taken for %s/%s", side.reference.name, spec.name, protocol)
    vouched = how.extractor is not None or how.protocol is not None
    return replace(side, taken_for=Identity(spec, protocol, None), vouched=vouched)


def _find(
    request: Request,
    settings: Sequence[Settings],
    cache: ReferenceCache | None,
    progress: Progress,
    *,
    files: Room,
) -> _Found:
    """Return a side that is at hand, or its images after a look at all of them, for each network."""
    if isinstance(request.opened, Reference):
        return [Side(request.opened)]
    assert not isinstance(request.opened, Features)
    images, contents = holding(choose(request.opened, settings[0]), files), None
    found: list[Side | Keep] = [request.keep for _ in settings]
    # A set that is in the cache is hashed and never decoded; where no entry can be of it, one read does both.
    if cache is not None and any(current().gather(cache.may_hold(images))):
        contents = fingerprint(images, progress=progress)
        asked = replace(request, opened=images)
        found = [_cached(asked, cache, ReferenceKey.of(contents, one), one) for one in settings]
    if cache is not None and cache.features:
        # Whatever is asked now: what is kept is for the metrics of later runs.
        found = [side if isinstance(side, Side) else replace(side, features=True, logits=True) for side in found]
    missing = [(one, side) for one, side in zip(settings, found, strict=True) if isinstance(side, Keep)]
    if cache is not None and missing:
        room = sum(cache.room(one.extractor.spec, len(images), keep) for one, keep in missing)
        current().once(lambda: cache.check_room(room))
    for one, _ in missing:
        one.build_network()
    if not missing:
        return [side for side in found if isinstance(side, Side)]
    looked = survey(images, settings[0], progress, contents=contents)
    keep = request.keep
    if keep.wavelet_level is not None:
        geometry, name = settings[0].geometry, images.name
        check_packets(looked.audit, geometry, level=keep.wavelet_level, memory=keep.memory, source=name)
    return [side if isinstance(side, Side) else _Pending(looked, side) for side in found]


def _cached(request: Request, cache: ReferenceCache, key: ReferenceKey, settings: Settings) -> Side | Keep:
    """Return the side that the cache holds; where it holds too little, what is to be kept of a new pass."""
    assert not isinstance(request.opened, Reference | Features)
    found = look_up(cache, key, request.opened)
    if found is None:
        return request.keep
    stored = _relabelled(found, request.opened, settings)
    # What replaces the entry holds at least what it held.
    return _from_cache(stored, request, cache, key) or request.keep.with_all_of(stored.layer, stored.spatial)


def look_up(cache: ReferenceCache, key: ReferenceKey, images: ImageSource) -> Reference | None:
    """Return cached statistics; where the caches of processes differ, what the one with the most holds."""
    ranks = current()
    with stage("cache"):
        stored = ranks.each(lambda: cache.get(key, source=images.name))
        held = ranks.gather(_held(stored))
        if len(set(held)) > 1:
            return ranks.send(stored, sender=held.index(max(held)))
        return stored


def _held(stored: Reference | None) -> tuple[bool, ...]:
    """Return what decides how much of an entry can be used; nothing for no entry, which is less than any."""
    if stored is None:
        return ()
    layers = [
        part
        for layer in (stored.layer, stored.spatial)
        for part in (
            layer is not None,
            layer is not None and layer.blocks is not None,
            layer is not None and layer.kept is not None,
        )
    ]
    return (stored.audit is not None, *layers)


def _from_cache(stored: Reference, request: Request, cache: ReferenceCache, key: ReferenceKey) -> Side | None:
    """Return the side that the cache holds; None where it lacks something that is asked."""
    layers = [stored.layer, stored.spatial] if request.keep.spatial else [stored.layer]
    for layer in layers:
        if layer is None or (layer.blocks is None and request.blocks) or (layer.kept is None and request.images):
            return None
    if "pixels" in request.needs:
        return None
    if request.needs <= STORED and not request.logits:
        return Side(stored)
    return None if stored.audit is None else _with_features(stored, stored.audit, request, cache, key)


def _with_features(
    stored: Reference, audit: Audit, request: Request, cache: ReferenceCache, key: ReferenceKey
) -> Side | None:
    """Return the side with the features of each image that the cache keeps; None where it keeps too little."""
    assert not isinstance(request.opened, Reference | Features)
    indices = tuple(index for index in range(audit.seen) if index not in audit.skipped)
    with stage("cache"):
        # The first process scores; the others need to know only that it has what it needs.
        kept = cache.get_features(key, len(indices), request.keep) if current().first else None
    if not current().gather(kept is not None)[0]:
        return None
    rows = ImageRows(request.opened, audit, stored.contents[0], indices)
    side = Side(stored, rows)
    return side if kept is None else replace(side, **kept._asdict())


def _relabelled(stored: Reference, images: ImageSource, settings: Settings) -> Reference:
    """Return cached statistics with what this run knows better: names of files, what was passed over, the seed."""
    if stored.audit is None:
        return stored
    made_by = {**stored.made_by, "seed": settings.chosen_by}
    return replace(stored, audit=described(stored.audit, images), made_by=made_by)


def announce(request: Request, audit: Audit | None) -> None:
    """Say in one line what the images of a side are, and refuse too few that can be read."""
    if audit is None:
        return
    if current().first:
        logger.info("%s%s", f"{request.role}: " if request.role else "", audit.line())
    check_least(request, audit.count)


def _check_distinct(requests: Sequence[Request], found: Sequence[Side | _Pending], title: str) -> None:
    """Refuse two sides that hold the same images."""
    seen: dict[tuple[str, ...], Request] = {}
    for request, side in zip(requests, found, strict=True):
        contents = (side.survey.contents,) if isinstance(side, _Pending) else side.reference.contents
        same = seen.setdefault(contents, request) if contents else request
        if same is not request:
            raise InputError(
                f"{title} needs different sets; {same.role} and {request.role} hold the same images: "
                f"{same.name} and {request.name}"
            )


def _extract(
    sides: _Found, settings: Sequence[Settings], cache: ReferenceCache | None, progress: Progress
) -> list[Side]:
    """Return one side by every network; its images pass those together that are still to see them."""
    pending = [(one, side) for one, side in zip(settings, sides, strict=False) if isinstance(side, _Pending)]
    if not pending:
        return [side for side in sides if isinstance(side, Side)]
    surveyed = pending[0][1].survey
    networks = [(one, side.keep) for one, side in pending]
    collected = iter(collect_several(surveyed, networks, progress=progress))
    found = [
        side if isinstance(side, Side) else _kept(next(collected), surveyed, one, cache)
        for one, side in zip(settings, sides, strict=True)
    ]
    if isinstance(surveyed.source, HeldImages):
        surveyed.source.release()
    return found


def _kept(collected: Collected, surveyed: Survey, settings: Settings, cache: ReferenceCache | None) -> Side:
    """Return the side that was collected, which the cache keeps."""
    reference = Reference.assemble(collected, surveyed, settings)
    if cache is not None:
        key = ReferenceKey.of(surveyed.contents, settings)
        with stage("cache"):
            current().once(lambda: cache.put(key, reference, collected, images=surveyed.source))
    return Side(
        reference,
        ImageRows.of(surveyed),
        collected.features,
        collected.logits,
        collected.block_numbers,
        wavelets=collected.wavelets,
    )
