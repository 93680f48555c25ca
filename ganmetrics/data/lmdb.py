"""An LMDB of encoded images, as LSUN is published."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from ganmetrics.data.decode import begins_as_image
from ganmetrics.data.lmdb_pages import check_pages
from ganmetrics.errors import InputError
from ganmetrics.optional import require

_HEAD = 16


_one_at_a_time = Lock()


class LmdbSource:
    """The values of an LMDB that begin as image files do, in the order of their keys; other values are ignored.

    The database is opened for each read and closed again, so that any number of sources and processes may read it.

    Raises:
        InputError: lmdb is not installed, or the database is damaged or holds no image.
    """

    uniform_size = None

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._keys: list[bytes] = []
        self.ignored = 0
        _lmdb()
        try:
            check_pages(path / "data.mdb" if path.is_dir() else path)
        except InputError as error:
            raise InputError(f"{path} {error}") from None
        try:
            with self._environment() as database, database.begin(buffers=True) as transaction:
                for key, value in transaction.cursor():
                    if begins_as_image(bytes(value[:_HEAD])):
                        self._keys.append(bytes(key))
                    else:
                        self.ignored += 1
        except _lmdb().Error as error:
            raise InputError(f"{path} cannot be read as LMDB: {' '.join(str(error).split())}") from None
        if not self._keys:
            raise InputError(f"{path} needs to hold images; it has none, and {self.ignored:,} other values")

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._keys)

    def label(self, index: int) -> str:
        """Return the path of the database and the key of an image."""
        return f"{self.name}::{self.member(index)}"

    def member(self, index: int) -> str:
        """Return the key of an image as text."""
        return self._keys[index].decode("utf-8", "backslashreplace")

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file."""
        try:
            with self._environment() as database, database.begin() as transaction:
                data = transaction.get(self._keys[index])
        except _lmdb().Error as error:
            raise InputError(f"cannot be read: {' '.join(str(error).split())}") from None
        if data is None:
            raise InputError("is no longer in the database")
        return bytes(data)

    def class_of(self, index: int) -> None:  # noqa: ARG002 - a file of labels can give them
        """Return None: the keys of an LMDB say nothing of classes."""
        return

    @contextmanager
    def _environment(self) -> Iterator[Any]:
        """Open the database for the block: LMDB may be open once in a process, and a fork inherits that."""
        with _one_at_a_time:
            database = _lmdb().open(
                str(self._path), subdir=self._path.is_dir(), readonly=True, lock=False, readahead=False, create=False
            )
            with database:
                yield database


def is_lmdb(path: Path) -> bool:
    """Tell whether a path is an LMDB: a folder with data.mdb, or a file that is called so."""
    return (path / "data.mdb").is_file() or (path.is_file() and path.suffix.lower() in (".lmdb", ".mdb"))


def _lmdb() -> Any:  # noqa: ANN401
    return require("lmdb", extra="lmdb", user="an LMDB")
