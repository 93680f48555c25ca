"""Files are whole or absent, and a disk that cannot take them is told in one line."""

import errno
import os
import resource
import stat
import subprocess
from pathlib import Path

import pytest

from ganmetrics import _files
from ganmetrics._files import (
    as_path,
    atomic_folder,
    atomic_write,
    check_writable,
    check_writable_file,
    read_at_most,
    read_regular,
)
from ganmetrics.errors import InputError, StorageError


def write(path, data=b"new"):
    """Write a small file atomically."""
    with atomic_write(path) as file:
        file.write(data)


def names(directory):
    """Return what is in a directory."""
    return sorted(path.name for path in directory.iterdir())


def test_content_arrives_whole(tmp_path):
    """What is written in the block is the file's content, and nothing else is left beside it."""
    write(tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert names(tmp_path) == ["a.json"]


def test_the_name_appears_only_at_the_end(tmp_path):
    """While the block runs, a reader still finds the old file."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_early_end_keeps_the_old_file(tmp_path, error):
    """Any exception, an interrupt too, passes through, keeps the old file and removes the new one."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(error), atomic_write(path) as file:
        file.write(b"ne")
        raise error
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_permissions_follow_the_umask(tmp_path):
    """A file is as readable as one that open() would have made."""
    old = os.umask(0o027)
    try:
        write(tmp_path / "a.json")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o640


def test_a_link_is_written_through(tmp_path):
    """A symbolic link stays a link, and its target gets the content."""
    (tmp_path / "real.json").write_bytes(b"old")
    (tmp_path / "link.json").symlink_to("real.json")
    write(tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["missing/a.json", "folder"])
def test_an_impossible_path_is_named(tmp_path, name):
    """A missing directory, or a directory in the file's place, is one line that names the path."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match=rf"^{tmp_path / name} cannot be written: [^\n]*$") as caught:
        write(tmp_path / name)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert names(tmp_path) == ["folder"]


def test_a_device_is_never_replaced():
    """Writing to /dev/null is refused, since a rename would destroy it."""
    with pytest.raises(StorageError, match="/dev/null cannot be written: it is no regular file"):
        write("/dev/null")


def test_a_file_too_large_leaves_nothing(tmp_path):
    """The operating system's limit on file sizes is a StorageError, and the old file stays."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageError, match=r"a\.json cannot be written: File too large"):
            write(path, bytes(100_000))
        with pytest.raises(StorageError, match=r"needs room for 100\.0 kB, the disk has .*: File too large"):
            check_writable(tmp_path, 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.json"]


def test_a_full_disk_at_the_last_moment(tmp_path, monkeypatch):
    """No space when the data are forced to the disk is a StorageError too."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(_files.os, "fsync", full)
    with pytest.raises(StorageError, match=r"a\.json cannot be written: No space left on device"):
        write(tmp_path / "a.json")
    assert names(tmp_path) == []


def test_errors_about_other_files_pass_through(tmp_path):
    """A file that is missing inside the block is not reported as the one being written."""
    with pytest.raises(FileNotFoundError, match="other"), atomic_write(tmp_path / "a.json"):
        Path(tmp_path / "other").read_bytes()
    with pytest.raises(InputError, match="wrong"), atomic_write(tmp_path / "a.json"):
        raise InputError("wrong")
    assert names(tmp_path) == []


def test_check_creates_the_directory_and_nothing_in_it(tmp_path):
    """A directory that can be written exists afterwards and is empty."""
    check_writable(tmp_path / "a" / "b", 1_000_000)
    check_writable(tmp_path / "a" / "b", 0)
    assert names(tmp_path / "a" / "b") == []


@pytest.mark.parametrize("reserving", [True, False])
def test_check_refuses_what_does_not_fit(tmp_path, monkeypatch, reserving):
    """An exabyte is refused by name and size, also where the file system cannot reserve space."""
    if not reserving:

        def unsupported(*_):
            raise OSError(errno.EOPNOTSUPP, "not supported")

        monkeypatch.setattr(_files.os, "posix_fallocate", unsupported)
    with pytest.raises(StorageError, match=rf"^{tmp_path} needs room for 1000000000\.0 GB, the disk has \S+ GB: "):
        check_writable(tmp_path, 10**18)
    assert names(tmp_path) == []


def test_check_names_a_file_in_the_way(tmp_path):
    """A file where the directory should be is a StorageError that names it."""
    (tmp_path / "cache").write_bytes(b"")
    with pytest.raises(StorageError, match="cache cannot be written: File exists"):
        check_writable(tmp_path / "cache", 1)


def test_a_folder_appears_whole_and_in_the_place_of_the_old_one(tmp_path):
    """What an error leaves is the old one."""
    folder = tmp_path / "deep" / "kept"
    for content in ("one", "two"):
        with atomic_folder(folder) as part:
            (part / content).touch()
            assert not (folder / content).exists()
    with pytest.raises(InputError), atomic_folder(folder) as part:
        (part / "three").touch()
        raise InputError("wrong")
    assert names(folder) == ["two"]
    assert names(folder.parent) == ["kept"]


def test_the_reservation_has_no_name(tmp_path, monkeypatch):
    """A process that is killed while it looks for room leaves nothing."""
    seen = []
    monkeypatch.setattr(_files, "_reserve", lambda *_: seen.append(names(tmp_path)))
    check_writable(tmp_path, 1000)
    assert seen == [[]]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_device_that_never_ends_is_not_read_to_its_end(tmp_path):
    """What a file or a pipe has is read; it may have so many bytes and no more."""
    with pytest.raises(OSError, match="it has more than 1.0 kB"):
        read_at_most(Path("/dev/zero"), 1000)
    (tmp_path / "a").write_bytes(b"1234")
    assert read_at_most(tmp_path / "a", 4) == b"1234"
    with pytest.raises(OSError, match="it has more than 3 bytes"):
        read_at_most(tmp_path / "a", 3)


def test_a_pipe_is_read_where_somebody_writes_to_it(tmp_path):
    """A shell's <(command) is one, also before it has written; a pipe that nobody writes to is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a pipe that gives nothing"):
        read_at_most(tmp_path / "pipe", 10)
    command = ["/bin/sh", "-c", "sleep 0.1; printf 12; sleep 0.1; printf 34"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert read_at_most(Path(f"/dev/fd/{writer.stdout.fileno()}"), 10) == b"1234"


def test_only_regular_files_are_read_as_such(tmp_path):
    """Pipes and devices are neither waited for nor read, also behind a link."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "link", Path("/dev/zero")):
        with pytest.raises(OSError, match="it is no regular file"):
            read_regular(path, 1000)
    (tmp_path / "a").write_bytes(b"1234")
    assert read_regular(tmp_path / "a", 4) == b"1234"
    with pytest.raises(OSError, match="it has 4 bytes, more than 3"):
        read_regular(tmp_path / "a", 3)


def test_an_empty_path_is_not_the_current_folder():
    """As of a variable that is not set."""
    with pytest.raises(InputError, match=r"^a path must be one that a file can have; got an empty text$"):
        as_path("")
    assert as_path(".") == Path()


class Pathlike:
    """What says its path as it was told."""

    def __init__(self, answer):
        self.answer = answer

    def __fspath__(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"real", "a path must be text or a path; got Pathlike, which says its path in no text"),
        (OSError("no answer"), "a path must be text or a path; got Pathlike, which says its path in no text"),
        ("", "a path must be one that a file can have; got an empty text"),
    ],
)
def test_what_says_no_path_is_refused(answer, message):
    """In one line, whatever it answers."""
    with pytest.raises(InputError, match=f"^{message}$"):
        as_path(Pathlike(answer))
    assert as_path(Pathlike("real")) == Path("real")


def test_a_device_is_refused_before_the_work():
    with pytest.raises(StorageError, match=r"^/dev/null cannot be written: it is no regular file$"):
        check_writable_file("/dev/null", 1)


def test_more_room_than_the_system_can_be_asked_for(tmp_path):
    """A stream of 2^200 images: no room, and not a number that is too large."""
    with pytest.raises(StorageError, match="needs room for"):
        check_writable(tmp_path, 1 << 210)
    assert not list(tmp_path.iterdir())
