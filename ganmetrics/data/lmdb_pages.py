"""A look at the pages of an LMDB before its library opens them: it trusts the file, and dies with the process."""

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

from ganmetrics.errors import InputError

_HEADER = 16
"""Bytes of a page before its pointers: number, padding, flags, lower and upper end of the room between."""
_META = struct.Struct("<IIQQ")
_DATABASE = struct.Struct("<IHHQQQQQ")
_MAGIC = 0xBEEFC0DE
_BRANCH, _LEAF, _OVERFLOW, _META_FLAG = 0x01, 0x02, 0x04, 0x08
_KINDS = 0x7F
_BIG, _PLAIN = 0x01, 0x00
_NONE = (1 << 64) - 1
_DEEPEST = 32  # what the library keeps of a cursor's way
_LONGEST_KEY = 511


class _Meta(NamedTuple):
    """What one of the two first pages says."""

    page: int
    depth: int
    root: int
    last: int
    transaction: int


def check_pages(file: Path) -> None:
    """Raise InputError unless every page that leads to a value lies in the file and says what such a page says.

    Layout: ``MDB_page``, ``MDB_meta`` and ``MDB_node`` of LMDB 0.9, on a machine with 64 bits and low bytes first.
    """
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _Pages(data).check()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is empty"
        raise InputError(f"cannot be read as LMDB: {reason}") from None
    except (struct.error, IndexError):
        raise InputError("cannot be read as LMDB: truncated") from None


class _Pages:
    """The pages of the newer of the two states that a file holds."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        first = self._meta(0)
        second = self._meta(first.page)
        if first.page != second.page:
            raise _damaged()
        self._meta_page = second if first.transaction < second.transaction else first
        self._size = first.page

    def check(self) -> None:
        """Walk from the root to every value, a level after the other; a page that is met twice is none of a tree."""
        meta = self._meta_page
        if meta.root == _NONE:
            return
        if meta.depth > _DEEPEST:
            raise _damaged()
        seen: set[int] = set()
        level = [meta.root]
        for depth in range(meta.depth, 0, -1):
            below: list[int] = []
            for number in level:
                if number in seen:
                    raise _damaged()
                seen.add(number)
                below += self._below(number, leaf=depth == 1)
            level = below
        if level:
            raise _damaged()

    def _meta(self, offset: int) -> _Meta:
        flags = struct.unpack_from("<H", self._data, offset + 10)[0]
        magic, version, _, _ = _META.unpack_from(self._data, offset + _HEADER)
        if magic != _MAGIC or version != 1 or not flags & _META_FLAG:
            raise InputError("cannot be read as LMDB: it is none, or of another kind of machine")
        start = offset + _HEADER + _META.size
        page = _DATABASE.unpack_from(self._data, start)[0]
        _, kind, depth, _, _, _, _, root = _DATABASE.unpack_from(self._data, start + _DATABASE.size)
        last, transaction = struct.unpack_from("<QQ", self._data, start + 2 * _DATABASE.size)
        # Flags: of keys from their end, of numbers, or of several values a key, whose pages are others.
        if page not in (1 << power for power in range(9, 17)) or kind & 0x7FFF:
            raise _damaged()
        return _Meta(page, depth, root, last, transaction)

    def _below(self, number: int, *, leaf: bool) -> list[int]:
        """Return the pages that a branch leads to, after a look at each node of a page."""
        start = self._page(number)
        own, _, flags, lower, upper = struct.unpack_from("<QHHHH", self._data, start)
        if own != number or flags & _KINDS != (_LEAF if leaf else _BRANCH):
            raise _damaged()
        if not (_HEADER <= lower <= upper <= self._size) or lower % 2:
            raise _damaged()
        found = []
        count = (lower - _HEADER) // 2
        if not count or (not leaf and count < 2):  # noqa: PLR2004 - a branch leads two ways
            raise _damaged()
        for place in struct.unpack_from(f"<{count}H", self._data, start + _HEADER):
            if place < upper or place + 8 > self._size:
                raise _damaged()
            low, high, kind, key = struct.unpack_from("<HHHH", self._data, start + place)
            if key > _LONGEST_KEY or place + 8 + key > self._size:
                raise _damaged()
            if leaf:
                self._check_value(start, place + 8 + key, low | high << 16, kind)
            else:
                found.append(low | high << 16 | kind << 32)
        return found

    def _check_value(self, start: int, place: int, size: int, kind: int) -> None:
        if kind == _PLAIN:
            if place + size > self._size:
                raise _damaged()
        elif kind == _BIG and place + 8 <= self._size:
            number = struct.unpack_from("<Q", self._data, start + place)[0]
            begins = self._page(number)
            own, _, flags, pages = struct.unpack_from("<QHHI", self._data, begins)
            if own != number or flags & _KINDS != _OVERFLOW or _HEADER + size > pages * self._size:
                raise _damaged()
            self._page(number + pages - 1)
        else:
            raise InputError("cannot be read as LMDB: it holds databases in a database, or is damaged")

    def _page(self, number: int) -> int:
        if number > self._meta_page.last:
            raise _damaged()
        if (number + 1) * self._size > len(self._data):
            raise InputError("cannot be read as LMDB: truncated")
        return number * self._size


def _damaged() -> InputError:
    return InputError("cannot be read as LMDB: damaged")
