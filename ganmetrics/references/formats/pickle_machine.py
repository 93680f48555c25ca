"""The stack machine that the instructions of a pickle work on.

What a pickle names is a word to compare, and arrays are built by `pickled_numbers` from checked values. The machine
also bounds what a small file can cost:

- a container or an array is used once, so that the result is a tree: shared ones would print, compare and convert in
  exponential time;
- the tree has at most `DEEPEST` levels;
- keys are text or bytes, whose hashes cannot be chosen;
- calls take no more bytes in all than twice those of the file.
"""

import struct
from collections.abc import Callable

import numpy as np

from ganmetrics._text import clipped, shown
from ganmetrics.errors import InputError
from ganmetrics.references.formats.pickled_numbers import (
    Arguments,
    Name,
    PickledArray,
    PickledType,
    array_from_buffer,
    empty_array,
    numeric_type,
    scalar,
)

DEEPEST = 20
LONGEST_NUMBER = 64
"""The longest line that writes a number, in characters."""

_LATEST_PROTOCOL = 5
_WHOLE = range(-(1 << 63), 1 << 64)


class Damaged(Exception):
    """The bytes are no whole pickle."""


class Machine:
    """The state of one pickle while it is run: where it is read, and the values so far.

    Args:
        data: the pickle.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._stack: list[object] = []
        self._below: list[list[object]] = []
        self._memo: dict[int, object] = {}
        self._taken = 0

    @property
    def place(self) -> int:
        """How many bytes have been read."""
        return self._place

    def bytes_of(self, length: int) -> bytes:
        """Return the next bytes of the pickle."""
        if not 0 <= length <= len(self._data) - self._place:
            raise Damaged(f"{length:,} bytes are needed at byte {self._place:,} of {len(self._data):,}")
        self._place += length
        return self._data[self._place - length : self._place]

    def number(self, form: str) -> int:
        """Return the next whole number, written as `struct` calls it."""
        (value,) = struct.unpack(form, self.bytes_of(struct.calcsize(form)))
        return int(value)

    def line(self) -> bytes:
        """Return the bytes up to the end of the line."""
        end = self._data.find(b"\n", self._place)
        if end < 0:
            raise Damaged(f"a line that starts at byte {self._place:,} has no end")
        return self.bytes_of(end + 1 - self._place)[:-1]

    def short_line(self) -> str:
        """Return a line that writes a number."""
        line = self.line()
        if len(line) > LONGEST_NUMBER:
            raise InputError(f"numbers in a pickle may have {LONGEST_NUMBER} digits; one has {len(line):,}")
        return line.decode("ascii")

    def push(self, value: object) -> None:
        """Put a value on the stack."""
        self._stack.append(value)

    def pop(self) -> object:
        """Take a value from the stack."""
        return self._stack.pop()

    def push_whole(self, value: int) -> None:
        """Put a whole number on the stack."""
        if value not in _WHOLE:
            raise InputError(f"whole numbers in a pickle must have 64 bits; one is {shown(value)}")
        self.push(value)

    def mark(self) -> None:
        """Begin a run of values."""
        self._below.append(self._stack)
        self._stack = []

    def since_mark(self) -> list[object]:
        """End a run of values, and return them."""
        values, self._stack = self._stack, self._below.pop()
        return values

    def push_tuple(self, parts: list[object]) -> None:
        """Put a tuple on the stack: of plain values, or for a call."""
        if any(isinstance(part, Name | PickledType) for part in parts):
            self.push(Arguments(parts))
        else:
            self.push(tuple(map(_plain, parts)))

    def push_last(self, count: int) -> None:
        """Put a tuple of the last values on the stack."""
        if count > len(self._stack):
            raise IndexError
        parts = self._stack[-count:]
        del self._stack[-count:]
        self.push_tuple(parts)

    def extend(self, parts: list[object]) -> None:
        """Add values to the list on top of the stack."""
        target = self._stack[-1]
        if type(target) is not list:
            raise InputError(f"a pickle must append to lists only; it appends to {_kind(target)}")
        target.extend(map(_plain, parts))

    def update(self, parts: list[object]) -> None:
        """Add keys and their values to the dictionary on top of the stack."""
        target = self._stack[-1]
        if type(target) is not dict:
            raise InputError(f"a pickle must set the keys of dictionaries only; it sets those of {_kind(target)}")
        if len(parts) % 2:
            raise Damaged("a dictionary has a key without a value")
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            if not isinstance(key, str | bytes):
                raise InputError(f"keys in a pickle must be text or bytes; one is {_kind(key)}")
            target[key] = _plain(value)

    def memorise(self, index: int) -> None:
        """Keep the value on top of the stack under a number."""
        self._memo[index] = self._stack[-1]

    def memorise_next(self) -> None:
        """Keep the value on top of the stack under the next number."""
        self.memorise(len(self._memo))

    def recall(self, index: int) -> None:
        """Put a value that was kept on the stack again."""
        if index not in self._memo:
            raise Damaged(f"value {index:,} is asked for before it is there")
        value = self._memo[index]
        if isinstance(value, list | tuple | dict | PickledArray | np.ndarray):
            raise InputError("a pickle must use each container and array once; it uses one again")
        self.push(value)

    def name(self, module: object, word: object) -> None:
        """Put what the pickle names on the stack, if it is one of the few names of plain data."""
        if not (isinstance(module, str) and isinstance(word, str)):
            raise InputError(f"a pickle must name things by text; it does by {_kind(module)} and {_kind(word)}")
        # NumPy 2 renamed the module that NumPy 1 wrote into its pickles.
        if (module.replace("numpy._core", "numpy.core"), word) not in _NAMES:
            refuse(f"{clipped(module, 100)}.{clipped(word, 100)}")
        self.push(Name(word))

    def call(self) -> None:
        """Put the result of a call on the stack."""
        arguments, function = self.pop(), self.pop()
        if not (isinstance(function, Name) and function.word in _CALLS and isinstance(arguments, tuple)):
            raise InputError(f"a pickle must call what makes numbers only; it calls {_kind(function)}")
        self._take(arguments)
        self.push(_CALLS[function.word](arguments))

    def build(self) -> None:
        """Give the array or type on top of the stack its state."""
        state, target = self.pop(), self._stack[-1]
        if not (isinstance(target, PickledArray | PickledType) and isinstance(state, tuple)):
            raise InputError(f"a pickle must give a state to arrays and their types only; it does to {_kind(target)}")
        self._take(state)
        target.state(state)

    def check_protocol(self) -> None:
        """Read the protocol, which tells nothing that the instructions do not."""
        if (protocol := self.number("<B")) > _LATEST_PROTOCOL:
            raise InputError(f"a pickle must have a protocol up to {_LATEST_PROTOCOL}; it has {protocol}")

    def _take(self, arguments: tuple[object, ...]) -> None:
        self._taken += sum(len(part) for part in arguments if isinstance(part, str | bytes))
        if self._taken > 2 * len(self._data):
            raise InputError("a pickle must use the bytes of an array once; it uses them again")

    def result(self) -> object:
        """Return the one value that is left, a tree of plain values."""
        result = _plain(self.pop())
        if self._stack or self._below:
            raise Damaged("it ends before all its values are used")
        waiting = [(result, 0)]
        while waiting:
            value, level = waiting.pop()
            if isinstance(value, list | tuple | dict):
                if level == DEEPEST:
                    raise InputError(f"containers in a pickle may have {DEEPEST} levels; there are more")
                parts = value.values() if isinstance(value, dict) else value
                waiting.extend((part, level + 1) for part in parts)
        return result


def _plain(value: object) -> object:
    """Return a value that may be part of the result."""
    if isinstance(value, PickledArray) and value.array is not None:
        return value.array
    if isinstance(value, Name | PickledType | PickledArray | Arguments):
        refuse(_kind(value))
    return value


def _kind(value: object) -> str:
    if isinstance(value, Name):
        return value.word
    stand_ins = {PickledType: "a type", PickledArray: "an array without contents", Arguments: "the arguments of a call"}
    return stand_ins.get(type(value), f"a {type(value).__name__}")


def refuse(what: str) -> None:
    """Raise for a thing that plain data does not need."""
    raise InputError(f"a pickle must hold numbers, arrays and containers only; it needs {what}")


def _encode(arguments: tuple[object, ...]) -> bytes:
    # How protocols below 3 store bytes.
    match arguments:
        case (str(text), str(encoding)) if encoding == "latin1":
            return text.encode("latin1")
        case (str(), encoding):
            raise InputError(f"bytes in a pickle must be latin1; got {shown(encoding)}")
    raise InputError("bytes in a pickle must be made as Python makes them; they are made with other arguments")


def _no_bytes(arguments: tuple[object, ...]) -> bytes:
    # How they store no bytes at all.
    if arguments:
        raise InputError("bytes in a pickle must be made as Python makes them; they are made with other arguments")
    return b""


_NAMES = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
    ("_codecs", "encode"),
    ("__builtin__", "bytes"),
}
_CALLS: dict[str, Callable[[tuple[object, ...]], object]] = {
    "dtype": numeric_type,
    "_reconstruct": empty_array,
    "scalar": scalar,
    "_frombuffer": array_from_buffer,
    "encode": _encode,
    "bytes": _no_bytes,
}
