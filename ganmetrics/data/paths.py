"""Image files by a list of their paths: from Python, from a text file, from a shell's pattern, or from stdin."""

import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ganmetrics._files import read_at_most, read_regular
from ganmetrics._text import clipped, one_line
from ganmetrics.data.classes import classes_of_paths
from ganmetrics.data.image_source import Listing
from ganmetrics.data.members import MEMBER_LIMIT, is_image_name
from ganmetrics.errors import InputError

STDIN = "-"
"""What stands for a list of paths on stdin."""

_LARGEST = 2**30
"""Bytes of a list of paths: one of ten million images has fewer."""


class PathsSource:
    """Image files in the order of a list.

    Relative paths begin at the current folder, as a shell's do. Below the deepest folder that holds all files, classes
    are first-level folders by the rules for a folder. Files that cannot be read are the audit's to name.

    Raises:
        InputError: the list is empty, names a file twice, or one without the extension of an image.
    """

    uniform_size = None
    ignored = 0

    def __init__(self, paths: Iterable[str | os.PathLike[str]], name: str) -> None:
        self.name = name
        self._paths = [os.fspath(path) for path in paths]
        if not self._paths:
            raise InputError(f"{name} needs to name image files; it is empty")
        for path in self._paths:
            if not is_image_name(path.replace(os.sep, "/")):
                raise InputError(f"{name} needs to name image files; {clipped(path)} has no image's extension")
        self._members = below_their_folder(self._paths)
        self._check_once()
        self._classes = classes_of_paths(self._members)
        self.listing = Listing(self._classes.classes_from, self._classes.no_classes)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._paths)

    def label(self, index: int) -> str:
        """Return the path of an image as it was listed."""
        return self._paths[index]

    def member(self, index: int) -> str:
        """Return the path of an image in the deepest folder that holds all."""
        return self._members[index]

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file."""
        try:
            return read_regular(self._paths[index], MEMBER_LIMIT)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise InputError(f"no file can have that name: {one_line(error)}") from None

    def class_of(self, index: int) -> str | None:
        """Return the first-level folder of an image where these are classes."""
        return self._classes.of(index)

    def _check_once(self) -> None:
        seen: set[str] = set()
        for member, path in zip(self._members, self._paths, strict=True):
            if member in seen:
                raise InputError(f"{self.name} names {clipped(path)} twice")
            seen.add(member)


def open_list(path: Path) -> PathsSource:
    """Return the images that a text file names, one path a line; empty lines are none.

    Raises:
        InputError: the file is no text, or as `PathsSource`.
    """
    paths = listed_paths(path)
    # Only the first is asked for: a million would take a minute, and the audit names each that is missing.
    if paths and not os.path.lexists(paths[0]) and os.path.lexists(path.parent / paths[0]):
        raise InputError(
            f"{path} must name files from the current folder; {clipped(paths[0])} is only there from that of the list"
        )
    return PathsSource(paths, str(path))


def listed_paths(path: Path) -> list[str]:
    """Return the paths in a text file, one a line; empty lines are none.

    Raises:
        InputError: the file is no text.
    """
    try:
        text = read_at_most(path, _LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} cannot be read as a list of paths: it is no text in UTF-8") from None
    return _lines(text)


def open_stdin() -> PathsSource:
    """Return the images that stdin names, one path a line, or separated by NUL as ``find -print0`` writes them.

    Raises:
        InputError: stdin is closed or cannot be read; or as `PathsSource`, also where stdin stands for both sides: the
            second finds it empty.
    """
    return PathsSource(_lines(_path_text(_read_stdin())), "stdin")


def names_on_stdin() -> list[str]:
    """Return the paths on stdin, which whoever reads it next finds there again.

    Raises:
        InputError: stdin is closed or cannot be read.
    """
    data = _read_stdin()
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    return _lines(_path_text(data))


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise InputError("stdin must be a list of paths; it is closed")
    # What a program puts in its place may have text only.
    stream = getattr(sys.stdin, "buffer", sys.stdin)
    try:
        found = stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:  # the latter of a closed stream
        reason = getattr(error, "strerror", None) or one_line(error)
        raise InputError(f"stdin must be a list of paths; it cannot be read: {reason}") from None
    data = os.fsencode(found) if isinstance(found, str) else bytes(found or b"")
    if len(data) > _LARGEST:
        raise InputError(f"stdin must be a list of paths; got more than {_LARGEST:,} bytes")
    return data


def _path_text(data: bytes) -> str:
    """Return bytes as the system has them in names, whatever their encoding is."""
    try:
        return os.fsdecode(data)
    except UnicodeDecodeError:  # on Windows, whose names are text
        raise InputError("stdin must be a list of paths; it is no text in UTF-8") from None


def are_paths(thing: object) -> bool:
    """Tell whether a thing is a list or tuple of paths.

    >>> are_paths(["a.png", Path("b.png")]), are_paths([]), are_paths("a.png")
    (True, False, False)
    """
    if not isinstance(thing, list | tuple) or not thing:
        return False
    return all(isinstance(path, str | os.PathLike) for path in thing)


def open_paths(paths: Sequence[str | os.PathLike[str]]) -> PathsSource:
    """Return the images of a list of paths."""
    return PathsSource(paths, "list of paths")


def _lines(text: str) -> list[str]:
    return [line for line in (text.split("\0") if "\0" in text else text.splitlines()) if line.strip()]


def below_their_folder(paths: Sequence[str]) -> list[str]:
    """Return paths relative to the deepest folder that holds them all, with forward slashes."""
    whole = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - links stay links
    folders = {os.path.dirname(path) for path in whole}  # noqa: PTH120 - a million times
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # on different drives
        common = ""
    start = len(common.rstrip(os.sep)) + 1 if common else 0
    return [path[start:].replace(os.sep, "/") for path in whole]
