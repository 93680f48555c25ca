"""Pickles of plain containers and NumPy arrays, read without ever running their code.

A pickle is a program: it may call any function that it can name. This reader lets it name those that rebuild a NumPy
array, and nothing else, so a file that asks for more is refused before anything of it is called.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.formats.foreign import Array


def load_plain(data: bytes, *, name: str) -> Any:  # noqa: ANN401 - whatever was pickled
    """Return the containers, numbers, strings and arrays in a pickle.

    Args:
        data: the pickle.
        name: what messages call it.

    Raises:
        InputError: the pickle needs anything but plain containers and numeric arrays.
        StaleStatistics: the pickle is damaged.

    >>> load_plain(pickle.dumps({"mu": np.zeros(2)}), name="a pickle")
    {'mu': array([0., 0.])}
    >>> load_plain(pickle.dumps(print), name="a pickle")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: a pickle must hold numbers, arrays and containers only; it needs builtins.print
    """
    try:
        return _PlainUnpickler(io.BytesIO(data), name).load()
    except InputError:
        raise
    # A damaged pickle fails in the ways of its opcodes: EOFError, IndexError, KeyError, UnicodeDecodeError and more.
    except Exception as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise StaleStatistics(f"{name} is damaged: {text}") from None


class _PlainUnpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, name: str) -> None:
        super().__init__(file)
        self._name = name

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        # NumPy 2 renamed the module that NumPy 1 wrote into its pickles.
        known = _allowed().get((module.replace("numpy._core", "numpy.core"), name))
        if known is None:
            self._refuse(f"{module}.{name}")
        return known

    def persistent_load(self, pid: object) -> Any:  # noqa: ANN401, ARG002
        self._refuse("objects outside the pickle")

    def _refuse(self, what: str) -> None:
        raise InputError(f"{self._name} must hold numbers, arrays and containers only; it needs {what}")


def _allowed() -> dict[tuple[str, str], Callable[..., object]]:
    """Return what a pickle may name, by module and name as NumPy writes them."""
    array, scalar = np.zeros(1), np.float64(0)
    reconstruct: Any = array.__reduce__()[0]
    rebuild_scalar: Any = scalar.__reduce__()[0]
    return {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): _numeric_dtype,
        ("numpy.core.multiarray", "_reconstruct"): reconstruct,
        ("numpy.core.multiarray", "scalar"): rebuild_scalar,
        ("numpy.core.numeric", "_frombuffer"): _from_buffer,
        ("_codecs", "encode"): _encode,
        ("__builtin__", "bytes"): _no_bytes,
    }


def _numeric_dtype(name: str, align: bool = False, copy: bool = False) -> np.dtype[Any]:
    dtype = np.dtype(name, align=bool(align), copy=bool(copy))
    if dtype.kind not in "fiub":
        raise InputError(f"arrays in a pickle must be numeric, got {dtype}")
    return dtype


def _from_buffer(
    buffer: bytes | bytearray,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    order: str,
    axis_order: tuple[int, ...] | None = None,
) -> Array:
    # Protocol 5 stores an array as its bytes; NumPy 2 adds in which order the axes lie.
    flat = np.frombuffer(buffer, dtype=dtype)
    if axis_order is not None:
        return flat.reshape(shape).transpose(axis_order).copy()
    return flat.reshape(shape, order="F" if order == "F" else "C").copy()


def _encode(text: str, encoding: str) -> bytes:
    # How protocols below 3 store bytes.
    if encoding != "latin1":
        raise InputError(f"bytes in a pickle must be latin1, got {encoding!r}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    # How they store no bytes at all.
    return b""
