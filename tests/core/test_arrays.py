"""What users hand in is checked, and brought to double precision exactly."""

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.masked import masked_tensor

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


class Doubling(np.ndarray):
    """An array that computes by rules of its own."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return 2 * getattr(ufunc, method)(*(np.asarray(one) for one in inputs), **options)


@pytest.mark.filterwarnings("ignore:the matrix subclass", "ignore:The PyTorch API of MaskedTensors")
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda: np.asmatrix(np.eye(2)), "features must be a plain NumPy array; got a matrix: numpy.asarray"),
        (lambda: np.eye(2).view(Doubling), "must be a plain NumPy array; got a Doubling"),
        (lambda: np.ma.masked_array(np.eye(2)), "features must not be a masked array"),
        (lambda: masked_tensor(torch.eye(2), torch.eye(2) > 0), "features must not be a masked array"),
        (torch.nn.UninitializedParameter, "features must have values; got a parameter that has none yet"),
        (lambda: FakeTensorMode().from_tensor(torch.eye(2)), "must have values of its own; got a tensor that stands"),
    ],
)
def test_what_holds_no_plain_numbers_is_refused(values, message):
    """It would be computed with as something else."""
    with pytest.raises(InputError, match=message):
        check_rows(values(), "features")


def test_transforms_of_functions_are_refused():
    """What is mapped over has no values of its own."""
    with pytest.raises(InputError, match="a tensor that stands for others"):
        torch.func.vmap(lambda rows: check_rows(rows, "features"))(torch.ones(2, 3, 4))


def test_another_default_device_is_refused():
    """A sum would lie there."""
    with torch.device("meta"), pytest.raises(InputError, match="default device needs to be the CPU here.*got meta"):
        check_rows(np.eye(2), "features")


@pytest.mark.parametrize("row", [0, ROWS_AT_A_TIME - 1, ROWS_AT_A_TIME, ROWS_AT_A_TIME + 7])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_named(row, value):
    """The row's number is that in the whole array, in whichever block it falls."""
    values = np.zeros((ROWS_AT_A_TIME + 8, 2), dtype=np.float32)
    values[row:, 1] = value
    with pytest.raises(NumericsError, match=f"features must be finite, but row {row} is not"):
        list(double_blocks(values, "features"))
