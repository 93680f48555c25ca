"""What commands print: it arrives whatever the terminal's encoding is, and a failure to print is told.

Python gives up at the first character that an encoding lacks: the é of Fréchet under the code pages of Japan, Korea or
Russia, a ± in ASCII, a file name that is not UTF-8 under any encoding. By then the work is done. So both streams spell
such a character in ASCII for as long as a command runs. JSON is ASCII anyway, and is not touched.
"""

import codecs
import errno
import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from ganmetrics._text import printable
from ganmetrics.errors import StorageError

OWN_WORDS = {"é": ("Fréchet", "e"), "±": ("±", "+/-")}
"""The characters of our own texts that are not ASCII: the word that each stands in, and its spelling there."""

_HANDLER = "ganmetrics.spelled"
_ASCII = "ganmetrics_ascii"


def emit(text: str) -> None:
    """Print a result to stdout.

    Raises:
        StorageError: it cannot be written: stdout is closed, or its disk is full, for instance.
    """
    try:
        click.echo("\n".join(map(printable, text.split("\n"))))
    except BrokenPipeError:
        raise  # the reader has gone; click ends the process quietly
    except OSError as error:
        raise StorageError(f"the result cannot be written to stdout: {error.strerror}") from None


def say(text: str) -> None:
    """Print a line beside the result to stderr; where that is full or closed, there is nobody to tell."""
    with suppress(OSError):
        click.echo("\n".join(map(printable, text.split("\n"))), err=True)


def while_printing(error: OSError) -> bool:
    """Tell whether an error came from click's own printing, such as that of ``--help`` to a full disk."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(frame.f_globals.get("__name__") == click.utils.__name__ for frame in frames)


@contextmanager
def any_text() -> Iterator[None]:
    """For the block, let stdout and stderr print any text; they are left as they were.

    A character that the encoding lacks is spelled in ASCII: our own as `OWN_WORDS` has it, any other, which can only
    be of a name, as a backslash escape, which is exact.
    """
    missing = _in_place_of_closed()
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.TextIOWrapper)]
    before = [(stream, stream.encoding, stream.errors) for stream in streams]
    try:
        for stream, encoding, _ in before:
            stream.reconfigure(encoding=_ASCII if _is_ascii(encoding) else encoding, errors=_HANDLER)
        yield
    finally:
        for stream, encoding, errors in before:
            with suppress(OSError, ValueError):
                stream.reconfigure(encoding=encoding, errors=errors)
        for name in missing:
            setattr(sys, name, None)


def hold_standard_descriptors() -> None:
    """Open the null device for each of stdin, stdout and stderr that was closed when the process began.

    Otherwise the next file opened would get its number, and whatever a C library prints would land in that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


def _in_place_of_closed() -> list[str]:
    """Put streams in the place of closed ones, which Python has as None, and return their names.

    click takes stdout for an error where stderr is None, and prints nothing where stdout is.
    """
    missing = [name for name in ("stdout", "stderr") if getattr(sys, name) is None]
    for name in missing:
        setattr(sys, name, _Closed() if name == "stdout" else io.StringIO())
    return missing


class _Closed(io.TextIOBase):
    """A stdout that was closed by the shell: writing to it fails, as writing to a full disk does."""

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, _text: str, /) -> int:
        raise OSError(errno.EBADF, "it is closed")


def _is_ascii(encoding: str) -> bool:
    return codecs.lookup(encoding).name == "ascii"


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Return what to print instead of the characters that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_spelling(error.object, place) for place in range(error.start, error.end)), error.end


def _spelling(text: str, place: int) -> str:
    r"""Return one character of a text in ASCII.

    >>> _spelling("Fréchet", 2), _spelling("1 ± 2", 2), _spelling("café/1.png", 3), _spelling("caf\udce9.png", 3)
    ('e', '+/-', '\\xe9', '\\udce9')
    """
    word, spelling = OWN_WORDS.get(text[place], ("", ""))
    start = place - word.find(text[place])
    if word and text.startswith(word, start):
        return spelling
    return text[place].encode("ascii", "backslashreplace").decode("ascii")


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Return ASCII under a name of ours: for a stream in plain ASCII, click would write UTF-8 into it."""
    if name != _ASCII:
        return None
    ascii_codec = codecs.lookup("ascii")
    return codecs.CodecInfo(
        name=_ASCII,
        encode=ascii_codec.encode,
        decode=ascii_codec.decode,
        incrementalencoder=ascii_codec.incrementalencoder,
        incrementaldecoder=ascii_codec.incrementaldecoder,
    )


codecs.register(_find_codec)
codecs.register_error(_HANDLER, _spelled)
