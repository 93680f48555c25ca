"""An LMDB of encoded images, as LSUN is published."""

import os
from pathlib import Path
from typing import Any

from ganmetrics.data.decode import begins_as_image
from ganmetrics.errors import InputError
from ganmetrics.optional import require

_HEAD = 16


_opened: dict[tuple[int, str], Any] = {}
"""The open databases, by process and path."""


class LmdbSource:
    """The values of an LMDB that begin as image files do, in the order of their keys; other values are ignored.

    Every process opens the database for itself, as LMDB demands.

    Raises:
        InputError: lmdb is not installed, or the database is damaged or holds no image.
    """

    uniform_size = None

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._keys: list[bytes] = []
        self.ignored = 0
        try:
            with self._environment().begin(buffers=True) as transaction:
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
            with self._environment().begin() as transaction:
                data = transaction.get(self._keys[index])
        except _lmdb().Error as error:
            raise InputError(f"cannot be read: {' '.join(str(error).split())}") from None
        if data is None:
            raise InputError("is no longer in the database")
        return bytes(data)

    def class_of(self, index: int) -> None:  # noqa: ARG002 - a file of labels can give them
        """Return None: the keys of an LMDB say nothing of classes."""
        return

    def _environment(self) -> Any:  # noqa: ANN401 - lmdb has no types
        # LMDB may be opened once a process only, and a forked process must not use its parent's.
        key = (os.getpid(), str(self._path.resolve()))
        if key not in _opened:
            _opened[key] = _lmdb().open(
                str(self._path),
                subdir=self._path.is_dir(),
                readonly=True,
                lock=False,
                readahead=False,
                create=False,
            )
        return _opened[key]


def is_lmdb(path: Path) -> bool:
    """Tell whether a path is an LMDB: a folder with data.mdb, or a file that is called so."""
    return (path / "data.mdb").is_file() or (path.is_file() and path.suffix.lower() in (".lmdb", ".mdb"))


def _lmdb() -> Any:  # noqa: ANN401
    return require("lmdb", extra="lmdb", user="an LMDB")
