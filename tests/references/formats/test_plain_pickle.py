"""Pickles of arrays are read; pickles that would run anything are refused before they do."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import GanMetricsError, InputError, StaleStatistics
from ganmetrics.references.formats import pickle_instructions
from ganmetrics.references.formats.plain_pickle import load_plain_pickle

ARRAYS = {
    "double": np.arange(6.0).reshape(2, 3),
    "single": np.float32([1.5, 2.5]),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "axes": np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
    "empty": np.zeros((0, 4)),
    "whole": np.arange(3),
    "swapped": np.arange(3, dtype=">f4"),
    "truth": np.array([[True], [False]]),
    "number": np.array(2.5),
    "scalar": np.float64(2.5),
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_come_back(name, protocol):
    """Values, shape and type are those that were pickled, by every protocol."""
    content = {"array": ARRAYS[name], "parts": [1, None, "text", (True, 2.5)]}
    loaded = load_plain_pickle(pickle.dumps(content, protocol), name="file")
    np.testing.assert_array_equal(loaded["array"], ARRAYS[name])
    assert loaded["array"].dtype == ARRAYS[name].dtype.newbyteorder("=")
    assert loaded["parts"] == content["parts"]


def test_numpy_1_pickles_are_read():
    """NumPy 1 called the module that holds the same functions by another name."""
    data = pickle.dumps({"mu": np.arange(3.0)}, 2).replace(b"numpy._core.", b"numpy.core.")
    np.testing.assert_array_equal(load_plain_pickle(data, name="file")["mu"], np.arange(3.0))


def test_what_python_2_wrote_is_read():
    """As its cPickle stored a batch of CIFAR-10: strings of bytes, and the type's arguments as whole numbers."""
    array = b"cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85q\x04U\x01bq\x05\x87q\x06Rq\x07"
    array += (
        b"(K\x01K\x01K\x03\x86q\x08cnumpy\ndtype\nq\x09U\x02u1K\x00K\x01\x87Rq\x0a(K\x03U\x01|NNN"
        + b"J\xff\xff\xff\xff" * 2
    )
    array += b"K\x00tb\x89T\x03\x00\x00\x00\x01\xfe\x03tb"
    data = b"\x80\x02}q\x01(U\x04data" + array + b"U\x06labels]q\x0b(K\x06K\x09eU\x05batch" + b"X\x01\x00\x00\x001u."
    loaded = load_plain_pickle(data, name="file")
    np.testing.assert_array_equal(loaded.pop(b"data"), np.uint8([[1, 254, 3]]))
    assert loaded == {b"labels": [6, 9], b"batch": "1"}


def test_arrays_are_the_callers_own():
    """They can be written, and hold on to nothing of the file."""
    array = load_plain_pickle(pickle.dumps(np.zeros(3), 5), name="file")
    array[0] = 1
    assert array.base is None or array.base.flags.owndata


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

    with pytest.raises(InputError, match="must be latin1; got 'rot13'"):
        load_plain_pickle(pickle.dumps(Planted(_codecs.encode, "text", "rot13"), 2), name="file")


@pytest.mark.slow
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


def called(module, word, arguments):
    """Return a pickle of one call."""
    return b"\x80\x02c" + module.encode() + b"\n" + word.encode() + b"\n" + pickle.dumps(arguments, 2)[2:-1] + b"R."


ADDRESS = (0x4141414141414141).to_bytes(8, "little")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("numpy", "ndarray", ((1,), "O", ADDRESS)), "must call what makes numbers only; it calls ndarray"),
        (("numpy", "dtype", ("O", False, True)), r"must be numeric .*; got 'O'"),
        (("numpy", "dtype", ("f8,O", False, True)), r"must be numeric .*; got 'f8,O'"),
        (("numpy", "dtype", ([("a", "O")], False, True)), r"must be numeric .*; got \[\('a', 'O'\)\]"),
        (("numpy", "dtype", ("f8", True, True)), "other arguments than NumPy writes"),
        (("numpy.core.multiarray", "_reconstruct", (1, (0,), b"b")), "must be made as NumPy makes it"),
        (("numpy.core.multiarray", "scalar", ("O", ADDRESS)), "must be made as NumPy makes it"),
        (("numpy.core.numeric", "_frombuffer", (ADDRESS, "O", (1,), "C")), "must be made as NumPy makes it"),
        (("numpy", "frombuffer", (ADDRESS, "f8")), "it needs numpy.frombuffer"),
    ],
)
def test_arrays_over_addresses_are_refused(call, message):
    """NumPy takes the bytes of an object array for addresses: no call of it is made, in any form."""
    with pytest.raises(InputError, match=message):
        load_plain_pickle(called(*call), name="file")


