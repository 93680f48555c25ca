"""Names that stand for several files: a shell's pattern, or a brace pattern of shards."""

import glob
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ganmetrics.data.image_source import ImageSource
from ganmetrics.data.members import is_image_name
from ganmetrics.data.paths import PathsSource
from ganmetrics.errors import InputError

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)", re.ASCII)

OpenShards = Callable[[Sequence[Path], str], ImageSource]
"""Opens several files of one kind as one source, in their order; the text is the pattern."""


def is_pattern(path: Path) -> bool:
    """Tell whether a path that leads nowhere is a pattern.

    >>> is_pattern(Path("results/*_fake_B.png")), is_pattern(Path("train-{000..012}.tar")), is_pattern(Path("a.png"))
    (True, True, False)
    """
    text = str(path)
    return not path.exists() and (glob.has_magic(text) or _BRACES.search(text) is not None)


def expand_braces(pattern: str) -> list[str]:
    """Return the names that a pattern with ``{first..last}`` or ``{one,other}`` stands for, in its order.

    Raises:
        InputError: a range runs backwards, or braces hold neither a range nor a list.

    >>> expand_braces("train-{008..010}.tar")
    ['train-008.tar', 'train-009.tar', 'train-010.tar']
    >>> expand_braces("{a,b}-{1..2}")
    ['a-1', 'a-2', 'b-1', 'b-2']
    """
    found = _BRACES.search(pattern)
    if found is None:
        return [pattern]
    before, after = pattern[: found.start()], expand_braces(pattern[found.end() :])
    return [before + choice + rest for choice in _choices(found.group(1), pattern) for rest in after]


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
        return shards[suffix]([Path(file) for file in files], pattern)
    other = next(file for file in files if not is_image_name(file))
    raise InputError(f"{pattern} needs to match image files only, or {' or '.join(shards)} only; it matches {other}")


def matching(pattern: str) -> list[str]:
    """Return the files that a pattern stands for.

    Raises:
        InputError: it stands for none, or one of a brace pattern is missing.
    """
    found: list[str] = []
    for name in expand_braces(pattern):
        if glob.has_magic(name):
            found += sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - keeps paths as they were typed
        elif not Path(name).exists():
            raise InputError(f"{pattern} stands for {name}, which does not exist")
        else:
            found.append(name)
    if not found:
        raise InputError(f"{pattern} matches no file")
    return found


def _choices(inside: str, pattern: str) -> list[str]:
    numbers = _RANGE.fullmatch(inside)
    if numbers is None:
        if "," not in inside:
            raise InputError(f"{pattern} needs a range {{first..last}} or a list {{one,other}} in braces")
        return inside.split(",")
    first, last = numbers.groups()
    if int(first) > int(last):
        raise InputError(f"{pattern} needs a range that runs upwards; got {inside}")
    # As a shell has it, a leading zero asks for names of one width.
    width = max(len(first), len(last)) if first.startswith("0") or last.startswith("0") else 0
    return [f"{number:0{width}d}" for number in range(int(first), int(last) + 1)]
