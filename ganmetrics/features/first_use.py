"""Digests of files whose publisher gives none: recorded at first use, and needed ever after.

It cannot be known that the first file was the right one. It can be known that the file of today is the file of then,
and a score carries the digest, so that two laboratories can compare.
"""

from pathlib import Path

from ganmetrics._files import atomic_write
from ganmetrics.errors import StorageError

_SUFFIX = ".sha256"


def recorded_sha256(directory: Path, name: str) -> str | None:
    """Return the digest that was recorded for a file of that name; None where none was.

    >>> recorded_sha256(Path("nowhere"), "weights.pth") is None
    True
    """
    try:
        return (directory / f"{name}{_SUFFIX}").read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError):
        return None


def record_sha256(directory: Path, name: str, digest: str) -> None:
    """Write the digest down, in the form that ``sha256sum --check`` reads.

    Raises:
        StorageError: the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{directory} cannot be written: {error.strerror or error}") from None
    with atomic_write(directory / f"{name}{_SUFFIX}") as file:
        file.write(f"{digest}  {name}\n".encode("ascii"))
