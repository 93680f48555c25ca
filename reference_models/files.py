"""Files are written whole or not at all."""

import errno
import os
import re
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path

from ganmetrics import StorageError, clipped

_LONGEST_KEPT = 200
"""Bytes of a file's name in that of what is to become it."""


def possible_path(given: str | os.PathLike[str]) -> Path:
    r"""Return a path that the system can look for, whether or not anything lies there; ``~`` is the home folder.

    Raises:
        StorageError: no file can have that name.

    >>> possible_path("run\0")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.StorageError: a path must be one that a file can have; got run\x00: embedded null byte
    """
    text = _text(given)
    if text == "":
        # Python would take it for the current folder.
        raise StorageError("a path must be one that a file can have; got an empty text")
    path = _in_home(Path(text))
    try:
        path.lstat()
    except (ValueError, OSError) as error:
        if isinstance(error, ValueError) or error.errno == errno.ENAMETOOLONG:
            raise StorageError(
                f"a path must be one that a file can have; got {clipped(path)}: {clipped(error)}"
            ) from None
    return path


def _text(given: object) -> str:
    """Return a path's text; that of a path-like object is whatever its class makes of it."""
    if isinstance(given, str):
        return given
    if not isinstance(given, os.PathLike):
        raise StorageError(f"a path must be text or a path; got {clipped(type(given).__name__)}")
    try:
        text = os.fspath(given)
    except Exception as error:
        raise StorageError(
            f"a path must be text or a path; {clipped(type(given).__name__)} gives none: {clipped(error)}"
        ) from None
    if not isinstance(text, str):
        raise StorageError(
            f"a path must be text or a path; {clipped(type(given).__name__)} gives {clipped(type(text).__name__)}"
        )
    return text


def _in_home(path: Path) -> Path:
    """Return a path that begins with ``~`` below the home folder, unless something lies there as it is written.

    A shell leaves ``~`` alone in quotes and after ``=``.

    >>> _in_home(Path("~nobody-of-that-name/run")), _in_home(Path("run"))
    (PosixPath('~nobody-of-that-name/run'), PosixPath('run'))
    """
    if not str(path).startswith("~") or os.path.lexists(path):
        return path
    try:
        return path.expanduser()
    except RuntimeError:  # nobody has that name
        return path


def check_regular(path: Path, most: int) -> None:
    """Refuse what is no file of at most so many bytes: a pipe waits for a writer, a device may have no end.

    Raises:
        OSError: it is none, or there is nothing.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if found.st_size > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that a reader sees as it was before or as it is after, never in part.

    The bytes go to a new file beside it, are forced to the disk, and take the name by one rename. A process that is
    killed in between leaves the old file as it was.

    Raises:
        StorageError: the directory or the disk refuses; the old file is kept.
    """
    # A name of 255 bytes has no room for more.
    kept = os.fsencode(path.name)[:_LONGEST_KEPT].decode(sys.getfilesystemencoding(), errors="ignore")
    temporary = path.with_name(f".{kept}.{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        # Whatever stood in the way of writing stands in the way of removing too.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def is_leftover(path: Path) -> bool:
    """Return whether a file is one that `write_whole` was killed while writing.

    >>> is_leftover(Path(".last.pt.0123456789abcdef.tmp")), is_leftover(Path(".mine.tmp"))
    (True, False)
    """
    return re.fullmatch(r"\..+\.[0-9a-f]{16}\.tmp", path.name) is not None


def remove_leftovers_in(directory: Path) -> None:
    """Remove what killed processes left half written in a directory; one that does not exist has nothing."""
    for path in directory.glob(".*.tmp"):
        if is_leftover(path):
            path.unlink(missing_ok=True)
