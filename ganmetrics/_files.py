"""Files are written whole or not at all, and a full disk is known before the work begins."""

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ganmetrics._leftovers import LOCKS, lock, locked_folder, new_name, remove_leftovers_of
from ganmetrics._text import clipped
from ganmetrics.errors import GanMetricsError, InputError, StorageError

# What file systems answer that cannot reserve space; every other error of a reservation is a real one.
_NO_RESERVATION = {errno.EINVAL, errno.ENOSYS, errno.ENODEV, errno.EOPNOTSUPP, errno.ENOTSUP}


def as_path(given: str | os.PathLike[str]) -> Path:
    r"""Return a path that the system can look for, whether or not anything lies there.

    Raises:
        InputError: no file can have that name: it is empty or too long, or holds a null character or half a character.

    >>> as_path("real\0")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: a path must be one that a file can have; got real\x00: embedded null byte
    """
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"a path must be text or a path; got {type(given).__name__}")
    text: str | bytes
    try:
        text = os.fspath(given)
    except Exception:  # what an object of the user's raises
        text = b""
    if not isinstance(text, str):
        raise InputError(f"a path must be text or a path; got {type(given).__name__}, which says its path in no text")
    if text == "":
        # Python would take it for the current folder.
        raise InputError("a path must be one that a file can have; got an empty text")
    path = in_home(Path(text))
    try:
        path.stat()
    except ValueError as error:
        reason = "it cannot be encoded" if isinstance(error, UnicodeError) else str(error)
        raise InputError(f"a path must be one that a file can have; got {clipped(path)}: {reason}") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(
                f"a path must be one that a file can have; got {clipped(path)}: {_reason(error)}"
            ) from None
    return path


def is_there(path: Path) -> bool:
    r"""Tell whether anything is at a path; at one that is too long, or that no file can have, there is nothing.

    >>> is_there(Path("x" * 1000)), is_there(Path("a\0b"))
    (False, False)
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def open_at_once(path: str, flags: int) -> int:
    """Open a path without waiting, as the opener of `open`: a pipe would be waited for until somebody writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_at_most(path: Path, most: int) -> bytes:
    """Return the bytes of a file, a pipe or a device, where there are no more than `most`: some devices never end.

    A pipe that somebody writes to, such as a shell's ``<(command)``, is read to its end; another is not waited for.

    Raises:
        OSError: it cannot be read, has more, or is a pipe that nobody writes to.

    >>> read_at_most(Path("/dev/null"), 10)
    b''
    """
    with open(path, "rb", opener=open_at_once) as file:
        if hasattr(os, "O_NONBLOCK"):
            os.set_blocking(file.fileno(), True)
        data = file.read(most + 1)
        if not data and stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EPIPE, "it is a pipe that gives nothing")
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {_size(most)}")
    return data


