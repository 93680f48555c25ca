"""What is known of a zip archive before it is read: neither question raises, however the file is damaged."""

import zipfile
from pathlib import Path


def is_zip(path: Path) -> bool:
    """Tell whether a file is a zip archive, sound or damaged.

    >>> is_zip(Path("nowhere"))
    False
    """
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # an end that says that the archive goes on in other files
        return True


def names_in_zip(path: Path) -> tuple[str, ...]:
    """Return the names in a zip archive; none where `path` is no archive that can be read.

    >>> names_in_zip(Path("nowhere"))
    ()
    """
    return tuple(sizes_in_zip(path))


def sizes_in_zip(path: Path) -> dict[str, tuple[int, int]]:
    """Return how many bytes each member of a zip archive unpacks to, and how many it is there, by its name.

    No more than the first is read of a member, whatever it holds.

    >>> sizes_in_zip(Path("nowhere"))
    {}
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {info.filename: (info.file_size, info.compress_size) for info in archive.infolist()}
    # A damaged archive fails in the ways of zipfile, zlib and struct; what is wrong with it is told on reading.
    except Exception:
        return {}
