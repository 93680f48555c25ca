"""The instructions that picklers write for plain data, and what each does to the machine; there are no others."""

import pickletools
import struct
from collections.abc import Callable
from functools import partial

from ganmetrics._text import one_line
from ganmetrics.errors import InputError
from ganmetrics.references.formats.pickle_machine import Damaged, Machine, refuse

MOST_INSTRUCTIONS = 2_000_000
"""A batch of CIFAR-10 takes 40,000."""

_STOP = ord(".")


def run(data: bytes) -> object:
    """Return what a pickle holds.

    Raises:
        InputError: it needs more than plain data, or more room or time than plain data does.
        Damaged: it is no whole pickle.
    """
    machine = Machine(data)
    try:
        for _ in range(MOST_INSTRUCTIONS):
            code = machine.bytes_of(1)[0]
            if code == _STOP:
                return machine.result()
            if code not in _INSTRUCTIONS:
                _refuse_instruction(code, machine.place)
            _INSTRUCTIONS[code](machine)
    except IndexError:
        raise Damaged(f"the instruction that ends at byte {machine.place:,} lacks its values") from None
    except InputError:
        raise
    # Numbers, text and lengths that cannot be read.
    except (ValueError, struct.error) as error:
        raise Damaged(one_line(error)) from None
    raise InputError(f"a pickle may have up to {MOST_INSTRUCTIONS:,} instructions; it has more")


def _refuse_instruction(code: int, place: int) -> None:
    names = {instruction.code: instruction.name for instruction in pickletools.opcodes}
    if chr(code) not in names:
        raise Damaged(f"byte {place - 1:,} is no instruction")
    refuse(f"the instruction {names[chr(code)]}")


def _integer_line(machine: Machine) -> None:
    text = machine.short_line()
    # Protocols 0 and 1 write truth values so.
    if text in ("00", "01"):
        machine.push(text == "01")
    else:
        machine.push_whole(int(text))


def _bytes(machine: Machine, form: str) -> None:
    machine.push(machine.bytes_of(machine.number(form)))


def _text(machine: Machine, form: str) -> None:
    machine.push(machine.bytes_of(machine.number(form)).decode("utf-8", "surrogatepass"))


def _name_of_stack(machine: Machine) -> None:
    word, module = machine.pop(), machine.pop()
    machine.name(module, word)


def _set_item(machine: Machine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.update([key, value])


def _new_dict(machine: Machine) -> None:
    parts = machine.since_mark()
    machine.push({})
    machine.update(parts)


def _new_list(machine: Machine) -> None:
    parts = machine.since_mark()
    machine.push([])
    machine.extend(parts)


# By the byte that stands for each, as `pickletools` documents them.
_BY_CHARACTER: dict[str, Callable[[Machine], object]] = {
    "\x80": Machine.check_protocol,
    "\x95": lambda machine: machine.number("<Q"),
    "N": lambda machine: machine.push(None),
    "\x88": lambda machine: machine.push(True),
    "\x89": lambda machine: machine.push(False),
    "I": _integer_line,
    "L": lambda machine: machine.push_whole(int(machine.short_line().removesuffix("L"))),
    "K": lambda machine: machine.push(machine.number("<B")),
    "M": lambda machine: machine.push(machine.number("<H")),
    "J": lambda machine: machine.push(machine.number("<i")),
    "\x8a": lambda machine: machine.push_whole(
        int.from_bytes(machine.bytes_of(machine.number("<B")), "little", signed=True)
    ),
    "F": lambda machine: machine.push(float(machine.short_line())),
    "G": lambda machine: machine.push(struct.unpack(">d", machine.bytes_of(8))[0]),
    "U": partial(_bytes, form="<B"),
    "T": partial(_bytes, form="<i"),
    "C": partial(_bytes, form="<B"),
    "B": partial(_bytes, form="<I"),
    "\x8e": partial(_bytes, form="<Q"),
    "\x96": partial(_bytes, form="<Q"),
    "V": lambda machine: machine.push(machine.line().decode("raw_unicode_escape")),
    "\x8c": partial(_text, form="<B"),
    "X": partial(_text, form="<I"),
    "\x8d": partial(_text, form="<Q"),
    "]": lambda machine: machine.push([]),
    "a": lambda machine: machine.extend([machine.pop()]),
    "e": lambda machine: machine.extend(machine.since_mark()),
    "l": _new_list,
    "}": lambda machine: machine.push({}),
    "s": _set_item,
    "u": lambda machine: machine.update(machine.since_mark()),
    "d": _new_dict,
    "(": Machine.mark,
    ")": lambda machine: machine.push(()),
    "t": lambda machine: machine.push_tuple(machine.since_mark()),
    "\x85": lambda machine: machine.push_last(1),
    "\x86": lambda machine: machine.push_last(2),
    "\x87": lambda machine: machine.push_last(3),
    "p": lambda machine: machine.memorise(int(machine.short_line())),
    "q": lambda machine: machine.memorise(machine.number("<B")),
    "r": lambda machine: machine.memorise(machine.number("<I")),
    "\x94": Machine.memorise_next,
    "g": lambda machine: machine.recall(int(machine.short_line())),
    "h": lambda machine: machine.recall(machine.number("<B")),
    "j": lambda machine: machine.recall(machine.number("<I")),
    "c": lambda machine: machine.name(machine.line().decode(), machine.line().decode()),
    "\x93": _name_of_stack,
    "R": Machine.call,
    "b": Machine.build,
}
_INSTRUCTIONS = {ord(code): action for code, action in _BY_CHARACTER.items()}
