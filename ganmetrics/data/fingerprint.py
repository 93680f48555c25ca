"""What a set of images contains, as one digest that does not depend on where or in what they are kept."""

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from ganmetrics._members import has_members
from ganmetrics._types import Progress, silent
from ganmetrics.data.decode import Frame, Stored
from ganmetrics.data.image_source import Digested, ImageSource
from ganmetrics.errors import InputError
from ganmetrics.ranks import current
from ganmetrics.timing import stage

_VERSION = b"ganmetrics images 1\n"
UNREADABLE = hashlib.sha256(b"unreadable\n").digest()
"""What stands for the digest of an image that cannot be read at all."""
_PROBES = 16
"""Images that processes compare: a set of other images differs in one of them, and they take less than a second."""
_FIRST = 16
"""Images that tell most sets apart; reading them costs nothing beside the set."""
_AHEAD = 4  # images read ahead a thread, which bounds memory


def fingerprint(source: ImageSource, *, progress: Progress = silent) -> str:
    r"""Return the SHA-256, in hexadecimal, over the contents of all images in order.

    Hashed are the line ``ganmetrics images 1``, and the SHA-256 digest of each image, which is over

    - ``file\n`` and the bytes of an image file;
    - ``frame N\n`` and the bytes of the file, for a frame of several that was asked for by its number;
    - ``uint8 H W 3\n`` and the H x W x 3 bytes of pixels in memory, rows first;
    - ``pillow MODE W H\n``, the pixels as Pillow keeps them and the palette in RGBA, for a data set's images that are
      not plain RGB;
    - ``unreadable\n`` for an image that cannot be read at all, which the audit reports.

    So names, places, times and archives do not enter: a folder and a zip of it agree, and so do a tensor and an npz of
    its images. Changing, adding, removing or exchanging images changes the digest.

    >>> from ganmetrics.data.sources import open_source
    >>> fingerprint(open_source(np.zeros((2, 4, 4, 3), np.uint8)))[:16]
    '6c2edf683390b334'
    """
    return combined(image_digests(source, progress=progress))


def combined(digests: Iterable[bytes]) -> str:
    """Return the fingerprint of images with these digests, in order."""
    digest = hashlib.sha256(_VERSION)
    for image in digests:
        digest.update(image)
    return digest.hexdigest()


def image_digests(source: ImageSource, *, progress: Progress = silent) -> list[bytes]:
    """Return the SHA-256 digest of each image in order; processes that work together read a share each.

    Raises:
        InputError: the processes do not see the same images.
    """
    ranks = current()
    check_same_images(source)

    def read() -> list[bytes]:
        share, found = ranks.share(len(source)), []
        with progress(total=len(share), stage=f"reading {source.name}") as advance:
            for digest in _digests(source, share):
                found.append(digest)
                advance(1)
        return found

    with stage("hashing files"):
        return [digest for part in ranks.gather(ranks.each(read)) for digest in part]


def opening(source: ImageSource) -> str:
    """Return the SHA-256 over how many images there are and the contents of the first few.

    Sets with the same `fingerprint` have the same opening, so that another opening tells two sets apart at once.

    >>> from ganmetrics.data.sources import open_source
    >>> few, more = (open_source(np.zeros((number, 4, 4, 3), np.uint8)) for number in (2, 3))
    >>> opening(few) == opening(few), opening(few) == opening(more)
    (True, False)
    """
    digest = hashlib.sha256(f"{len(source)}\n".encode())
    for index in range(min(_FIRST, len(source))):
        digest.update(_digest(source, index))
    return digest.hexdigest()


def check_same_images(source: ImageSource) -> None:
    """Raise InputError where processes that work together see other numbers of images, or others at some places."""
    ranks = current()
    if ranks.size == 1:
        return
    lengths = ranks.gather(len(source))
    if len(set(lengths)) > 1:
        raise InputError(
            f"all processes need the same images; of {source.name} they see {', '.join(map(str, lengths))}"
        )
    last = len(source) - 1
    probes = sorted({number * last // (_PROBES - 1) for number in range(_PROBES)}) if last >= 0 else []
    seen = ranks.gather(ranks.each(lambda: [_digest(source, probe) for probe in probes]))
    for probe, *digests in zip(probes, *seen, strict=True):
        if len(set(digests)) > 1:
            raise InputError(
                f"all processes need the same images; {source.label(probe)} is not the same file for all of them"
            )


def _digests(source: ImageSource, indices: Iterable[int]) -> Iterator[bytes]:
    """Yield the digest of each image in order, computed by threads: hashing and reading release the GIL."""
    threads = min(8, os.cpu_count() or 1)
    pending: deque[Future[bytes]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for index in indices:
            pending.append(pool.submit(_digest, source, index))
            if len(pending) >= threads * _AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _digest(source: ImageSource, index: int) -> bytes:
    if has_members(source, Digested):
        return source.digest(index)
    try:
        stored = source.read(index)
    except InputError:
        return UNREADABLE
    return stored_digest(stored)


def stored_digest(stored: Stored) -> bytes:
    """Return the digest of one image as `fingerprint` defines it."""
    if isinstance(stored, bytes):
        digest = hashlib.sha256(b"file\n")
        digest.update(stored)
    elif isinstance(stored, Frame):
        digest = hashlib.sha256(f"frame {stored.number}\n".encode())
        digest.update(stored.data)
    elif isinstance(stored, np.ndarray):
        digest = hashlib.sha256("uint8 {} {} {}\n".format(*stored.shape).encode())
        digest.update(np.ascontiguousarray(stored).data)
    else:
        width, height = stored.size
        digest = hashlib.sha256(f"pillow {stored.mode} {width} {height}\n".encode())
        digest.update(stored.tobytes())
        if stored.palette is not None:
            digest.update(stored.convert("RGBA").tobytes())
        digest.update(repr(stored.info.get("transparency")).encode())
    return digest.digest()
