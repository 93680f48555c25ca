"""Names that stand for several files: a shell's pattern, or a brace pattern of shards."""

import glob
import math
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganmetrics._text import clipped, shown
from ganmetrics.data.image_source import ImageSource
from ganmetrics.data.members import is_image_name
from ganmetrics.data.paths import PathsSource
from ganmetrics.errors import InputError

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)", re.ASCII)
_MOST_DIGITS = 18
_MOST_NAMES = 10_000_000

OpenShards = Callable[[Sequence[Path], str], ImageSource]
"""Opens several files of one kind as one source, in their order; the text is the pattern."""


def is_pattern(path: Path) -> bool:
    """Tell whether a path that leads nowhere is a pattern.

    >>> is_pattern(Path("results/*_fake_B.png")), is_pattern(Path("train-{000..012}.tar")), is_pattern(Path("a.png"))
    (True, True, False)
    """
    text = str(path)
    return not path.exists() and (glob.has_magic(text) or _BRACES.search(text) is not None)


def expand_braces(pattern: str) -> Iterator[str]:
    """Return the names that a pattern with ``{first..last}`` or ``{one,other}`` stands for, in its order.

    Raises:
        InputError: a range runs backwards, braces hold neither a range nor a list, or there are more than ten million
            names; each name is made when it is asked for.

    >>> list(expand_braces("train-{008..010}.tar"))
    ['train-008.tar', 'train-009.tar', 'train-010.tar']
    >>> list(expand_braces("{a,b}-{1..2}"))
    ['a-1', 'a-2', 'b-1', 'b-2']
    """
    # Text and what braces hold, by turns.
    parts = _BRACES.split(pattern)
    choices = [_choices(inside, pattern) for inside in parts[1::2]]
    count = math.prod(map(len, choices))
    if count > _MOST_NAMES:
        raise InputError(f"{clipped(pattern)} may stand for up to {_MOST_NAMES:,} files; it stands for {shown(count)}")
    return (_name(parts[::2], choices, number) for number in range(count))


def _name(texts: Sequence[str], choices: Sequence["_Choices"], number: int) -> str:
    """Return one of the names, whose number has a digit for each of the braces."""
    ends = [texts[-1]]
    for text, choice in zip(reversed(texts[:-1]), reversed(choices), strict=True):
        number, place = divmod(number, len(choice))
        ends += [choice[place], text]
    return "".join(reversed(ends))


def open_pattern(path: Path, shards: Mapping[str, OpenShards]) -> ImageSource:
    """Return the images of the files that a pattern stands for.

    Args:
        path: the pattern; files of a brace pattern are in its order, those of a shell's in that of their names.
        shards: how several files with an extension are opened as one.

    Raises:
        InputError: the pattern stands for no file, one is missing, or they are of several kinds.
    """
    pattern = str(path)
    files = matching(pattern)
    if all(is_image_name(file) for file in files):
        return PathsSource(files, pattern)
    suffixes = {Path(file).suffix.lower() for file in files}
    if len(suffixes) == 1 and (suffix := suffixes.pop()) in shards:
        other = next((file for file in files if not Path(file).is_file()), None)
        if other is not None:
            raise InputError(f"{clipped(pattern)} needs to match files only; {clipped(other)} is no regular file")
        return shards[suffix]([Path(file) for file in files], pattern)
    other = next(file for file in files if not is_image_name(file))
    raise InputError(
        f"{clipped(pattern)} needs to match image files only, or {' or '.join(shards)} only; "
        f"it matches {clipped(other)}"
    )


def matching(pattern: str) -> list[str]:
    """Return the files that a pattern stands for.

    Raises:
        InputError: it stands for none, or one of a brace pattern is missing.
    """
    found: list[str] = []
    for name in expand_braces(pattern):
        if glob.has_magic(name):
            found += _glob(name)
        elif not Path(name).exists():
            raise InputError(f"{clipped(pattern)} stands for {clipped(name)}, which does not exist")
        else:
            found.append(name)
    if not found:
        raise InputError(f"{clipped(pattern)} matches no file")
    return found


