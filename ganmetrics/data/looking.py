"""A look at every image before any is scored: what they are, and which cannot be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from ganmetrics._text import clipped
from ganmetrics._types import Progress, silent
from ganmetrics.data.audit import Audit, BadFile
from ganmetrics.data.decode import Stored, examine_stored
from ganmetrics.data.fingerprint import UNREADABLE, check_same_length, combined, fingerprint, stored_digest
from ganmetrics.data.pixels import check_alpha
from ganmetrics.data.sources import ImageSource
from ganmetrics.data.workers import map_in_workers
from ganmetrics.errors import InputError
from ganmetrics.ranks import current
from ganmetrics.timing import stage

__all__ = ["Audit", "BadFile", "Look", "audit", "look", "lossy_mismatch"]

_CHUNK = 64
_NAMED: Final = 5
_LOSSY_GAP = 0.1


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
    source: ImageSource, *, alpha: str = "white", workers: int = 0, skip_bad: bool = False, progress: Progress = silent
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
    if source.uniform_size is not None:
        return Look(fingerprint(source, progress=progress), Audit.of_uniform(len(source), source.uniform_size))
    check_same_length(source)
    ranks = current()
    with stage("hashing and audit"):
        own = ranks.each(lambda: list(_parts(source, _LookChunk(source, alpha), workers, progress)))
        parts = [part for rank in ranks.gather(own) for part in rank]
    found = Audit.total([*(part.audit for part in parts), Audit(ignored=source.ignored)])
    _check_bad(found, source, skip_bad=skip_bad)
    return Look(combined(digest for part in parts for digest in part.digests), found)


def audit(
    source: ImageSource, *, alpha: str = "white", workers: int = 0, skip_bad: bool = False, progress: Progress = silent
) -> Audit:
    """Read and decode every image, and return what they are.

    Every file is read to its end, so that a truncated one is found now and not hours into an extraction. Pixels that
    are in memory need no decoding and are known from their shape.

    Args:
        source: the images.
        alpha: what transparent pixels will become: ``white``, ``black``, ``drop`` or ``refuse``.
        workers: processes that decode; 0 decodes in this one.
        skip_bad: return with the unreadable images listed in `Audit.bad`, rather than raise.
        progress: shows how many images have been read.

    Raises:
        InputError: an image cannot be read and `skip_bad` is off, up to five are named; or none can be read.

    >>> import numpy as np
    >>> from ganmetrics.data.sources import open_source
    >>> audit(open_source(np.zeros((20, 8, 8, 3), np.uint8))).line()
    '20 images: 20 uint8; 8x8'
    """
    check_alpha(alpha)
    if source.uniform_size is not None:
        return Audit.of_uniform(len(source), source.uniform_size)
    ranks = current()
    with stage("audit"):
        looked_at = ranks.each(lambda: Audit.total(_parts(source, _AuditChunk(source, alpha), workers, progress)))
        found = Audit.total([*ranks.gather(looked_at), Audit(ignored=source.ignored)])
    _check_bad(found, source, skip_bad=skip_bad)
    return found


def lossy_mismatch(real: Audit, fake: Audit) -> str | None:
    """Return a warning where JPEG files are compared with lossless ones, None where they are not.

    Compression alone moves a Fréchet distance by more than many published differences, so both sides should have had
    the same. Pixels from memory do not tell their past, and are not compared.

    >>> lossy_mismatch(Audit(formats={"JPEG": 10}), Audit(formats={"PNG": 10}))
    'real images are 100 % JPEG and fake images 0 %: compression alone moves scores, so save both in one format'
    """
    shares = []
    for side in (real, fake):
        files = sum(count for name, count in side.formats.items() if name != "uint8")
        if files == 0:
            return None
        shares.append(side.formats.get("JPEG", 0) / files)
    if abs(shares[0] - shares[1]) <= _LOSSY_GAP:
        return None
    return (
        f"real images are {100 * shares[0]:.0f} % JPEG and fake images {100 * shares[1]:.0f} %: "
        "compression alone moves scores, so save both in one format"
    )


Part = TypeVar("Part", "Audit", "_LookedAt")


def _parts(source: ImageSource, work: Callable[[range], Part], workers: int, progress: Progress) -> Iterator[Part]:
    """Yield what the work finds in this process's share of the images, a chunk at a time."""
    share = current().share(len(source))
    chunks = (share[start : start + _CHUNK] for start in range(0, len(share), _CHUNK))
    workers = min(workers, -(-len(share) // _CHUNK))
    with progress(total=len(share), stage=f"checking {source.name}") as advance:
        for part in map_in_workers(work, chunks, workers=workers):
            advance(part.seen)
            yield part


@dataclass(frozen=True)
class _AuditChunk:
    """What a worker does: the audit of some images."""

    source: ImageSource
    alpha: str

    def __call__(self, indices: range) -> Audit:
        return Audit.total(_examined(self.source, index, self.alpha)[1] for index in indices)


@dataclass(frozen=True)
class _LookedAt:
    """Digests and audit of some images."""

    digests: tuple[bytes, ...]
    audit: Audit

    @property
    def seen(self) -> int:
        return self.audit.seen


@dataclass(frozen=True)
class _LookChunk:
    """What a worker does that reads each image once: its digest and its audit."""

    source: ImageSource
    alpha: str

    def __call__(self, indices: range) -> _LookedAt:
        found = [_examined(self.source, index, self.alpha) for index in indices]
        digests = tuple(UNREADABLE if stored is None else stored_digest(stored) for stored, _ in found)
        return _LookedAt(digests, Audit.total(part for _, part in found))


def _examined(source: ImageSource, index: int, alpha: str) -> tuple[Stored | None, Audit]:
    """Return an image as it is stored, None where it cannot be read at all, and what it is."""
    stored = None
    try:
        stored = source.read(index)
        return stored, Audit.of(examine_stored(stored, alpha=alpha))
    except InputError as error:
        return stored, Audit(bad=(BadFile(index, source.label(index), str(error)),))


def _check_bad(found: Audit, source: ImageSource, *, skip_bad: bool) -> None:
    if not found.bad or (skip_bad and found.count):
        return
    named = ", ".join(f"{clipped(bad.label)} ({clipped(bad.reason)})" for bad in found.bad[:_NAMED])
    more = f" and {len(found.bad) - _NAMED:,} more" if len(found.bad) > _NAMED else ""
    advice = "; --skip-bad scores the rest" if found.count else ""
    raise InputError(
        f"{len(found.bad):,} of {len(source):,} images of {source.name} cannot be read: {named}{more}{advice}"
    )
