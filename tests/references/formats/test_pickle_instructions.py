"""The instructions of plain data: Python's own pickles of every protocol, and none that does more."""

import pickle
import pickletools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError
from ganmetrics.references.formats.pickle_instructions import _INSTRUCTIONS, run
from ganmetrics.references.formats.pickle_machine import Damaged

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN, st.integers(2, pickle.HIGHEST_PROTOCOL))
def test_plain_data_comes_back(value, protocol):
    """Whatever Python's pickler wrote; bytes of old protocols are calls of a codec, and refused."""
    try:
        found = run(pickle.dumps(value, protocol))
    except InputError:
        assert protocol == 2 and "bytes" in repr(type_names(value))
    else:
        assert found == value


def type_names(value):
    """The types of all values within one."""
    if isinstance(value, dict):
        return {"dict"}.union(*map(type_names, value.values()))
    if isinstance(value, list):
        return {"list"}.union(*map(type_names, value))
    return {type(value).__name__}


def test_no_instruction_that_runs_anything_is_known():
    """Instances, persistent identifiers, extensions and buffers from outside are not among them."""
    names = {one.name for one in pickletools.opcodes if ord(one.code) in _INSTRUCTIONS}
    refused = {"INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER"}
    assert not names & refused


@pytest.mark.parametrize("data", [b"", b"N", b"\x80\x04K", b"]a.", b"\xff."])
def test_what_is_cut_is_damaged(data):
    """Not an IndexError."""
    with pytest.raises((Damaged, InputError)):
        run(data)