@dataclass(frozen=True)
class _Range:
    """Numbers as texts of a width."""

    first: int
    last: int
    width: int

    def __len__(self) -> int:
        """Return how many there are."""
        return self.last - self.first + 1

    def __getitem__(self, place: int) -> str:
        """Return one of them."""
        return f"{self.first + place:0{self.width}d}"


_Choices = _Range | list[str]


def _choices(inside: str, pattern: str) -> _Choices:
    numbers = _RANGE.fullmatch(inside)
    if numbers is None:
        if "," not in inside:
            raise InputError(f"{clipped(pattern)} needs a range {{first..last}} or a list {{one,other}} in braces")
        return inside.split(",")
    first, last = numbers.groups()
    if max(len(first), len(last)) > _MOST_DIGITS:
        raise InputError(f"{clipped(pattern)} needs numbers of up to {_MOST_DIGITS} digits; got {clipped(inside)}")
    if int(first) > int(last):
        raise InputError(f"{clipped(pattern)} needs a range that runs upwards; got {inside}")
    # As a shell has it, a leading zero asks for names of one width.
    width = max(len(first), len(last)) if first.startswith("0") or last.startswith("0") else 0
    return _Range(int(first), int(last), width)


def _glob(pattern: str) -> list[str]:
    """Return the files that a shell's pattern matches, in the order of their names.

    ``**`` stands for folders at any depth, each once: a link to one that is found in another way is not followed, since
    two links to their own folder make more paths than could ever be walked.
    """
    first, *others = _segments(pattern)
    # Glob keeps paths as they were typed.
    found = set(glob.glob(first) if first else [""])  # noqa: PTH207
    for segment in others:
        folders = _folders(found)
        names = (glob.glob(glob.escape(folder) + (segment or "*")) for folder in folders)  # noqa: PTH207
        found = {name for some in names for name in some}.union(() if segment else folders)
    return sorted(found - {""})


def _segments(pattern: str) -> list[str]:
    """Return what lies between the ``**`` of a pattern.

    >>> _segments("a/**/b*/**/*.png"), _segments("**/**/1.png"), _segments("a/**")
    (['a/', 'b*/', '*.png'], ['', '1.png'], ['a/', ''])
    """
    found = [""]
    parts = pattern.split(os.sep)  # noqa: PTH206 - the last slash counts
    for place, part in enumerate(parts):
        if part != "**":
            found[-1] += part + (os.sep if place < len(parts) - 1 else "")
        elif place == 0 or parts[place - 1] != "**":
            found.append("")
    return found


def _folders(bases: Iterable[str]) -> list[str]:
    """Return folders and all that lie in them, each once; of the paths to one, those without links come first."""
    entered: set[tuple[int, int]] = set()
    found: list[str] = []
    links: deque[str] = deque()
    inner: list[str] = []
    for base in sorted(bases, reverse=True):
        (links.appendleft if os.path.islink(base.rstrip(os.sep)) else inner.append)(base)  # noqa: PTH114
    while inner or links:
        folder = inner.pop() if inner else links.popleft()
        try:
            status = os.stat(folder or os.curdir)  # noqa: PTH116
            if (status.st_dev, status.st_ino) in entered:
                continue
            with os.scandir(folder or os.curdir) as listing:
                entries = sorted((entry for entry in listing if entry.is_dir()), key=lambda entry: entry.name)
        # What cannot be entered matches nothing, as in a shell.
        except OSError:
            continue
        entered.add((status.st_dev, status.st_ino))
        found.append(folder)
        below = [(entry, f"{folder}{entry.name}{os.sep}") for entry in entries if not entry.name.startswith(".")]
        links += [path for entry, path in below if entry.is_symlink()]
        inner += [path for entry, path in reversed(below) if not entry.is_symlink()]
    return found
