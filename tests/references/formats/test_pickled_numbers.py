"""The calls with which NumPy pickles arrays: its own forms and no others, from exactly the bytes that they need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError
from ganmetrics.references.formats.pickled_numbers import (
    MOST_ELEMENTS,
    Name,
    PickledArray,
    PickledType,
    array_from_buffer,
    build_array,
    empty_array,
    numeric_type,
    scalar,
)

DOUBLE = PickledType("f8", "<")
STATE = (3, "<", None, None, None, -1, -1, 0)


@pytest.mark.parametrize("code", ["O", "O8", "V8", "S4", "U4", "M8", "c16", "f8,f8", "", 8, None, b"O"])
def test_only_numbers_are_types(code):
    """Objects above all: their bytes would be taken for addresses."""
    with pytest.raises(InputError, match="must be numeric"):
        numeric_type((code, False, True))


@pytest.mark.parametrize("arguments", [(), ("f8",), ("f8", True, True), ("f8", False, False), ("f8", False, True, 0)])
def test_types_are_called_as_numpy_calls_them(arguments):
    """And in no other way."""
    with pytest.raises(InputError, match="must be numeric"):
        numeric_type(arguments)


def test_a_type_is_whole_after_its_state():
    """The byte order comes second, once; fields, subtypes and flags are refused."""
    kind = numeric_type(("f4", False, True))
    with pytest.raises(InputError, match="byte order"):
        kind.dtype()
    kind.state((3, ">", None, None, None, -1, -1, 0))
    assert kind.dtype() == np.dtype(">f4")
    for state in (STATE, (3, "<", None, ("a",), None, -1, -1, 0), (3, "<", None, None, None, 8, -1, 0), None):
        with pytest.raises(InputError, match="must have the state that NumPy writes"):
            kind.state(state)


@given(st.lists(st.integers(0, 4), max_size=3), st.sampled_from(["C", "F"]))
def test_arrays_are_numpys(shape, order):
    """Any shape, in either order."""
    known = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    found = build_array(known.tobytes(order), DOUBLE, tuple(shape), order=order)
    np.testing.assert_array_equal(found, known)
    assert found.flags.owndata or found.size == 0 or found.base.flags.owndata


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2,), "needs 16 bytes; it has 8"),
        ((-1,), "shape of whole numbers"),
        ((1.0,), "shape of whole numbers"),
        ((True,), "shape of whole numbers"),
        ((MOST_ELEMENTS, 0, MOST_ELEMENTS), "shape of whole numbers"),
        ((1,) * 33, "shape of whole numbers"),
    ],
)
def test_shapes_that_do_not_go_with_the_bytes(shape, message):
    """Before memory is asked for."""
    with pytest.raises(InputError, match=message):
        build_array(bytes(8), DOUBLE, shape, order="C")


def test_truth_is_0_or_1():
    """Other bytes would be a truth value that is neither."""
    with pytest.raises(InputError, match="truth values"):
        build_array(b"\x00\x02", PickledType("b1", "|"), (2,), order="C")


def test_steps_of_an_array():
    """Made empty, filled once."""
    array = empty_array((Name("ndarray"), (0,), b"b"))
    array.state((1, (2,), DOUBLE, False, np.arange(2.0).tobytes()))
    np.testing.assert_array_equal(array.array, [0, 1])
    with pytest.raises(InputError, match="must have the state"):
        array.state((1, (2,), DOUBLE, False, bytes(16)))
    for arguments in ((Name("matrix"), (0,), b"b"), (Name("ndarray"), (1,), b"b"), ("ndarray", (0,), b"b")):
        with pytest.raises(InputError, match="as NumPy makes it"):
            empty_array(arguments)
    assert isinstance(array, PickledArray)


def test_buffers_and_scalars():
    """Protocol 5's form, with NumPy 2's order of axes, and single numbers."""
    known = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(array_from_buffer((known.tobytes(), DOUBLE, (2, 3), "C")), known)
    np.testing.assert_array_equal(array_from_buffer((known.tobytes(), DOUBLE, (2, 3), "K", (1, 0))), known.T)
    assert scalar((DOUBLE, np.float64(2.5).tobytes())) == 2.5
    for arguments in ((known.tobytes(), DOUBLE, (2, 3), "A"), (known.tobytes(), DOUBLE, (2, 3), "K", (0, 0))):
        with pytest.raises(InputError, match="as NumPy makes it"):
            array_from_buffer(arguments)
    with pytest.raises(InputError, match="as NumPy makes it"):
        scalar((DOUBLE,))
