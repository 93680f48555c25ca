"""The stack machine: what it reads, and what it refuses to hold."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.references.formats.pickle_machine import LONGEST_NUMBER, Damaged, Machine
from ganmetrics.references.formats.pickled_numbers import Arguments, Name


def test_bytes_numbers_and_lines_are_read_in_turn():
    """And nothing beyond the end."""
    machine = Machine(b"\x01\x02\x00\x00\x00line\nrest")
    assert (machine.number("<B"), machine.number("<I"), machine.line(), machine.place) == (1, 2, b"line", 10)
    with pytest.raises(Damaged, match="no end"):
        machine.line()
    for length in (5, -1):
        with pytest.raises(Damaged, match="bytes are needed at byte 10 of 14"):
            machine.bytes_of(length)


def test_numbers_are_bounded():
    """In digits and in bits."""
    with pytest.raises(InputError, match="digits"):
        Machine(b"1" * (LONGEST_NUMBER + 1) + b"\n").short_line()
    machine = Machine(b"")
    machine.push_whole(2**64 - 1)
    with pytest.raises(InputError, match="64 bits"):
        machine.push_whole(2**64)


def test_runs_of_values_nest():
    """Each mark has its own run."""
    machine = Machine(b"")
    machine.push(1)
    machine.mark()
    machine.push(2)
    machine.mark()
    assert machine.since_mark() == []
    assert machine.since_mark() == [2]
    assert machine.pop() == 1


def test_names_are_for_calls_only():
    """A tuple with one is arguments, and never part of the result."""
    machine = Machine(b"")
    machine.push_tuple([1, Name("ndarray")])
    assert isinstance(machine.pop(), Arguments)
    machine.push_tuple([1, 2])
    assert machine.pop() == (1, 2)
