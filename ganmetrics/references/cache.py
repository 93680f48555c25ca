"""Statistics kept between runs, each under the digest of all that can change it."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from ganmetrics._files import check_writable
from ganmetrics.errors import GanMetricsError, StaleStatistics, StorageError
from ganmetrics.references.key import ReferenceKey
from ganmetrics.references.reference import Reference
from ganmetrics.references.store import HEADER_BYTES, read_statistics, write_statistics

logger = logging.getLogger(__name__)

DEFAULT_LIMIT = 4 * 2**30
"""Bytes that the cache may hold; about 20 entries of the widest extractor with what its intervals need."""


def reference_directory() -> Path:
    """Return where the statistics lie: in the platform's cache directory, which `XDG_CACHE_HOME` moves on Linux."""
    return platformdirs.user_cache_path("ganmetrics", appauthor=False) / "references"


@dataclass(frozen=True)
class Entry:
    """One stored set of statistics: its file, size in bytes and time of last use."""

    path: Path
    size: int
    used: float


@dataclass(frozen=True)
class ReferenceCache:
    """A folder of statistics, bounded in size, that several processes may use at once.

    Each entry is one file that appears whole (by rename) and is verified whenever it is read, so no lock is needed: two
    processes that compute the same entry write the same statistics, and a reader sees one file or the other.

    Attributes:
        directory: where the entries lie.
        limit: bytes that they may take together; the least recently used go first.
    """

    directory: Path
    limit: int = DEFAULT_LIMIT

    def get(self, key: ReferenceKey, *, source: str) -> Reference | None:
        """Return the statistics stored under `key`, said to come from `source`, or None.

        A damaged entry is reported, removed and treated as absent.
        """
        path = self._path(key)
        if not path.exists():
            return None
        try:
            reference = _read(path)
        except GanMetricsError as error:
            logger.warning("damaged cache entry, computed again: %s", error)
            with suppress(OSError):  # a cache that can only be read keeps it
                path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            path.touch()
        return replace(reference, source=source)

    def check_room(self, array_bytes: int) -> None:
        """Raise StorageError unless an entry with so many bytes of arrays can be written; called before the work."""
        try:
            check_writable(self.directory, bytes_needed=array_bytes + HEADER_BYTES)
        except StorageError as error:
            raise StorageError(f"the cache needs room: {error} (--no-cache goes without)") from None

    def put(self, key: ReferenceKey, reference: Reference) -> None:
        """Store `reference` under `key`, then drop the least recently used entries beyond the limit.

        Raises:
            StorageError: the entry cannot be written; nothing half-written is left.
        """
        header, arrays = reference.pack()
        self.check_room(sum(array.nbytes for array in arrays.values()))
        write_statistics(self._path(key), {**header, "key": key.digest}, arrays)
        self._evict(keep=self._path(key))

    def entries(self) -> list[Entry]:
        """Return the entries, most recently used first."""
        found = []
        for path in self.directory.glob("*.npz"):
            try:
                stat = path.stat()
            except FileNotFoundError:  # another process removed it
                continue
            found.append(Entry(path, stat.st_size, stat.st_mtime))
        return sorted(found, key=lambda entry: entry.used, reverse=True)

    def clear(self) -> int:
        """Remove every entry, with what killed processes left of theirs, and return how many entries there were."""
        entries = self.entries()
        for part in self.directory.glob(".*.tmp"):
            part.unlink(missing_ok=True)
        for entry in entries:
            entry.path.unlink(missing_ok=True)
        return len(entries)

    def describe(self, entry: Entry) -> str:
        """Return what an entry holds, in one line; "damaged" where it cannot be read."""
        try:
            return _read(entry.path).line()
        except GanMetricsError:
            return "damaged"

    def damaged(self) -> list[tuple[Entry, str]]:
        """Read every entry and return those that are damaged, each with the reason."""
        found = []
        for entry in self.entries():
            try:
                _read(entry.path)
            except GanMetricsError as error:
                found.append((entry, str(error)))
        return found

    def _path(self, key: ReferenceKey) -> Path:
        return self.directory / f"{key.digest}.npz"

    def _evict(self, *, keep: Path) -> None:
        total = 0
        for entry in self.entries():
            total += entry.size
            if total > self.limit and entry.path != keep:
                entry.path.unlink(missing_ok=True)
                total -= entry.size


def _read(path: Path) -> Reference:
    """Return the statistics of an entry, which must be those that its name is the key of.

    Raises:
        StaleStatistics: the file is damaged, or was put under another key.
    """
    header, arrays = read_statistics(path)
    if header.pop("key", None) != path.stem:
        raise StaleStatistics(f"cache entry {path} holds statistics of another key")
    return Reference.unpack(header, arrays)
