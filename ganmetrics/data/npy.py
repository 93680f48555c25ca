"""A .npy of uint8 images [n, h, w, 3], read in place."""

import math
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ganmetrics._text import one_line, shown
from ganmetrics.data.arrays import ArraySource, check_pixels
from ganmetrics.data.raw import RawSource, Shape
from ganmetrics.errors import InputError

_LONGEST = 2**63 - 1


@runtime_checkable
class Readable(Protocol):
    """An open file, or an open member of an archive."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        ...

    def tell(self) -> int:
        """Return how many were read."""
        ...


def open_npy(path: Path) -> RawSource | ArraySource:
    """Return a source of the images of a .npy, none of which is loaded before it is asked for.

    Raises:
        InputError: the file is damaged, needs pickle, or holds something else than uint8 [n, h, w, 3].
    """
    try:
        return _open(path)
    except InputError:
        raise
    # A damaged header ends in whatever parsing it runs into: ValueError, SyntaxError, tokenize.TokenError...
    except Exception as error:
        raise InputError(f"{path} cannot be read as an npy: {one_line(error)}") from None


def _open(path: Path) -> RawSource | ArraySource:
    with path.open("rb") as file:
        shape, in_rows, header = read_npy_header(file, str(path))
    length, found = header + math.prod(shape), path.stat().st_size
    if found != length:
        raise InputError(f"{path} is damaged: its images need {length:,} bytes and it has {found:,}")
    if in_rows:
        return RawSource(path, shape, header)
    return ArraySource(np.load(path, mmap_mode="r"), str(path), prefix=str(path))


def read_npy_header(file: Readable, name: str) -> tuple[Shape, bool, int]:
    """Return the shape of an array of images, whether they lie row by row, and the length of the header before them.

    Raises:
        InputError: the array needs pickle, or holds no uint8 images.
        ValueError: the header is damaged.
    """
    shape, dtype, in_rows, length = read_header(file)
    if dtype.hasobject:
        raise InputError(f"{name} needs pickle, which can run any code, and is not read; save a uint8 array")
    # NumPy takes truth values for sizes, and numbers below zero and beyond what a file can have.
    if not all(type(side) is int and 0 <= side <= _LONGEST for side in shape):
        raise InputError(f"{name} is damaged: an array needs whole sizes of what a file can hold; got {shown(shape)}")
    check_pixels(dtype, shape, name)
    count, height, width, channels = shape
    return (count, height, width, channels), in_rows, length


def read_header(file: Readable) -> tuple[tuple[int, ...], np.dtype[Any], bool, int]:
    """Return shape and type of an array, whether it lies row by row, and the length of the header before it.

    Raises:
        ValueError: the header is damaged.
    """
    opened: Any = file
    version = np.lib.format.read_magic(opened)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = read(opened)
    return shape, dtype, not fortran_order, file.tell()
