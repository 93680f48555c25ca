"""What users hand in, checked and brought to double precision."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.masked import MaskedTensor
from torch.nn.parameter import is_lazy

from ganmetrics._text import clipped
from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import of_type
from ganmetrics.errors import InputError, NumericsError

ROWS_AT_A_TIME = 4096
_AXES = 2
_WITHOUT_FLOAT64 = frozenset({"mps"})
_TORCH_FLOATS = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
_NUMBERS = "biuf"
"""The kinds of NumPy's dtypes that are real numbers: truth values, whole numbers, floats."""


def check_array(values: object, name: str) -> None:
    """Refuse what is neither a torch tensor nor a NumPy array whose entries all lie in memory or in a mapped file.

    Raises:
        InputError: naming what came instead.
    """
    of_type(name, values, np.ndarray | Tensor, "a torch tensor or a NumPy array")
    if isinstance(values, np.ma.MaskedArray | MaskedTensor):
        raise InputError(f"{name} must not be a masked array: leave out or fill what its mask hides")
    if isinstance(values, Tensor):
        _check_dense(values, name)
    elif isinstance(values, np.matrix) or _computes_otherwise(values):
        # They compute by rules of their own.
        kind = clipped(type(values).__name__)
        raise InputError(f"{name} must be a plain NumPy array; got a {kind}: numpy.asarray makes one of it")


def _computes_otherwise(values: object) -> bool:
    return getattr(type(values), "__array_ufunc__", None) is not np.ndarray.__array_ufunc__


def check_default_device() -> None:
    """Refuse a default device other than the CPU: statistics lie there, and all tensors that join them.

    Raises:
        InputError: naming the device.
    """
    # Asked of a tensor: before torch 2.5 `get_default_device` does not know a device that `with` sets.
    default = torch.empty(0).device
    if default.type != "cpu":
        raise InputError(f"torch's default device needs to be the CPU here, within torch.device('cpu'); got {default}")


def _check_dense(values: Tensor, name: str) -> None:
    if is_lazy(values):
        raise InputError(f"{name} must have values; got a parameter that has none yet")
    if values.is_nested or values.layout != torch.strided:
        kind = "a nested tensor" if values.is_nested else f"layout {values.layout}"
        raise InputError(f"{name} must be a dense tensor; got {kind}")
    if values.is_quantized:
        raise InputError(f"{name} must not be quantized; got {values.dtype}: call dequantize() first")
    if values.device.type == "meta":
        raise InputError(f"{name} must have values; got a tensor on the device meta, which has none")
    if _stands_for_others(values):
        raise InputError(f"{name} must have values of its own; got a tensor that stands for others while torch traces")


def _stands_for_others(values: Tensor) -> bool:
    """Tell whether a tensor has no memory: one that torch traces with, or maps over others."""
    try:
        return values.device.type == "cpu" and values.untyped_storage().device.type == "meta"
    except (RuntimeError, ValueError):
        return True


def check_stored(values: Tensor, name: str) -> None:
    """Refuse a tensor from a file that is not dense, or spans more elements than the file holds.

    A view may repeat one stored element any number of times, so that a few bytes would become all memory.

    Raises:
        InputError: naming what came instead.

    >>> check_stored(torch.zeros(1).expand(1 << 40), "features")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: features must not repeat what is stored; got [1099511627776] of 1 elements
    """
    check_array(values, name)
    stored = values.untyped_storage().nbytes() // values.element_size()
    if values.numel() > stored:
        raise InputError(f"{name} must not repeat what is stored; got {list(values.shape)} of {stored:,} elements")


def check_rows(values: ArrayLike, name: str) -> None:
    """Refuse what is not a floating-point array of at least one row and one column.

    Args:
        values: the array to check; it is not read.
        name: what the rows are, for the message, such as ``features``.

    Raises:
        InputError: naming what came instead; or torch's default device is not the CPU.
    """
    check_array(values, name)
    check_default_device()
    if isinstance(values, np.ndarray):
        floating = np.issubdtype(values.dtype, np.floating)
    else:
        floating = values.is_floating_point()
        if floating and values.dtype not in _TORCH_FLOATS:
            raise InputError(f"{name} must be float16, bfloat16, float32 or float64; got {values.dtype}")
    if not floating:
        raise InputError(f"{name} must be floating point; got {values.dtype}")
    if values.ndim != _AXES or 0 in values.shape:
        raise InputError(f"{name} must have shape [n, d] with n, d >= 1; got {list(values.shape)}")


