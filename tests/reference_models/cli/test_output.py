"""Whatever the terminal's encoding and state, a result is printed or its loss is told in one line."""

import io
import os
import sys

import pytest
from click.testing import CliRunner

from ganmetrics import StorageError
from reference_models.cli import command
from reference_models.cli.display import Display
from reference_models.cli.output import any_text, emit


@pytest.mark.parametrize("page", ["cp932", "cp949", "ascii", "latin-1"])
def test_names_arrive(page):
    """The name of a missing run holds hangul and a byte that is no UTF-8."""
    name = os.fsdecode("한é".encode() + b"\xe9")
    result = CliRunner(charset=page).invoke(command, ["compare", name, "--out", "nowhere"])
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout_bytes) == (1, b"")
    assert result.stderr_bytes.startswith(b"Error: ")


def test_a_spread_is_printed(monkeypatch):
    """What the page lacks is escaped, the rest stays, and the stream keeps its strictness after."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp949", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    with any_text():
        emit("0.1 ± 0.2 é\n")
    assert stream.buffer.getvalue() == "0.1 ± ".encode("cp949") + b"0.2 \\xe9\n"
    assert stream.errors == "strict"


def test_a_closed_stdout_is_told(monkeypatch):
    """A result that goes nowhere is no success."""
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(StorageError, match="^the result cannot be written to stdout: it is closed$"):
        emit("a result")


def test_a_full_stderr_does_not_end_a_run(monkeypatch):
    """Lines of progress and warnings are lost, the training is not."""

    class Full:
        encoding = "utf-8"

        def write(self, _text):
            raise OSError(28, "No space left on device")

        def flush(self):
            raise OSError(28, "No space left on device")

        def isatty(self):
            return False

    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(OSError, match="No space"):
        sys.stderr.write("x")
    with Display() as display:
        display.said("epoch 1")
        display.warned("losses rise")
