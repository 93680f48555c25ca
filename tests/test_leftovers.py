"""What killed writers leave is removed by the next one, and nothing else is."""

import os
import signal

import pytest

from ganmetrics._files import atomic_folder, atomic_write
from ganmetrics._leftovers import LOCKS, lock, locked_folder

WRITERS = {atomic_write: lambda file: file.write(b"new"), atomic_folder: lambda folder: (folder / "a").touch()}
both = pytest.mark.parametrize("writer", WRITERS)


def names(directory):
    """Return what is in a directory."""
    return sorted(path.name for path in directory.iterdir())


def write(writer, path):
    """Write a file or a folder, whole."""
    with writer(path) as opened:
        WRITERS[writer](opened)


def write_and_be_killed(writer, path):
    """Write half of it in a child, which is killed then."""
    child = os.fork()
    if not child:
        try:
            with writer(path) as opened:
                WRITERS[writer](opened)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            # What is raised must not go on into the tests, a second time.
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@both
def test_the_next_writer_removes_what_a_killed_one_left(tmp_path, writer):
    """Of the same file alone."""
    for name in ("a.json", "b.json"):
        write_and_be_killed(writer, tmp_path / name)
    assert len(names(tmp_path)) == 2
    write(writer, tmp_path / "a.json")
    left, whole = names(tmp_path)
    assert left.startswith(".b.json.")
    assert whole == "a.json"


@both
def test_what_is_being_written_is_no_leftover(tmp_path, writer):
    """Two writers of one name: the later to end has it, and neither fails."""
    path = tmp_path / "a.json"
    with writer(path) as opened:
        write(writer, path)
        WRITERS[writer](opened)
        assert len(names(tmp_path)) == 2
    assert names(tmp_path) == ["a.json"]


@both
def test_others_of_like_names_stay(tmp_path, writer):
    """Only names that this module makes are removed."""
    kept = [".a.json.tmp", ".a.json.0123.tmp", ".a.json.0123456789abcdef.tmp~", ".axjson.0123456789abcdef.tmp"]
    for name in kept:
        (tmp_path / name).touch()
    write(writer, tmp_path / "a.json")
    assert names(tmp_path) == sorted([*kept, "a.json"])


@pytest.mark.skipif(not LOCKS, reason="there are no such locks")
def test_a_new_folder_that_was_taken_for_a_leftover_is_made_again(tmp_path, monkeypatch):
    """Between its creation and its lock another process may remove it."""
    path = tmp_path / "part"
    calls = []

    def late(descriptor, *, wait):
        calls.append(path.rmdir() if not calls else None)
        return lock(descriptor, wait=wait)

    monkeypatch.setattr("ganmetrics._leftovers.lock", late)
    with locked_folder(path):
        assert path.is_dir()
    assert len(calls) == 2


LONG = [
    os.fsdecode(name.encode())
    for name in ("x" * 234, "x" * 250 + ".html", "é" * 125 + ".npz", "x" * 230 + "é" * 10 + ".json")
]


@both
@pytest.mark.parametrize("name", LONG, ids=lambda name: f"{name[0]!a}{len(name)}")
def test_the_longest_names(tmp_path, writer, name):
    """What is to become them has a name too, by which it is found again; names of one beginning stay apart."""
    other = name[:-8] + "y" * 8
    for each in (name, other):
        write_and_be_killed(writer, tmp_path / each)
    assert len(names(tmp_path)) == 2
    write(writer, tmp_path / name)
    assert len(names(tmp_path)) == 2
    assert name in names(tmp_path)
    write(writer, tmp_path / other)
    assert names(tmp_path) == sorted([name, other])
