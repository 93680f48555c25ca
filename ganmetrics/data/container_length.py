"""Whether a video file is as long as it says: decoders take a file that breaks off for one of fewer frames."""

import stat
from pathlib import Path
from typing import BinaryIO

from ganmetrics.errors import InputError

_BOX = 8
_LONG_BOX = 16
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"


def check_length(path: Path) -> None:
    """Refuse an empty video file, and one that ends before its outermost parts do.

    MP4 and MOV are a row of boxes that say their lengths (ISO/IEC 14496-12, 4.2), WebM and Matroska a segment that does
    (RFC 8794, 6), AVI a row of RIFF chunks. Where a length is left open, or the file is of another kind, nothing is
    known, and the decoder has to see for itself.

    Raises:
        InputError: the file cannot be read, is no regular file or empty, or breaks off; the message is the reason
            alone.
    """
    try:
        status = path.stat()
        # A pipe would be waited for.
        if not stat.S_ISREG(status.st_mode):
            raise InputError("no regular file")
        size = status.st_size
        if not size:
            raise InputError("empty file")
        with path.open("rb") as file:
            end = _end(file, size)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    if end is not None and end > size:
        raise InputError(f"truncated: it has {size:,} of {end:,} bytes")


def _end(file: BinaryIO, size: int) -> int | None:
    """Return where the outermost part that runs furthest ends; None where that is not said."""
    head = file.read(_BOX)
    file.seek(0)
    if head.startswith(_EBML):
        return _end_of_segment(file)
    if head.startswith(b"RIFF"):
        return _end_of_row(file, size, little=True)
    return _end_of_row(file, size, little=False) if head[4:8].isalnum() else None


def _end_of_row(file: BinaryIO, size: int, *, little: bool) -> int | None:
    """Return the end of the last of a row of parts: RIFF chunks (name, length) or boxes (length, name)."""
    place = 0
    while place < size:
        file.seek(place)
        head = file.read(_LONG_BOX)
        if len(head) < _BOX:
            return place + _BOX
        if little:
            length = _BOX + int.from_bytes(head[4:8], "little")
            place += length + length % 2
            continue
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < _BOX:  # 0: to the end of the file
            return None
        place += length
    return place


def _end_of_segment(file: BinaryIO) -> int | None:
    place = 0
    while True:
        file.seek(place)
        name, head = file.read(4), file.read(8)
        if len(head) < 1 or not head[0]:
            return None
        width = 9 - head[0].bit_length()
        value = int.from_bytes(head[:width], "big") & ((1 << 7 * width) - 1)
        if value == (1 << 7 * width) - 1:  # left open, as in a live recording
            return None
        place += 4 + width + value
        if name == _SEGMENT:
            return place
        if name != _EBML:
            return None
