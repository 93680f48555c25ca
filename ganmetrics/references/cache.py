"""Statistics kept between runs, each under the digest of all that can change it."""

import logging
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from ganmetrics._files import as_path, atomic_write, check_writable, is_plain_file, read_at_most
from ganmetrics.core.checks import of_type
from ganmetrics.data.fingerprint import opening
from ganmetrics.data.image_source import ImageSource
from ganmetrics.errors import GanMetricsError, StaleStatistics, StorageError
from ganmetrics.extraction.collect import Collected, Keep
from ganmetrics.extraction.layer import layer_bytes
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.references.kept_features import (
    KEPT_SUFFIX,
    KeptFeatures,
    feature_bytes,
    read_kept_features,
    remove_features,
    write_features,
)
from ganmetrics.references.key import ReferenceKey
from ganmetrics.references.reference import Reference
from ganmetrics.references.store import HEADER_BYTES, read_statistics, write_statistics

logger = logging.getLogger(__name__)

_OPENING = ".opening"
"""What the file beside an entry is called that tells which images it may be of."""
_LONGEST_OPENING = 1000
"""Bytes of it; ours have some tens."""
DEFAULT_LIMIT = 4 * 2**30
"""Bytes that the cache may hold; about 20 entries of the widest extractor with what its intervals need."""


def reference_directory() -> Path:
    """Return where the statistics lie: in the platform's cache directory, which `XDG_CACHE_HOME` moves on Linux.

    Raises:
        InputError: no folder can have the name that was given.
    """
    return as_path(platformdirs.user_cache_path("ganmetrics", appauthor=False) / "references")


