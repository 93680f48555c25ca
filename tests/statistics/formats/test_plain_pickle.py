"""Pickles of arrays are read; pickles that would run anything are refused before they do."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import GanMetricsError, InputError, StaleStatistics
from ganmetrics.statistics.formats.plain_pickle import load_plain_pickle

ARRAYS = {
    "double": np.arange(6.0).reshape(2, 3),
    "single": np.float32([1.5, 2.5]),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "axes": np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
    "empty": np.zeros((0, 4)),
    "whole": np.arange(3),
    "scalar": np.float64(2.5),
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_come_back(name, protocol):
    """Values, shape and type are those that were pickled, by every protocol."""
    content = {"array": ARRAYS[name], "parts": [1, None, "text", (True, 2.5)]}
    loaded = load_plain_pickle(pickle.dumps(content, protocol), name="file")
    np.testing.assert_array_equal(loaded["array"], ARRAYS[name])
    assert loaded["array"].dtype == ARRAYS[name].dtype
    assert loaded["parts"] == content["parts"]


def test_numpy_1_pickles_are_read():
    """NumPy 1 called the module that holds the same functions by another name."""
    data = pickle.dumps({"mu": np.arange(3.0)}, 2).replace(b"numpy._core.", b"numpy.core.")
    np.testing.assert_array_equal(load_plain_pickle(data, name="file")["mu"], np.arange(3.0))


class Planted:
    """Calls a function with an argument when it is unpickled."""

    def __init__(self, function, *arguments):
        self.function = function
        self.arguments = arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize(
    ("function", "argument"), [(eval, "1 / 0"), (exec, "raise SystemExit"), (__import__, "antigravity"), (open, "x")]
)
def test_code_is_refused_and_not_run(function, argument, protocol):
    """Each of these would show if it ran; the message names what the file asked for."""
    data = pickle.dumps({"mu": np.zeros(2), "sigma": Planted(function, argument)}, protocol)
    with pytest.raises(InputError, match="numbers, arrays and containers only; it needs .*" + function.__name__):
        load_plain_pickle(data, name="file")


@pytest.mark.parametrize("value", [np.array([{}, None], dtype=object), np.array(["text"]), np.zeros(2, "M8[s]")])
def test_other_than_numbers_in_arrays_is_refused(value):
    """Object arrays can hold anything; statistics are numbers."""
    with pytest.raises(InputError, match="must be numeric"):
        load_plain_pickle(pickle.dumps(value), name="file")


def test_an_odd_encoding_is_refused():
    """Bytes of old protocols are Latin-1; any other name would import a module of codecs."""
    import _codecs

    with pytest.raises(InputError, match="must be latin1, got 'rot13'"):
        load_plain_pickle(pickle.dumps(Planted(_codecs.encode, "text", "rot13"), 2), name="file")


@given(st.data())
def test_damage_is_one_of_our_errors(data):
    """However a pickle is cut or changed, nothing but the library's errors comes out."""
    whole = bytearray(pickle.dumps({"num_images": 5, "fid": {"mu": np.zeros(3)}}, data.draw(st.integers(2, 5))))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(place + 1, len(whole)))])
    try:
        load_plain_pickle(damaged, name="file")
    except Exception as error:
        assert isinstance(error, GanMetricsError)
        assert "file" in str(error)
        assert len(str(error).splitlines()) == 1


def test_a_cut_pickle_is_damaged():
    """The message says so, and names the file."""
    with pytest.raises(StaleStatistics, match="real.pkl is damaged: "):
        load_plain_pickle(pickle.dumps({"mu": np.zeros(9)})[:-30], name="real.pkl")
