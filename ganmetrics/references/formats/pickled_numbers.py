"""The calls with which NumPy pickles arrays and scalars, recognised and carried out by code of our own.

NumPy rebuilds an array in several steps, and the functions of these steps accept far more than NumPy writes: an object
array over any bytes, for one, which are then taken for addresses. None of them is ever called here. Each step is
compared with the one form that NumPy gives it, and an array is made from bytes only when its type, shape and length are
known and agree.
"""

import math
from dataclasses import dataclass

import numpy as np

from ganmetrics._text import listed, shown
from ganmetrics.errors import InputError
from ganmetrics.references.formats.foreign import Array

MOST_AXES = 32
"""As many as NumPy 1 allows."""
MOST_ELEMENTS = 1 << 40
"""The most elements that a shape may span, an axis of length 0 counted as 1."""

_NUMERIC = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
_ORDERS = "<>|="


class Arguments(tuple[object, ...]):
    """A tuple that holds functions or types, which only a call may take; it never becomes part of the result."""

    __slots__ = ()


@dataclass(frozen=True)
class Name:
    """A function or class that the pickle named; a word that is compared, not the function."""

    word: str


@dataclass
class PickledType:
    """A numeric type on its way: NumPy states the byte order in a second step."""

    code: str
    order: str | None = None

    def state(self, state: object) -> None:
        """Take the second step: ``(3, order, None, None, None, -1, -1, 0)``."""
        match state:
            case (int(version), order, None, None, None, int(size), int(alignment), int(flags)) if (
                self.order is None and (version, size, alignment, flags) == (3, -1, -1, 0)
            ):
                word = _word(order)
                if word is not None and len(word) == 1 and word in _ORDERS:
                    self.order = word
                    return
        raise InputError("a type in a pickle must have the state that NumPy writes for plain numbers; it has another")

    def dtype(self) -> np.dtype[np.generic]:
        """Return the type, whole by now."""
        if self.order is None:
            raise InputError("a type in a pickle must state its byte order; it has none")
        return np.dtype(self.order.replace("|", "=") + self.code)


@dataclass
class PickledArray:
    """An array on its way: protocols below 5 state its contents in a second step."""

    array: Array | None = None

    def state(self, state: object) -> None:
        """Take the second step: ``(1, shape, type, in Fortran's order, bytes)``."""
        match state:
            case (int(version), tuple(shape), PickledType() as kind, int(fortran), bytes(data)) if (
                self.array is None and version == 1 and fortran in (0, 1)
            ):
                self.array = build_array(data, kind, shape, order="F" if fortran else "C")
            case _:
                raise InputError("an array in a pickle must have the state that NumPy writes; it has another")


def numeric_type(arguments: tuple[object, ...]) -> PickledType:
    """Return the type of the call ``dtype(code, False, True)``, where the code is a number's."""
    match arguments:
        case (code, int(align), int(copy)) if (align, copy) == (0, 1):
            word = _word(code)
            if word in _NUMERIC:
                return PickledType(word)
            raise InputError(f"arrays in a pickle must be numeric ({listed(_NUMERIC)}); got {shown(code)}")
    raise InputError("arrays in a pickle must be numeric; it needs a type of other arguments than NumPy writes")


def empty_array(arguments: tuple[object, ...]) -> PickledArray:
    """Return the array of the call ``_reconstruct(ndarray, (0,), b"b")``, which is to be filled."""
    match arguments:
        case (Name("ndarray"), (int(length),), code) if length == 0 and _word(code) == "b":
            return PickledArray()
    raise InputError("an array in a pickle must be made as NumPy makes it; it is made with other arguments")


def array_from_buffer(arguments: tuple[object, ...]) -> Array:
    """Return the array of the call ``_frombuffer(bytes, type, shape, order)``, with which protocol 5 stores one.

    NumPy 2 may add in which order the axes lie.
    """
    match arguments:
        case (bytes(data), PickledType() as kind, tuple(shape), str(order)) if order in ("C", "F"):
            return build_array(data, kind, shape, order=order)
        case (bytes(data), PickledType() as kind, tuple(shape), str(order), tuple(axes)) if order == "K":
            array = build_array(data, kind, shape, order="C")
            if all(type(axis) is int for axis in axes) and sorted(axes) == list(range(array.ndim)):
                return np.ascontiguousarray(array.transpose(axes))
    raise InputError("an array in a pickle must be made as NumPy makes it; it is made with other arguments")


def scalar(arguments: tuple[object, ...]) -> np.generic:
    """Return the number of the call ``scalar(type, bytes)``."""
    match arguments:
        case (PickledType() as kind, bytes(data)):
            number: np.generic = build_array(data, kind, (1,), order="C")[0]
            return number
    raise InputError("a number in a pickle must be made as NumPy makes it; it is made with other arguments")


def build_array(data: bytes, kind: PickledType, shape: tuple[object, ...], *, order: str) -> Array:
    """Return an array of one's own memory and the machine's byte order, from exactly the bytes that it needs.

    Raises:
        InputError: the shape is none, or does not go with the bytes; or a truth value is neither 0 nor 1.
    """
    dtype = kind.dtype()
    lengths = [length for length in shape if type(length) is int and 0 <= length <= MOST_ELEMENTS]
    if (
        len(lengths) < len(shape)
        or len(shape) > MOST_AXES
        or math.prod(max(length, 1) for length in lengths) > MOST_ELEMENTS
    ):
        raise InputError(f"an array in a pickle must have a shape of whole numbers; it has {shown(shape)}")
    needed = math.prod(lengths) * dtype.itemsize
    if len(data) != needed:
        raise InputError(f"an array {lengths} of {dtype} in a pickle needs {needed:,} bytes; it has {len(data):,}")
    if dtype.kind == "b" and data.strip(b"\0\1"):
        raise InputError("truth values in a pickle must be 0 or 1; there are others")
    array = np.frombuffer(data, dtype).reshape(lengths, order="F" if order == "F" else "C")
    return array.astype(dtype.newbyteorder("="), order="C")


def _word(value: object) -> str | None:
    """Return a word as Python 2 or Python 3 pickled it."""
    if isinstance(value, bytes) and value.isascii():
        return value.decode("ascii")
    return value if isinstance(value, str) else None
