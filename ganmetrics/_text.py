"""What comes from a file or a user, made fit for a message: printable, on one line, and short.

A file's name or contents may hold sequences that command a terminal, a value may be as long as the file, and containers
that share their parts print far longer than they are stored. Every message shows such things through this module.
"""

import reprlib
from collections.abc import Iterable
from itertools import islice

VALUE_LIMIT = 200
"""The longest that one value, name or reason becomes, in characters, before the mark that it was cut."""
LISTED = 10
"""How many names a message lists before it only counts."""

_CUT = "…"
_INTEGER_BITS = 128


def printable(text: str) -> str:
    r"""Return text on one line with every character that is not printable written as its escape.

    Control characters, line breaks, lone surrogates and marks that turn the direction of writing are among them.

    >>> printable("a\x1b[2Jb\nc\u202ed")
    'a\\x1b[2Jb\\nc\\u202ed'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def clipped(text: object, limit: int = VALUE_LIMIT) -> str:
    """Return a name or other text printable and cut, without quotes.

    >>> clipped("abcdefgh", limit=5)
    'abcde…'
    """
    whole = str(text)
    # Cut before the escapes are made, which are longer, and after.
    return _cut(printable(whole[: limit + 1]), limit)


def listed(names: Iterable[object]) -> str:
    """Return the first names of a collection, each printable and cut, and how many more there are.

    >>> listed(["mu", "sigma"])
    'mu, sigma'
    >>> listed(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'
    """
    names = list(names)
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(shown(name) if isinstance(name, tuple) else clipped(name) for name in names[:LISTED]) + more


def one_line(error: BaseException) -> str:
    """Return what another library's exception says, on one line, printable and cut; its type where it says nothing.

    >>> one_line(ValueError("two", "words"))
    "('two', 'words')"
    >>> one_line(EOFError())
    'EOFError'
    """
    return clipped(" ".join(str(error).split()) or type(error).__name__)


def shown(value: object) -> str:
    """Return a value as Python writes it, printable and cut; of containers the first parts, of other objects the type.

    >>> shown("name"), shown(2.5), shown([1, [2, [3, [4]]]])
    ("'name'", '2.5', '[1, [2, [3, […]]]]')
    >>> shown("x" * 1000) == "'" + "x" * 200 + "…"
    True
    >>> shown(object()), shown(1 << 1000)
    ('an object of type object', 'a whole number of 1001 bits')
    """
    return _cut(printable(_SHORT.repr(value)), VALUE_LIMIT + 1)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + _CUT


class _Short(reprlib.Repr):
    """Writes a few parts of each container, three levels deep, and calls no code of the values."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.fillvalue = _CUT

    def repr_str(self, value: str, _level: int) -> str:
        """Write the start of a text, with room for the mark that it was cut."""
        return repr(value[: VALUE_LIMIT + 1])

    def repr_int(self, value: int, _level: int) -> str:
        """Write a whole number, whose digits cost the square of their count."""
        bits = value.bit_length()
        return repr(value) if bits <= _INTEGER_BITS else f"a whole number of {bits} bits"

    def repr_dict(self, value: dict[object, object], level: int) -> str:
        """Write the first entries, in their own order: keys from a file need not compare."""
        if level <= 0:
            return "{" + _CUT + "}"
        pairs = [
            f"{self.repr1(key, level - 1)}: {self.repr1(part, level - 1)}"
            for key, part in islice(value.items(), self.maxdict)
        ]
        return "{" + ", ".join(pairs + [_CUT] * (len(value) > self.maxdict)) + "}"

    def repr_instance(self, value: object, level: int) -> str:
        """Write what has no method of its own here."""
        if isinstance(value, bytes | bytearray):
            return repr(value[: VALUE_LIMIT + 1])
        if hasattr(value, "__fspath__"):
            return self.repr_str(str(value), level)
        if value is None or isinstance(value, bool):
            return repr(value)
        # NumPy's double is a float too, and would write its type.
        if isinstance(value, float):
            return repr(float(value))
        return f"an object of type {type(value).__name__}"


_SHORT = _Short()
