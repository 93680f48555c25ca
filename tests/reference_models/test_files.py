"""Files are whole or as before."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ganmetrics import StorageError
from reference_models.files import possible_path, remove_leftovers_in, write_whole

ROOT = Path(__file__).parents[2]


def test_a_kill_while_saving_leaves_the_old_file(tmp_path):
    """Kill -9 after the bytes are written and before they have the name: the old file is whole."""
    path = tmp_path / "last.pt"
    write_whole(path, b"old")
    code = (
        "import os, signal, pathlib, reference_models.files as files\n"
        "files.os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"files.write_whole(pathlib.Path({str(path)!r}), b'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    remove_leftovers_in(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_directory_in_the_way_is_told(tmp_path):
    """What cannot be written is an error of one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "inside", b"")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800"])
def test_a_name_that_no_file_can_have_is_refused(name):
    with pytest.raises(StorageError, match="a path must be one that a file can have"):
        possible_path(name)


def test_the_longest_names(tmp_path):
    """Whatever name a file can have, what is to become it has one too."""
    for name in ("x" * 255, "é" * 127):
        write_whole(tmp_path / name, b"content")
        assert (tmp_path / name).read_bytes() == b"content"
    assert len(list(tmp_path.iterdir())) == 2
