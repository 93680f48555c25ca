"""What users hand in, checked and brought to double precision."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.errors import InputError, NumericsError

ROWS_AT_A_TIME = 4096
_AXES = 2
_WITHOUT_FLOAT64 = frozenset({"mps"})


def check_array(values: object, name: str) -> None:
    """Refuse what is neither a torch tensor nor a NumPy array.

    Raises:
        InputError: naming what came instead.
    """
    if not isinstance(values, np.ndarray | Tensor):
        raise InputError(f"{name} must be a torch tensor or a NumPy array, got {type(values).__name__}")


def check_rows(values: ArrayLike, name: str) -> None:
    """Refuse what is not a floating-point array of at least one row and one column.

    Args:
        values: the array to check; it is not read.
        name: what the rows are, for the message, such as ``features``.

    Raises:
        InputError: naming what came instead.
    """
    check_array(values, name)
    if isinstance(values, np.ndarray):
        floating = np.issubdtype(values.dtype, np.floating)
    else:
        floating = values.is_floating_point()
    if not floating:
        raise InputError(f"{name} must be floating point, got {values.dtype}")
    if values.ndim != _AXES or 0 in values.shape:
        raise InputError(f"{name} must have shape [n, d] with n, d >= 1, got {list(values.shape)}")


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


def double_blocks(values: ArrayLike, name: str, *, rows: int = ROWS_AT_A_TIME) -> Iterator[Tensor]:
    """Yield the values as float64 blocks of at most `rows` rows, so that no second copy of them all exists.

    Raises:
        NumericsError: naming the first row that is not finite.
    """
    for start in range(0, values.shape[0], rows):
        block = to_double(values[start : start + rows])
        finite = block.isfinite().all(dim=1)
        if not finite.all():
            row = start + int((~finite).nonzero()[0, 0])
            raise NumericsError(f"{name} must be finite, but row {row} is not")
        yield block
