"""Whatever the terminal's encoding, names and state, a result is printed or its loss is told in one line."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ganmetrics.cli import command
from ganmetrics.cli.output import any_text
from ganmetrics.testing import write_images

CODE_PAGES = ("cp932", "cp949", "cp1251", "ascii", "latin-1", "utf-8")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0", "--no-cache")
NO_UTF8 = os.fsdecode(b"caf\xe9")
"""A name in Latin-1, as Python shows it under UTF-8: with a lone surrogate."""


@pytest.fixture
def class_folders(tmp_path):
    """Real and fake images in two classes, whose names hold an e with an accent, hangul and a byte that is no UTF-8."""
    if sys.getfilesystemencoding() != "utf-8":
        pytest.skip("names of files have no such letters here")
    for seed, side in enumerate(("real", "fake")):
        for name in ("é한", NO_UTF8):
            write_images(tmp_path / side / name, 6, seed=seed)
    return tmp_path / "real", tmp_path / "fake"


def invoke(page, *arguments):
    """Run the command line in this process on streams of an encoding, which must be able to decode what comes."""
    result = CliRunner(charset=page).invoke(command, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout_bytes.decode(page), result.stderr_bytes.decode(page)


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("page", CODE_PAGES)
def test_tables_arrive(page, class_folders):
    """Scores, their ± and the names of classes: what the page lacks is spelled in ASCII, the rest stays."""
    status, out, _ = invoke(page, "evaluate", *class_folders, "--metrics", "fid,kid,intra_fid", *OFFLINE)
    assert status == 0
    assert "fd_efficientnet-lite0 = " in out
    assert ("±" if "±".encode(page, "ignore") else "+/-") in out
    korean, accent = "한".encode(page, "ignore"), "é".encode(page, "ignore")
    assert ("é" if accent else "\\xe9") + ("한" if korean else "\\ud55c") in out
    assert "caf\\udce9" in out
    title = next(line for line in out.splitlines() if "distance by class" in line)
    assert title.startswith("Fréchet" if accent else "Frechet")


@pytest.mark.parametrize("page", CODE_PAGES)
@pytest.mark.parametrize("arguments", [(), ("fid",), ("evaluate",), ("influence",), ("reference", "build")])
def test_help_arrives(page, arguments):
    """The help of a command names the distance after Fréchet."""
    status, out, err = invoke(page, *arguments, "--help")
    assert (status, err) == (0, "")
    assert "Usage:" in out
    assert "Fr\\xe9chet" not in out


@pytest.mark.parametrize("page", CODE_PAGES)
def test_error_lines_arrive(page, tmp_path):
    """A missing folder is named, whatever its name; an unknown metric too."""
    status, out, err = invoke(page, "fid", tmp_path / NO_UTF8, tmp_path, *OFFLINE)
    assert (status, out) == (1, "")
    assert err.startswith("Error: ")
    assert "caf\\udce9 does not exist" in err
    status, out, err = invoke(page, "evaluate", "real", "fake", "--metrics", "é한")
    assert (status, out) == (2, "")
    assert "is not one of fid" in err


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_json_is_exact(class_folders):
    """JSON spells the names in its own ASCII escapes, so a program reads the very name back from any page."""
    outputs = {
        invoke(page, "evaluate", *class_folders, "--metrics", "intra_fid", *OFFLINE, "--json")[1] for page in CODE_PAGES
    }
    (out,) = outputs
    assert out.isascii()
    assert NO_UTF8 in json.dumps(json.loads(out), ensure_ascii=False)


def test_the_streams_are_left_as_they_were(monkeypatch):
    """A program that calls the command line keeps its own streams, with their encoding and their strictness."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    with any_text():
        stream.write("1 ± 2")
    stream.flush()
    assert stream.buffer.getvalue() == b"1 +/- 2"
    assert (stream.encoding, stream.errors) == ("ascii", "strict")
    with pytest.raises(UnicodeEncodeError):
        stream.write("±")


BAR = """
from ganmetrics.cli.output import any_text
from ganmetrics.cli.progress import bar
with any_text(), bar(total=2, stage="extracting caf\\udce9 한") as advance:
    advance(2)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.getfilesystemencoding() != "utf-8", reason="arguments have no such letters here")
@pytest.mark.parametrize("page", ["cp1251:strict", "ascii", "utf-8"])
def test_bars_arrive(page):
    """A bar on a terminal with the name of a folder."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", BAR], stderr=follower, env=os.environ | {"PYTHONIOENCODING": page}
    )
    os.close(follower)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux ends the reading of a terminal that no process has open
        while chunk := os.read(leader, 4096):
            shown += chunk
    os.close(leader)
    assert process.wait(timeout=120) == 0
    assert b"extracting caf\\udce9" in shown


def shell(line):
    """Run a line of the shell in which `G` stands for the command line."""
    line = line.replace("G ", f"'{sys.executable}' -m ganmetrics ")
    return subprocess.run(line, shell=True, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full disk to write to")  # noqa: PTH110
@pytest.mark.parametrize("line", ["G --help >/dev/full", "G weights list >/dev/full"])
def test_a_full_stdout_is_told(line):
    """One line on stderr and status 1."""
    done = shell(line)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.endswith("written to stdout: No space left on device\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("line", ["G --help >&-", "G cache list >&-"])
def test_a_closed_stdout_is_told(line):
    """A result that goes nowhere is no success."""
    done = shell(line)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("written to stdout: it is closed\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("end", ["2>&-", "2>/dev/full"])
def test_a_stderr_that_takes_nothing_loses_nothing(end):
    """An error does not go to stdout instead, and a result needs no stderr."""
    done = shell(f"G fid absent absent {end}")
    assert (done.returncode, done.stdout) == (1, "")
    done = shell(f"G cache list {end}")
    assert done.returncode == 0
    assert "entr" in done.stdout


@pytest.mark.usefixtures("cheap")
def test_a_shard_of_names_that_are_no_utf8(class_folders, tmp_path):
    """A shard is known by the names of all images, whatever their bytes are."""
    status, out, err = invoke(
        "utf-8", "reference", "build", class_folders[0], tmp_path / "part.npz", "--shard", "1/2", *OFFLINE[:-1]
    )
    assert (status, "6 images" in out) == (0, True), err