def read_regular(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the bytes of a regular file, of no more than `most`; a pipe or a device is neither waited for nor read.

    Raises:
        OSError: it cannot be read, has more, or is no regular file.
        ValueError: no file can have that name.

    >>> read_regular("/dev/null", 10)
    Traceback (most recent call last):
        ...
    OSError: [Errno 22] it is no regular file
    """
    with open(path, "rb", opener=open_at_once) as file:
        check_readable(os.fstat(file.fileno()), most)
        return file.read()


def check_readable(status: os.stat_result, most: int) -> None:
    """Raise the OSError of an open file that is no regular one, or has more than `most` bytes."""
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if status.st_size > most:
        raise OSError(errno.EFBIG, f"it has {status.st_size:,} bytes, more than {most:,}")


def is_plain_file(path: Path) -> bool:
    """Tell whether a path is a file itself: no link, which may lead anywhere, and no pipe or device, which may not end.

    >>> is_plain_file(Path("/dev/null"))
    False
    """
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def in_home(path: Path) -> Path:
    """Return a path that begins with ``~`` below the home folder, unless something lies there as it is written.

    A shell leaves ``~`` alone in quotes and after ``=``.

    >>> in_home(Path("~nobody-of-that-name/real")), in_home(Path("real"))
    (PosixPath('~nobody-of-that-name/real'), PosixPath('real'))
    """
    if not str(path).startswith("~") or os.path.lexists(path):
        return path
    try:
        return path.expanduser()
    except RuntimeError:  # nobody has that name
        return path


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a binary file that becomes `path` when the block ends, and only if all of it was written.

    The bytes go to a new file in the same directory, are forced to the disk, and take the name by one rename: a reader
    sees the old file or the new one, never a part. Whatever ends the block early, an interrupt included, removes the
    new file and leaves the old one as it was; what a killed process left is removed by the next one that writes `path`.
    A symbolic link is written through; the umask decides the permissions.

    Raises:
        InputError: no file can have that name.
        StorageError: the directory or the disk refuses, or `path` is there and is no regular file.

    >>> directory = tempfile.TemporaryDirectory()
    >>> with atomic_write(Path(directory.name) / "scores.json") as file:
    ...     _ = file.write(b"{}")
    >>> (Path(directory.name) / "scores.json").read_bytes()
    b'{}'
    >>> directory.cleanup()
    """
    target = Path(os.path.realpath(as_path(path)))
    _check_regular(target)
    remove_leftovers_of(target)
    temporary = target
    try:
        temporary, file = _new_file(target)
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            # Still open, and so still locked: no other process takes it for a leftover.
            if LOCKS:
                temporary.replace(target)
        if not LOCKS:
            temporary.replace(target)
    except GanMetricsError:
        raise
    except OSError as error:
        # Another file that failed inside the block is named by its error: that is not for this path to report.
        if error.filename not in (None, str(temporary)):
            raise
        raise StorageError(f"{path} cannot be written: {_reason(error)}") from None
    finally:
        if temporary != target:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Give a new folder that becomes `target` when the block ends, in the place of a folder that was there.

    As `atomic_write` for a file: it appears whole or not at all, and what a killed process left is removed by the next
    one that writes `target`.

    Raises:
        OSError: the directory or the disk refuses.

    >>> directory = tempfile.TemporaryDirectory()
    >>> with atomic_folder(Path(directory.name) / "sheet") as folder:
    ...     _ = (folder / "a.txt").write_text("a")
    >>> [path.name for path in Path(directory.name).iterdir()]
    ['sheet']
    >>> directory.cleanup()
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers_of(target)
    part = new_name(target)
    with locked_folder(part):
        try:
            yield part
            shutil.rmtree(target, ignore_errors=True)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def check_writable(directory: str | os.PathLike[str], bytes_needed: int) -> None:
    """Check that `directory` can take a file of `bytes_needed` bytes, creating the directory where it is missing.

    The space is reserved in a temporary file, so that quotas and limits of the process count too, and given back.
    Where a file system cannot reserve, its free space is compared instead.

    Raises:
        InputError: no file can have that name.
        StorageError: the directory cannot be created or written, or has no room.

    >>> directory = tempfile.TemporaryDirectory()
    >>> check_writable(Path(directory.name) / "cache", 1024)
    >>> directory.cleanup()
    """
    directory = as_path(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # A file without a name: a process that is killed leaves nothing.
        with tempfile.TemporaryFile(dir=directory) as file:
            _reserve(file.fileno(), directory, max(bytes_needed, 1))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(f"{directory} cannot be written: {_reason(error)}") from None
        free = _size(shutil.disk_usage(directory).free)
        raise StorageError(
            f"{directory} needs room for {_size(bytes_needed)}, the disk has {free}: {_reason(error)}"
        ) from None


def check_writable_file(path: str | os.PathLike[str], bytes_needed: int) -> None:
    """Check that `atomic_write` can write `bytes_needed` bytes to `path`, creating its directory where it is missing.

    Raises:
        InputError: no file can have that name.
        StorageError: as `check_writable`, or `path` is there and is no regular file.
    """
    path = as_path(path)
    _check_regular(path)
    check_writable(path.absolute().parent, bytes_needed)


def _check_regular(path: Path) -> None:
    """Refuse what is there and is no file: a rename would put one in the place of a device such as /dev/null."""
    if path.exists() and not path.is_file():
        raise StorageError(f"{path} cannot be written: it is no regular file")


def _new_file(target: Path) -> tuple[Path, BinaryIO]:
    """Create a new file beside `target`, locked, with the permissions that the umask leaves; return its path too."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
    while True:
        path = new_name(target)
        try:
            file = os.fdopen(os.open(path, flags, 0o666), "w+b")
        except OSError as error:
            # Without the name that nobody knows.
            raise OSError(error.errno, error.strerror) from None
        lock(file.fileno(), wait=True)
        # Between the two steps another process may have taken it for a leftover.
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()


def _reserve(descriptor: int, directory: Path, size: int) -> None:
    """Reserve `size` bytes for an open file, or raise the OSError that writing them would meet."""
    if size > sys.maxsize:
        # More than the system can be asked for.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
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
