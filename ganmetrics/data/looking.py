"""A look at every image before any is scored: what they are, and which cannot be read."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ganmetrics._text import clipped
from ganmetrics._types import Progress, silent
from ganmetrics.data.audit import Audit, BadFile
from ganmetrics.data.decode import Stored, examine_stored
from ganmetrics.data.fingerprint import UNREADABLE, check_same_images, combined, fingerprint, stored_digest
from ganmetrics.data.held import HeldImages, file_held, unheld
from ganmetrics.data.image_source import ImageSource, listing_of
from ganmetrics.data.pixels import check_alpha, check_bit_depth
from ganmetrics.data.workers import map_in_workers
from ganmetrics.errors import InputError
from ganmetrics.ranks import current
from ganmetrics.timing import stage

_CHUNK = 64
_NAMED: Final = 5


@dataclass(frozen=True)
class Look:
    """What one look at every image of a set tells.

    Attributes:
        contents: digest of their bytes, in order.
        audit: what they are.
    """

    contents: str
    audit: Audit


def look(
    source: ImageSource,
    *,
    alpha: str = "white",
    bit_depth: int = 16,
    workers: int = 0,
    skip_bad: bool = False,
    progress: Progress = silent,
) -> Look:
    """Return `fingerprint` and `audit` of a set from one read of each file.

    Arguments and what is raised are those of `audit`.

    >>> import numpy as np
    >>> from ganmetrics.data.sources import open_source
    >>> source = open_source(np.zeros((2, 4, 4, 3), np.uint8))
    >>> look(source).contents == fingerprint(source), look(source).audit.count
    (True, 2)
    """
    check_alpha(alpha)
    check_bit_depth(bit_depth)
    if source.uniform_size is not None:
        seen = described(Audit.of_uniform(len(source), source.uniform_size), source)
        return Look(fingerprint(source, progress=progress), seen)
    check_same_images(source)
    ranks = current()
    work = _LookChunk(unheld(source), alpha, bit_depth, hashed=True)
    with stage("hashing and audit"):
        own = ranks.each(lambda: list(_parts(source, work, workers, progress)))
        parts = [part for rank in ranks.gather(own) for part in rank]
    found = _with_listing(Audit.total(part.audit for part in parts), source)
    _check_bad(found, source, skip_bad=skip_bad)
    return Look(combined(digest for part in parts for digest in part.digests), found)


def audit(
    source: ImageSource,
    *,
    alpha: str = "white",
    bit_depth: int = 16,
    workers: int = 0,
    skip_bad: bool = False,
    progress: Progress = silent,
) -> Audit:
    """Read and decode every image, and return what they are.

    Every file is read to its end, so that a truncated one is found now and not hours into an extraction. Pixels that
    are in memory need no decoding and are known from their shape.

    Args:
        source: the images.
        alpha: what transparent pixels will become: ``white``, ``black``, ``drop`` or ``refuse``.
        bit_depth: how many bits the values of 16-bit images use.
        workers: processes that decode; 0 decodes in this one.
        skip_bad: return with the unreadable images listed in `Audit.bad`, rather than raise.
        progress: shows how many images have been read.

    Raises:
        InputError: an image cannot be read and `skip_bad` is off, up to five are named; or none can be read.

    >>> import numpy as np
    >>> from ganmetrics.data.sources import open_source
    >>> audit(open_source(np.zeros((20, 8, 8, 3), np.uint8))).line()
    '20 images, uint8, 8x8 pixels'
    """
    check_alpha(alpha)
    check_bit_depth(bit_depth)
    if source.uniform_size is not None:
        return described(Audit.of_uniform(len(source), source.uniform_size), source)
    ranks = current()
    work = _LookChunk(unheld(source), alpha, bit_depth, hashed=False)
    with stage("audit"):
        looked_at = ranks.each(lambda: Audit.total(part.audit for part in _parts(source, work, workers, progress)))
        found = _with_listing(Audit.total(ranks.gather(looked_at)), source)
    _check_bad(found, source, skip_bad=skip_bad)
    return found


def described(found: Audit, source: ImageSource) -> Audit:
    """Return an audit with what is the source's rather than the images': classes, names, and what was passed over.

    The same images may lie elsewhere under other names and labels, so an audit that was kept with statistics of their
    contents is described anew for the source at hand.
    """
    skipped = found.skipped
    classes = Counter(source.class_of(index) for index in range(len(source)) if index not in skipped)
    del classes[None]
    bad = tuple(replace(file, label=source.label(file.index)) for file in found.bad)
    return _with_listing(replace(found, bad=bad, classes={str(name): n for name, n in classes.items()}), source)


def _with_listing(found: Audit, source: ImageSource) -> Audit:
    listing = listing_of(source)
    return replace(
        found,
        ignored=source.ignored,
        hidden=listing.hidden,
        classes_from=listing.classes_from,
        no_classes=listing.no_classes,
    )


@dataclass(frozen=True)
class _LookedAt:
    """Digests and audit of some images, and their files; no digests and files where nobody asked for them."""

    digests: tuple[bytes, ...]
    audit: Audit
    files: Mapping[int, bytes]


@dataclass(frozen=True)
class _Chunk:
    """Some images, the files of those that are held, and whether the others' are to be."""

    indices: range
    held: Mapping[int, bytes]
    hold: bool


