"""The road for several preparations of the same images, such as every protocol's: each image is decoded once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ganmetrics._types import Progress
from ganmetrics.data.features import Features
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.held import HeldImages, Room, holding
from ganmetrics.data.looking import described
from ganmetrics.data.sources import ImageSource
from ganmetrics.extraction.collect import Collected
from ganmetrics.extraction.each_preparation import collect_each
from ganmetrics.extraction.layer import Layer, layer_bytes
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import INCEPTION_SIZE, Settings
from ganmetrics.extraction.survey import Survey, choose, survey
from ganmetrics.features.resize import Preprocessing
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.ranks import current
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.gather import announce, look_up, open_for
from ganmetrics.references.key import ReferenceKey
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Request
from ganmetrics.timing import stage

Prepared = dict[Preprocessing, Reference]
"""The statistics of one set of images under each preparation."""


@dataclass(frozen=True)
class _Looked:
    """One side after a look at all its images: what the cache holds of it, and what is to be extracted."""

    images: ImageSource
    known: Prepared
    missing: tuple[Preprocessing, ...]
    survey: Survey | None


def gather_each(
    requests: Sequence[Request],
    how: Extraction,
    preparations: Sequence[Preprocessing],
    *,
    cache: ReferenceCache | None,
    progress: Progress,
) -> list[Prepared]:
    """Return the statistics of every side under each preparation.

    What is checked, and when, is as in `ganmetrics.references.gather.gather`; every side must have images.

    Raises:
        GanMetricsError: as `gather` does.
    """
    settings = open_for(requests, how, progress)
    assert settings is not None
    files = Room()
    looked = [_look(request, settings, preparations, cache, progress, files=files) for request in requests]
    for request, side in zip(requests, looked, strict=True):
        audit = next(iter(side.known.values())).audit if side.survey is None else side.survey.audit
        announce(request, audit)
    return [_extracted(side, settings, cache, progress) for side in looked]


def _look(
    request: Request,
    settings: Settings,
    preparations: Sequence[Preprocessing],
    cache: ReferenceCache | None,
    progress: Progress,
    *,
    files: Room,
) -> _Looked:
    """Return what the cache holds of a side, and its images after a look at all of them where anything is missing."""
    assert not isinstance(request.opened, Reference | Features)
    images, contents, known = holding(choose(request.opened, settings), files), None, {}
    if cache is not None and any(current().gather(cache.may_hold(images))):
        contents = fingerprint(images, progress=progress)
        for preparation in preparations:
            stored = look_up(cache, _key(contents, settings, preparation), images)
            if stored is not None and stored.audit is not None:
                known[preparation] = replace(stored, audit=described(stored.audit, images))
    missing = tuple(preparation for preparation in preparations if preparation not in known)
    if not missing:
        return _Looked(images, known, missing, None)
    if cache is not None:
        room = len(missing) * layer_bytes(settings.extractor.spec.dimension, blocks=False, kept=False)
        current().once(lambda: cache.check_room(room))
    settings.build_network()
    return _Looked(images, known, missing, survey(images, settings, progress, contents=contents))


def _extracted(side: _Looked, settings: Settings, cache: ReferenceCache | None, progress: Progress) -> Prepared:
    if side.survey is None:
        return side.known
    found = dict(side.known)
    for preparation, layer in collect_each(side.survey, side.missing, settings, progress).items():
        reference = _reference(side.survey, settings, preparation, layer)
        found[preparation] = reference
        if cache is not None:
            _put(cache, _key(side.survey.contents, settings, preparation), reference, side.images)
    if isinstance(side.images, HeldImages):
        side.images.release()
    return found


def _put(cache: ReferenceCache, key: ReferenceKey, reference: Reference, images: ImageSource) -> None:
    with stage("cache"):
        current().once(lambda: cache.put(key, reference, images=images))


def _key(contents: str, settings: Settings, preparation: Preprocessing) -> ReferenceKey:
    """Return the key of the images under a preparation: that of the protocol, where one prepares so."""
    key = ReferenceKey.of(contents, settings)
    return replace(key, protocol=_protocol(preparation), preprocessing=_done(settings, preparation))


def _reference(surveyed: Survey, settings: Settings, preparation: Preprocessing, layer: Layer) -> Reference:
    made = Reference.assemble(Collected(layer, None, None, None), surveyed, settings)
    spec = replace(settings.extractor.spec, preprocessing=_done(settings, preparation))
    return replace(made, spec=spec, protocol=_protocol(preparation))


def _done(settings: Settings, preparation: Preprocessing) -> str:
    """Return the whole way from pixels to inputs: what comes before every preparation, and the preparation."""
    own = Preprocessing(settings.protocol.resize or "", INCEPTION_SIZE, settings.protocol.scaling or "")
    return settings.extractor.spec.preprocessing.replace(str(own), str(preparation))


def _protocol(preparation: Preprocessing) -> str:
    """Return the name of the first protocol that prepares images so; of a step between two, what it does."""
    wanted = (preparation.resize, preparation.scaling)
    names = (one.name for one in PROTOCOLS.values() if (one.resize, one.scaling) == wanted)
    return next(names, " ".join(wanted))
