"""What commands print: it arrives whatever the terminal's encoding is, and a failure to print is told."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ganmetrics import StorageError, printable


def emit(text: str) -> None:
    """Print a result to stdout.

    Raises:
        StorageError: it cannot be written: stdout is closed, or its disk is full, for instance.
    """
    if sys.stdout is None:  # closed by the shell: click would print nothing, and say nothing
        raise StorageError("the result cannot be written to stdout: it is closed")
    try:
        click.echo("\n".join(map(printable, text.removesuffix("\n").split("\n"))))
    except BrokenPipeError:
        raise  # the reader has gone; click ends the process quietly
    except OSError as error:
        raise StorageError(f"the result cannot be written to stdout: {error.strerror}") from None


@contextmanager
def any_text() -> Iterator[None]:
    """For the block, print backslash escapes for characters that the encoding of stdout or stderr lacks."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.TextIOWrapper)]
    before = [stream.errors for stream in streams]
    for stream in streams:
        stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream, errors in zip(streams, before, strict=True):
            stream.reconfigure(errors=errors)
