"""A list of paths is read in its order, each file once."""

import errno
import io
import os
from pathlib import Path

import pytest

from ganmetrics.data import paths
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def listed(tmp_path):
    """Return a writer of a text file of lines."""

    def write(*lines, end="\n"):
        (tmp_path / "list.txt").write_text(end.join(map(str, lines)) + end, encoding="utf-8")
        return tmp_path / "list.txt"

    return write


def labels(source):
    """Return the labels of all images."""
    return [source.label(index) for index in range(len(source))]


def test_every_form_keeps_the_order(folder, listed, monkeypatch):
    """A text file, stdin, and a list in Python of texts and paths."""
    paths = [folder / f"{index}.png" for index in (2, 0, 1)]
    names = [str(path) for path in paths]
    for form in (listed(*paths), listed("", *paths, end="\r\n"), paths, names, tuple(names)):
        assert labels(open_source(form)) == names
    for text in ("\n".join(names), "\0".join(names) + "\0"):  # find -print0
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        source = open_source("-")
        assert (labels(source), source.name) == (names, "stdin")
        assert source.read(0) == paths[0].read_bytes()


def test_relative_paths_begin_at_the_current_folder(folder, listed, monkeypatch):
    """As those that find prints."""
    monkeypatch.chdir(folder)
    assert audit(open_source(listed("0.png", "./1.png"))).count == 2


def test_folders_below_the_common_one_are_classes(folder, listed):
    """By the rules for a folder; and by these names labels call the images."""
    for index, name in enumerate(("cat", "dog")):
        (folder / name).mkdir()
        (folder / f"{index}.png").rename(folder / name / "a.png")
    source = open_source(listed(folder / "dog" / "a.png", folder / "cat" / "a.png"))
    assert [source.class_of(index) for index in range(2)] == ["dog", "cat"]
    assert [source.member(index) for index in range(2)] == ["dog/a.png", "cat/a.png"]
    assert open_source([folder / "dog" / "a.png"]).class_of(0) is None