def _parts(
    source: ImageSource, work: Callable[[_Chunk], _LookedAt], workers: int, progress: Progress
) -> Iterator[_LookedAt]:
    """Yield what the work finds in this process's share of the images, a chunk at a time."""
    share = current().share(len(source))
    chunks = (_chunk(source, share[start : start + _CHUNK]) for start in range(0, len(share), _CHUNK))
    workers = min(workers, -(-len(share) // _CHUNK))
    with progress(total=len(share), stage=f"checking {source.name}") as advance:
        for part in map_in_workers(work, chunks, workers=workers):
            advance(part.audit.seen)
            if isinstance(source, HeldImages):
                for index, file in part.files.items():
                    source.hold(index, file)
            yield part


def _chunk(source: ImageSource, indices: range) -> _Chunk:
    held = {index: file_held(source, index) for index in indices}
    known = {index: file for index, file in held.items() if file is not None}
    return _Chunk(indices, known, isinstance(source, HeldImages) and source.holds_more)


@dataclass(frozen=True)
class _LookChunk:
    """What a worker does: it reads each of some images once."""

    source: ImageSource
    alpha: str
    bit_depth: int
    hashed: bool

    def __call__(self, chunk: _Chunk) -> _LookedAt:
        found = {index: self._examined(index, chunk.held.get(index)) for index in chunk.indices}
        digests = tuple(UNREADABLE if stored is None else stored_digest(stored) for stored, _ in found.values())
        files = {index: stored for index, (stored, _) in found.items() if isinstance(stored, bytes)}
        return _LookedAt(
            digests if self.hashed else (),
            Audit.total(part for _, part in found.values()),
            {index: file for index, file in files.items() if index not in chunk.held} if chunk.hold else {},
        )

    def _examined(self, index: int, held: bytes | None) -> tuple[Stored | None, Audit]:
        """Return an image as it is stored, None where it cannot be read at all, and what it is."""
        stored: Stored | None = held
        try:
            stored = self.source.read(index) if held is None else held
            facts = examine_stored(stored, alpha=self.alpha, bit_depth=self.bit_depth)
            return stored, Audit.of(facts, self.source.class_of(index))
        except InputError as error:
            return stored, Audit(bad=(BadFile(index, self.source.label(index), str(error)),))


def _check_bad(found: Audit, source: ImageSource, *, skip_bad: bool) -> None:
    if not found.bad or (skip_bad and found.count):
        return
    named = ", ".join(f"{clipped(bad.label)} ({clipped(bad.reason)})" for bad in found.bad[:_NAMED])
    more = f" and {len(found.bad) - _NAMED:,} more" if len(found.bad) > _NAMED else ""
    advice = "; --skip-bad scores the rest" if found.count else ""
    raise InputError(
        f"{len(found.bad):,} of {len(source):,} images of {source.name} cannot be read: {named}{more}{advice}"
    )