@dataclass(frozen=True)
class Entry:
    """One stored set of statistics: its file, size in bytes with its features, and time of last use."""

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
        features: whether every image's features and logits are kept too, for the metrics of later runs.
    """

    directory: Path
    limit: int = DEFAULT_LIMIT
    features: bool = False

    def __post_init__(self) -> None:
        """Check what a caller may have given."""
        of_type("cache_features", self.features, bool, "True or False")

    def may_hold(self, images: ImageSource) -> bool:
        """Tell whether an entry may be of these images, from how many they are and the first few of them.

        Where none can be, a set need not be read to its end only to learn its key.
        """
        try:
            openings = [_read_opening(path) for path in self.directory.glob("*.npz")]
        except OSError:  # told by `check_room`
            return False
        # Entries made by earlier versions do not tell.
        return bool(openings) and (None in openings or opening(images) in openings)

    def get(self, key: ReferenceKey, *, source: str) -> Reference | None:
        """Return the statistics stored under `key`, said to come from `source`, or None.

        A damaged entry is reported, removed and treated as absent.
        """
        path = self._path(key)
        try:
            self._drop_other(path)
            if not path.exists():
                return None
        except PermissionError:  # told by `check_room`
            return None
        try:
            reference = _read(path)
        except GanMetricsError as error:
            logger.warning("damaged cache entry, computed again: %s", error)
            with suppress(OSError):  # a cache that can only be read keeps it
                self._remove(path)
            return None
        with suppress(OSError):
            path.touch()
        return replace(reference, source=source)

    def get_features(self, key: ReferenceKey, count: int, keep: Keep) -> KeptFeatures | None:
        """Return what is kept of each image under `key`; None where it is not all that a pass would keep.

        A damaged entry is reported, removed and treated as absent.
        """
        folder = self._path(key).with_suffix(KEPT_SUFFIX)
        try:
            kept = read_kept_features(folder)
        except StaleStatistics as error:
            logger.warning("damaged cache entry, computed again: %s", error)
            remove_features(folder)
            return None
        return kept if kept is not None and kept.holds(count, keep) else None

    def room(self, spec: ExtractorSpec, count: int, keep: Keep) -> int:
        """Return the bytes of a new entry for so many images."""
        layer = layer_bytes(spec.dimension, blocks=keep.blocks, kept=keep.images)
        kept = feature_bytes(count, spec.dimension, spec.classes) if self.features and keep.features else 0
        return layer + kept

    def check_room(self, array_bytes: int) -> None:
        """Raise StorageError unless an entry with so many bytes of arrays can be written; called before the work."""
        try:
            check_writable(self.directory, bytes_needed=array_bytes + HEADER_BYTES)
        except StorageError as error:
            raise StorageError(f"the cache needs room: {error} (--no-cache goes without)") from None

    def put(
        self,
        key: ReferenceKey,
        reference: Reference,
        collected: Collected | None = None,
        *,
        images: ImageSource | None = None,
    ) -> None:
        """Store `reference` under `key`, then drop the least recently used entries beyond the limit.

        Args:
            key: all that can change the statistics.
            reference: the statistics.
            collected: what the pass kept, whose features are stored too where this cache is one for them.
            images: those that were extracted, by whose first few `may_hold` knows the entry.

        Raises:
            StorageError: the entry cannot be written; nothing half-written is left.
        """
        self._drop_other(self._path(key))
        header, arrays = reference.pack()
        self.check_room(sum(array.nbytes for array in arrays.values()))
        if images is not None:
            # First: a run that is killed after the statistics are there would never come here again.
            with atomic_write(self._path(key).with_suffix(_OPENING)) as file:
                file.write(opening(images).encode())
        write_statistics(self._path(key), {**header, "key": key.digest}, arrays)
        if self.features and collected is not None and collected.features is not None:
            write_features(self._path(key).with_suffix(KEPT_SUFFIX), collected)
        self._evict(keep=self._path(key))

    def entries(self) -> list[Entry]:
        """Return the entries, most recently used first; a time in the future counts as now.

        Raises:
            StorageError: the folder cannot be listed.
        """
        found, now = [], time.time()
        for path in self._named("*.npz"):
            try:
                stat = path.lstat()
                kept = sum(part.lstat().st_size for part in path.with_suffix(KEPT_SUFFIX).glob("*"))
            except OSError:  # another process removed it
                continue
            found.append(Entry(path, stat.st_size + kept, min(stat.st_mtime, now)))
        return sorted(found, key=lambda entry: entry.used, reverse=True)

    def clear(self) -> int:
        """Remove every entry, with what killed processes left of theirs, and return how many entries there were.

        Raises:
            StorageError: something cannot be removed.
        """
        entries = self.entries()
        left = [*self._named(".*.tmp"), *self._named("*.npz"), *self._named(f"*{_OPENING}")]
        for path in left:
            try:
                _remove_whatever(path)
            except OSError as error:
                raise StorageError(f"{path} cannot be removed: {error.strerror}") from None
        for folder in self._named(f"*{KEPT_SUFFIX}"):
            remove_features(folder)
        return len(entries)

    def _named(self, pattern: str) -> list[Path]:
        try:
            return list(self.directory.glob(pattern))
        except OSError as error:
            raise StorageError(f"the cache {self.directory} cannot be listed: {error.strerror}") from None

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

    def _drop_other(self, path: Path) -> None:
        """Remove what is no file in an entry's place: who may write the cache could lead it to any file of ours."""
        if os.path.lexists(path) and not is_plain_file(path):
            logger.warning("damaged cache entry, computed again: %s is no file", path)
            with suppress(OSError):
                _remove_whatever(path)

    def _path(self, key: ReferenceKey) -> Path:
        return self.directory / f"{key.digest}.npz"

    def _evict(self, *, keep: Path) -> None:
        total, now = 0, time.time()
        for entry in self.entries():
            with suppress(OSError):
                # From now on it ages: it would stay the newest until that time comes.
                if is_plain_file(entry.path) and entry.path.lstat().st_mtime > now:
                    entry.path.touch()
            total += entry.size
            if total > self.limit and entry.path != keep:
                self._remove(entry.path)
                total -= entry.size

    def _remove(self, path: Path) -> None:
        _remove_whatever(path)
        _remove_whatever(path.with_suffix(_OPENING))
        remove_features(path.with_suffix(KEPT_SUFFIX))


def _remove_whatever(path: Path) -> None:
    """Remove a file, or what lies in its place; nothing where another process did."""
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _read_opening(path: Path) -> str | None:
    """Return the opening of an entry's images; None where it is not known."""
    beside = path.with_suffix(_OPENING)
    if is_plain_file(beside):
        with suppress(OSError, UnicodeDecodeError):
            return read_at_most(beside, _LONGEST_OPENING).decode("ascii")
    return None


def _read(path: Path) -> Reference:
    """Return the statistics of an entry, which must be those that its name is the key of.

    Raises:
        StaleStatistics: the file is damaged, or was put under another key.
    """
    if not is_plain_file(path):
        raise StaleStatistics(f"cache entry {path} is no file")
    header, arrays = read_statistics(path)
    if header.pop("key", None) != path.stem:
        raise StaleStatistics(f"cache entry {path} holds statistics of another key")
    return Reference.unpack(header, arrays)
