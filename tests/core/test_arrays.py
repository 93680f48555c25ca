"""What users hand in is checked, and brought to double precision exactly."""

import numpy as np
import pytest
import torch

from ganmetrics.core.arrays import ROWS_AT_A_TIME, check_rows, double_blocks, to_double
from ganmetrics.errors import InputError, NumericsError


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_narrow_torch_floats_are_promoted_exactly(dtype):
    """A value that the dtype holds comes out as the same number."""
    assert to_double(torch.tensor([0.5, -3.0], dtype=dtype)).tolist() == [0.5, -3.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, ">f4"])
def test_numpy_floats_are_promoted_whatever_their_width_and_byte_order(dtype):
    """Half to extended precision, also big-endian, come out as the same number."""
    assert to_double(np.array([0.5, -3.0], dtype=dtype)).tolist() == [0.5, -3.0]


def test_read_only_and_reversed_arrays_are_taken():
    """Memory-mapped and flipped arrays, which torch cannot wrap, are copied."""
    array = np.arange(4.0)[::-1]
    array.flags.writeable = False
    assert to_double(array).tolist() == [3.0, 2.0, 1.0, 0.0]


def test_gradients_are_left_behind():
    """A tensor that requires a gradient is detached."""
    assert not to_double(torch.ones(2, requires_grad=True)).requires_grad


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.ones(3), r"features must have shape \[n, d\] with n, d >= 1; got \[3\]"),
        (torch.ones(0, 3), r"got \[0, 3\]"),
        (np.ones((3, 0)), r"got \[3, 0\]"),
        (np.ones((2, 2), dtype=np.int64), "features must be floating point; got int64"),
        (torch.ones(2, 2, dtype=torch.complex64), "floating point; got torch.complex64"),
    ],
)
def test_other_shapes_and_dtypes_are_refused(values, message):
    """The message says what is needed and what came."""
    with pytest.raises(InputError, match=message):
        check_rows(values, "features")


@pytest.mark.parametrize("row", [0, ROWS_AT_A_TIME - 1, ROWS_AT_A_TIME, ROWS_AT_A_TIME + 7])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_named(row, value):
    """The row's number is that in the whole array, in whichever block it falls."""
    values = np.zeros((ROWS_AT_A_TIME + 8, 2), dtype=np.float32)
    values[row:, 1] = value
    with pytest.raises(NumericsError, match=f"features must be finite, but row {row} is not"):
        list(double_blocks(values, "features"))