def test_lists_that_are_refused(folder, listed, tmp_path, monkeypatch):
    """An empty list, a file twice under whatever name, a file of another kind, no text."""
    with pytest.raises(InputError, match=r"list\.txt needs to name image files; it is empty"):
        open_source(listed(""))
    twice = folder / ".." / "set" / "0.png"
    with pytest.raises(InputError, match=r"list\.txt names \S+/\.\./set/0\.png twice"):
        open_source(listed(folder / "0.png", twice))
    with pytest.raises(
        InputError, match=r"list\.txt needs to name image files; \S+notes\.txt has no image's extension"
    ):
        open_source(listed(folder / "0.png", folder / "notes.txt"))
    (tmp_path / "raw.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"raw\.txt cannot be read as a list of paths"):
        open_source(tmp_path / "raw.txt")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(InputError, match="stdin needs to name image files; it is empty"):
        open_source("-")


def test_a_missing_file_is_the_audits_to_name(folder, listed):
    """With the others that cannot be read."""
    with pytest.raises(InputError, match=r"1 of 2 images of \S+list\.txt .*gone\.png \(cannot be read: No such file"):
        audit(open_source(listed(folder / "0.png", folder / "gone.png")))


def test_a_name_that_no_file_can_have_is_the_audits_to_name(folder):
    """A null character is a reason that an image cannot be read."""
    source = open_source([next(folder.rglob("*.png")), "a\0.png"])
    with pytest.raises(InputError, match=r"^no file can have that name: embedded null byte$"):
        source.read(1)


def test_paths_begin_at_the_current_folder(folder, tmp_path, monkeypatch):
    """Wherever the list lies; one whose paths begin at its own folder is told as such."""
    (tmp_path / "lists").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists" / "a.txt").write_text(f"{folder.name}/0.png\n{folder.name}/1.png\n")
    assert len(open_source("lists/a.txt")) == 2
    folder.rename(tmp_path / "lists" / folder.name)
    message = r"^lists/a\.txt must name files from the current folder; \S+0\.png is only there from that of the list$"
    with pytest.raises(InputError, match=message):
        open_source("lists/a.txt")


def test_the_home_folder(folder, tmp_path, monkeypatch):
    """Where the shell leaves ~ alone, as in quotes and before a pattern; a file of that name comes first."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert open_source(f"~/{folder.name}").name == str(folder)
    assert len(open_source(f"~/{folder.name}/[01].png")) == 2
    (tmp_path / "~").symlink_to(folder)
    assert open_source("~").name == "~"
    with pytest.raises(InputError, match="^~nobody-has-that-name/real does not exist"):
        open_source("~nobody-has-that-name/real")


@pytest.mark.parametrize("name", ["set.tar.gz", "set.tgz", "SET.TAR.BZ2", "set.7z"])
def test_compressed_wholes_are_to_be_unpacked(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError, match="is compressed, and needs to be unpacked to be read in place"):
        open_source(tmp_path / name)


def test_a_list_that_never_ends_is_read_to_its_bound(tmp_path, monkeypatch):
    """From a file and from stdin."""
    monkeypatch.setattr(paths, "_LARGEST", 10)
    (tmp_path / "list.txt").write_text("one.png\ntwo.png\n")
    with pytest.raises(InputError, match=r"list\.txt cannot be read: it has more than 10 bytes$"):
        open_source(tmp_path / "list.txt")
    monkeypatch.setattr("sys.stdin", io.StringIO("one.png\ntwo.png\n"))
    with pytest.raises(InputError, match=r"^stdin must be a list of paths; got more than 10 bytes$"):
        open_source("-")


def test_pipes_devices_and_holes_are_named(folder, listed):
    """A pipe is not waited for, and neither a device nor a file of a size that no image has is read."""
    os.mkfifo(folder / "pipe.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "hole.png").write_bytes(b"")
    os.truncate(folder / "hole.png", 1 << 36)
    names = ["0.png", "pipe.png", "zero.png", "hole.png"]
    for source in (
        open_source([folder / name for name in names]),
        open_source(listed(*(folder / name for name in names))),
        open_source(f"{folder}/{{{','.join(names)}}}"),
    ):
        found = audit(source, skip_bad=True)
        assert found.count == 1
        assert [(Path(bad.label).name, bad.reason) for bad in found.bad] == [
            ("pipe.png", "cannot be read: it is no regular file"),
            ("zero.png", "cannot be read: it is no regular file"),
            ("hole.png", "cannot be read: it has 68,719,476,736 bytes, more than 1,073,741,824"),
        ]


def test_names_on_stdin_are_bytes(folder, monkeypatch):
    """A name need not be UTF-8, whatever Python decodes stdin by; a look at the names leaves them for the source."""
    name = os.fsencode(folder) + b"/\xff.png"
    (folder / "0.png").rename(os.fsdecode(name))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(name + b"\n"), encoding="utf-8", errors="strict"))
    assert paths.names_on_stdin() == [os.fsdecode(name)]
    source = open_source("-")
    assert labels(source) == [os.fsdecode(name)]
    assert source.read(0)


def test_a_stdin_that_cannot_be_read(tmp_path, monkeypatch):
    """Closed by the shell, open for writing only, and closed by the program."""
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputError, match=r"^stdin must be a list of paths; it is closed$"):
        open_source("-")
    with (tmp_path / "written").open("w") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(_Unreadable())))
        with pytest.raises(
            InputError, match=r"^stdin must be a list of paths; it cannot be read: Bad file descriptor$"
        ):
            open_source("-")
    monkeypatch.setattr("sys.stdin", file)
    with pytest.raises(InputError, match=r"^stdin must be a list of paths; it cannot be read: "):
        open_source("-")


class _Unreadable(io.RawIOBase):
    """A descriptor that was opened for writing, which Python takes for readable until it is read."""

    def readable(self):
        return True

    def readinto(self, _buffer, /):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
