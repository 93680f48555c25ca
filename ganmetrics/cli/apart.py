"""What a command writes lies apart from what it reads."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ganmetrics._files import in_home
from ganmetrics.errors import GanMetricsError, InputError

_Identity = tuple[int, int]


def check_apart(
    output: Path, sources: Iterable[object], *, pictures: bool = False, names: tuple[str, ...] = ()
) -> None:
    """Refuse an output that would take the place of what is read, or pictures that would become images of a set.

    What is read are the sources themselves, the files in a folder and those that a list or a pattern stands for; and
    whatever is kept between runs.

    Args:
        output: the file or folder to write.
        sources: what is read: paths, or anything else, which no output can replace.
        pictures: whether images are written, which the next run would take for images of the set around them.
        names: of the files that are written, where the output is a folder.

    Raises:
        InputError: it would.
    """
    paths = [source for source in sources if isinstance(source, Path)]
    for path in paths:
        # Unlike Path's, these know of nothing at a name that no file can have.
        if pictures and os.path.isdir(path) and Path(os.path.realpath(output)).is_relative_to(os.path.realpath(path)):  # noqa: PTH112
            raise InputError(f"pictures must lie outside the sets of images; got {output}, which is in {path}")
    there = {
        identity: target
        for target in ([output / name for name in names] or [output])
        if (identity := _identity(target)) is not None
    }
    if not there:
        return
    for path in (*paths, *_chosen_weights()):
        for file in (str(path), *_files_of(path)):
            target = there.get(_identity(file) or (0, 0))
            if target is not None:
                part = "" if file == str(path) else f", which is read for {path}"
                raise InputError(f"the output must be another file than what is read; got {target}{part}")
    for target in there.values():
        _check_not_kept(target)


def _identity(path: str | Path) -> _Identity | None:
    """Return device and number of a file, which all its names and links share; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a million times
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if os.path.isfile(path) else None  # noqa: PTH113


def _files_of(source: Path) -> Iterator[str]:
    """Yield the files that are read for a source beside itself; what cannot be read is told by who opens it."""
    from ganmetrics.data.lmdb import is_lmdb
    from ganmetrics.data.paths import STDIN, listed_paths, names_on_stdin
    from ganmetrics.data.patterns import is_pattern, matching

    with suppress(GanMetricsError, OSError, ValueError):
        if str(source) == STDIN:
            yield from names_on_stdin()
        elif is_pattern(source):
            yield from matching(str(source))
        elif source.suffix.lower() == ".txt" and source.is_file():
            yield from listed_paths(source)
        elif is_lmdb(source):
            yield from map(str, source.iterdir())
        elif source.is_dir():
            yield from _in_folder(source)


def _in_folder(folder: Path) -> Iterator[str]:
    from ganmetrics.data.classes import DATASET_JSON
    from ganmetrics.data.folders import FolderSource
    from ganmetrics.data.videos import VIDEO_EXTENSIONS, is_video

    if is_video(folder):
        for place, _, names in os.walk(folder):
            yield from (os.path.join(place, name) for name in names if Path(name).suffix.lower() in VIDEO_EXTENSIONS)  # noqa: PTH118
        return
    images = FolderSource(folder)
    yield from map(images.label, range(len(images)))
    # It lies above all images, and so above the first of them.
    for above in Path(images.member(0)).parents:
        yield str(folder / above / DATASET_JSON)


def _chosen_weights() -> list[Path]:
    """Return the file of weights that the environment names."""
    from ganmetrics.features.weights import ENVIRONMENT

    chosen = os.environ.get(ENVIRONMENT)
    return [] if not chosen else [in_home(Path(chosen))]


def _check_not_kept(target: Path) -> None:
    """Refuse to replace what is kept between runs: statistics, weights and fetched files."""
    from ganmetrics.references.cache import reference_directory

    kept = os.path.realpath(reference_directory().parent)
    if Path(os.path.realpath(target)).is_relative_to(kept):
        raise InputError(f"the output must lie outside what is kept between runs; got {target}, which is in {kept}")