def check_finite_rows(values: ArrayLike, name: str) -> None:
    """Refuse what `check_rows` refuses, and rows that are not finite: one pass over all of them.

    Raises:
        InputError: naming what came instead.
        NumericsError: naming the first row that is not finite.
    """
    check_rows(values, name)
    for _ in double_blocks(values, name):
        pass


def real_vector(values: ArrayLike, name: str) -> Tensor:
    """Return a vector of real numbers, whole or not, as float64 on the CPU.

    Raises:
        InputError: if it is no vector of at least one real number.
        NumericsError: naming the first entry that is not finite.

    >>> real_vector(np.array([1, 2]), "p")
    tensor([1., 2.], dtype=torch.float64)
    """
    check_array(values, name)
    if isinstance(values, np.ndarray):
        real = values.dtype.kind in _NUMBERS
    else:
        real = values.dtype in _TORCH_FLOATS or not (values.is_floating_point() or values.is_complex())
    if not real:
        raise InputError(f"{name} must be real numbers; got {values.dtype}")
    if values.ndim != 1 or values.shape[0] == 0:
        raise InputError(f"{name} must have shape [n] with n >= 1; got {list(values.shape)}")
    numbers = to_double(values).cpu()
    if not numbers.isfinite().all():
        raise NumericsError(f"{name} must be finite, but entry {int((~numbers.isfinite()).nonzero()[0, 0])} is not")
    return numbers


def without_float64(device: torch.device) -> bool:
    """Return whether a device has no double precision, so that it must be computed with elsewhere."""
    return device.type in _WITHOUT_FLOAT64


def to_double(values: ArrayLike) -> Tensor:
    """Return a float64 tensor of the same values, on the same device where that has float64, else on the CPU.

    Every narrower float is represented exactly; ``longdouble`` is rounded, and what does not fit becomes infinite.

    >>> to_double(np.float32([0.5, 0.25]))
    tensor([0.5000, 0.2500], dtype=torch.float64)
    """
    if isinstance(values, np.ndarray):
        with np.errstate(over="ignore"):
            return torch.from_numpy(np.array(values, dtype=np.float64))
    device = torch.device("cpu") if without_float64(values.device) else values.device
    return values.detach().to(device=device, dtype=torch.float64)


def as_torch(array: npt.NDArray[Any]) -> Tensor:
    """Return a tensor of the same memory, or of a copy where an axis goes backwards, which torch does not take.

    NumPy calls an array contiguous whose axis of length 1 goes backwards, so that asking for that is not enough.

    >>> as_torch(np.arange(3.0)[::-1][:1])
    tensor([2.], dtype=torch.float64)
    """
    return torch.from_numpy(array.copy() if min(array.strides, default=0) < 0 else array)


def all_finite(values: Tensor) -> bool:
    """Return whether every entry is finite.

    What is not finite makes a sum that is not, so a finite sum settles it, in a fifth of the time and without a mask
    of the whole array. A sum may overflow where all entries are finite: then each is asked.

    >>> all_finite(torch.tensor([3e38, 3e38])), all_finite(torch.tensor([torch.inf, -torch.inf]))
    (True, False)
    """
    return bool(values.sum().isfinite()) or bool(values.isfinite().all())


def double_blocks(values: ArrayLike, name: str, *, rows: int = ROWS_AT_A_TIME) -> Iterator[Tensor]:
    """Yield the values as float64 blocks of at most `rows` rows, so that no second copy of them all exists.

    Raises:
        NumericsError: naming the first row that is not finite.
    """
    for start in range(0, values.shape[0], rows):
        block = to_double(values[start : start + rows])
        if not all_finite(block):
            row = start + int((~block.isfinite().all(dim=1)).nonzero()[0, 0])
            raise NumericsError(f"{name} must be finite, but row {row} is not")
        yield block