def replaced(before, after, protocol=2):
    """Return the pickle of an array [2, 3] with a part of it changed."""
    data = pickle.dumps(np.zeros((2, 3)), protocol)
    assert data.count(before) == 1
    return data.replace(before, after)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (replaced(b"K\x02K\x03", b"K\x02K\x04"), r"an array \[2, 4\] of float64 in a pickle needs 64 bytes; it has 48"),
        (replaced(b"K\x02K\x03", b"J\xff\xff\xff\xffK\x03"), r"a shape of whole numbers; it has \(-1, 3\)"),
        (replaced(b"K\x02K\x03", b"K\x00\x8a\x08" + b"\xff" * 7 + b"\x7f"), "a shape of whole numbers; it has"),
        (replaced(b"K\x02K\x03\x86", b"(" + b"K\x01" * 33 + b"t"), "a shape of whole numbers; it has"),
        (replaced(b"K\x01K\x02", b"K\x02K\x02"), "must have the state that NumPy writes; it has another"),
        (replaced(b"<", b"O"), "must have the state that NumPy writes for plain numbers"),
        (replaced(b"f8", b"O8"), "must be numeric"),
        (pickle.dumps(np.zeros(2, bool), 3).replace(b"C\2\0\0", b"C\2\0\7"), "truth values in a pickle must be 0 or 1"),
        (pickle.dumps(np.zeros(2, "f8,i4")), "must be numeric"),
        (pickle.dumps(np.zeros(2, complex)), "must be numeric"),
    ],
)
def test_states_that_do_not_agree_are_refused(data, message):
    """Type, shape and bytes are one, or nothing is made."""
    with pytest.raises(InputError, match=message):
        load_plain_pickle(data, name="file")


SHARED = b"]q\x00" + b"".join(b"0]q" + bytes([n]) + (b"h" + bytes([n - 1]) + b"a") * 2 for n in range(1, 32))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (SHARED, "it needs the instruction POP"),
        (b"]q\x00" + b"]h\x00ah\x00a", "must use each container and array once"),
        (b"]q\x00h\x00a", "must use each container and array once"),
        (b"}K\x01K\x01\x86K\x01s", "keys in a pickle must be text or bytes; one is a tuple"),
        (b"]" * 30 + b"a" * 29, "may have 20 levels; there are more"),
        (b")" + b"\x85" * 1000, "may have 20 levels; there are more"),
        (b"I" + b"9" * 5000 + b"\n", "may have 64 digits; one has 5,000"),
        (b"\x8a\x20" + b"\x7f" * 32, "must have 64 bits; one is a whole number of 255 bits"),
        (b"\x8b\xff\xff\xff\x7f", "it needs the instruction LONG4"),
        (b"K\x01Q", "it needs the instruction BINPERSID"),
        (b"\x82\x01", "it needs the instruction EXT1"),
        (b"\x97", "it needs the instruction NEXT_BUFFER"),
        (b"K\x012\x86", "it needs the instruction DUP"),
        (b"cnumpy\ndtype\n", "it needs dtype"),
        (b"K\x01K\x01a", "must append to lists only; it appends to a int"),
        (b"]N}b", "must give a state to arrays and their types only"),
        (
            b"c_codecs\nencode\n" + b"X\x01\x00\x00\x00aX\x06\x00\x00\x00latin2\x86R",
            "must be latin1; got 'latin2'",
        ),
    ],
)
def test_what_would_cost_more_than_plain_data_is_refused(body, message):
    """Shared containers, long numbers, depth: small files that take all memory or time, and calls by other doors."""
    with pytest.raises(InputError, match=message):
        load_plain_pickle(b"\x80\x02" + body + b".", name="file")


def test_bytes_used_again_and_again_are_refused():
    """A megabyte from a memo, many times, would take memory that the file does not have."""
    text = b"X\x00\x10\x00\x00" + b"a" * 4096 + b"q\x01"
    again = b"c_codecs\nencode\nh\x01h\x02\x86Ra"
    data = b"\x80\x02]" + text + b"aX\x06\x00\x00\x00latin1q\x02a" + again
    assert load_plain_pickle(data + b".", name="file")[2] == b"a" * 4096
    with pytest.raises(InputError, match="must use the bytes of an array once; it uses them again"):
        load_plain_pickle(data + again * 9 + b".", name="file")


@pytest.mark.parametrize(
    "body", [b"B\xff\xff\xff\x7f", b"\x8e" + b"\xff" * 8, b"\x96" + b"\xff" * 8, b"T\xff\xff\xff\xff"]
)
def test_lengths_that_the_file_does_not_have_are_damage(body):
    """Nothing is allocated for them."""
    with pytest.raises(StaleStatistics, match="file is damaged: .* bytes are needed at byte"):
        load_plain_pickle(b"\x80\x02" + body + b".", name="file")


def test_instructions_are_counted(monkeypatch):
    """A file of two million steps that hold nothing ends; a real one has room."""
    monkeypatch.setattr(pickle_instructions, "MOST_INSTRUCTIONS", 100)
    assert load_plain_pickle(b"\x80\x02](" + b"K\x01" * 90 + b"e.", name="file") == [1] * 90
    with pytest.raises(InputError, match="file: a pickle may have up to 100 instructions; it has more"):
        load_plain_pickle(b"\x80\x02](" + b"K\x01" * 100 + b"e.", name="file")
