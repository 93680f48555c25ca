"""Files are written whole or not at all, and a full disk is known before the work begins."""

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ganmetrics._text import clipped, shown
from ganmetrics.errors import GanMetricsError, InputError, StorageError

# What file systems answer that cannot reserve space; every other error of a reservation is a real one.
_NO_RESERVATION = {errno.EINVAL, errno.ENOSYS, errno.ENODEV, errno.EOPNOTSUPP, errno.ENOTSUP}


def as_path(name: str, value: object) -> Path:
    """Return what a caller gave as the path of a file or folder.

    Raises:
        InputError: it is no text and no path.

    >>> as_path("cache", 3)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: cache must be a path, got 3
    """
    if isinstance(value, str) or (isinstance(value, os.PathLike) and isinstance(os.fspath(value), str)):
        return Path(value)
    raise InputError(f"{name} must be a path, got {shown(value)}")


def check_name(path: Path) -> Path:
    """Return a path that the file system can be asked for, whether there is anything or not.

    Raises:
        InputError: its name is too long, or it is in a folder that may not be read.

    >>> check_name(Path("x" * 5000))
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: xxx... cannot be looked up: File name too long
    """
    try:
        path.exists()
    except OSError as error:
        raise InputError(f"{clipped(path)} cannot be looked up: {_reason(error)}") from None
    return path


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a binary file that becomes `path` when the block ends, and only if all of it was written.

    The bytes go to a new file in the same directory, are forced to the disk, and take the name by one rename: a reader
    sees the old file or the new one, never a part. Whatever ends the block early, an interrupt included, removes the
    new file and leaves the old one as it was. A symbolic link is written through; the umask decides the permissions.

    Raises:
        StorageError: the directory or the disk refuses, or `path` is there and is no regular file.

    >>> directory = tempfile.TemporaryDirectory()
    >>> with atomic_write(Path(directory.name) / "scores.json") as file:
    ...     _ = file.write(b"{}")
    >>> (Path(directory.name) / "scores.json").read_bytes()
    b'{}'
    >>> directory.cleanup()
    """
    target = Path(os.path.realpath(path))
    # A rename would put a plain file in the place of a device such as /dev/null.
    if target.exists() and not target.is_file():
        raise StorageError(f"{path} cannot be written: it is no regular file")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with _new_file(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except GanMetricsError:
        raise
    except OSError as error:
        # Another file that failed inside the block is named by its error: that is not for this path to report.
        if error.filename not in (None, str(temporary)):
            raise
        raise StorageError(f"{path} cannot be written: {_reason(error)}") from None
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(directory: str | os.PathLike[str], bytes_needed: int) -> None:
    """Check that `directory` can take a file of `bytes_needed` bytes, creating the directory where it is missing.

    The space is reserved in a temporary file, so that quotas and limits of the process count too, and given back.
    Where a file system cannot reserve, its free space is compared instead.

    Raises:
        StorageError: the directory cannot be created or written, or has no room.

    >>> directory = tempfile.TemporaryDirectory()
    >>> check_writable(Path(directory.name) / "cache", 1024)
    >>> directory.cleanup()
    """
    directory = Path(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory) as file:
            _reserve(file.fileno(), directory, max(bytes_needed, 1))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(f"{directory} cannot be written: {_reason(error)}") from None
        free = _size(shutil.disk_usage(directory).free)
        raise StorageError(
            f"{directory} needs room for {_size(bytes_needed)}, the disk has {free}: {_reason(error)}"
        ) from None


def _new_file(path: Path) -> BinaryIO:
    """Create `path`, which must not exist, with the permissions that the umask leaves."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "w+b")


def _reserve(descriptor: int, directory: Path, size: int) -> None:
    """Reserve `size` bytes for an open file, or raise the OSError that writing them would meet."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in _NO_RESERVATION:
                raise
        else:
            return
    if shutil.disk_usage(directory).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _reason(error: OSError) -> str:
    """Return the system's words for an error, on one line and without the path."""
    return error.strerror or " ".join(str(error).split()) or type(error).__name__


def _size(count: int) -> str:
    """Return a number of bytes as people read it.

    >>> _size(3_200_000_000), _size(512)
    ('3.2 GB', '512 bytes')
    """
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"
