"""A folder is read in an order that no file system changes, every file once."""

import inspect
import os
import pickle
import socket
import sys

import pytest

from ganmetrics.data.folders import FolderSource
from ganmetrics.data.videos import is_video
from ganmetrics.errors import InputError


def labels(source):
    """Return the labels of all images."""
    return [source.label(index) for index in range(len(source))]


def fill(root, *paths, data=b"data"):
    """Write small files below a folder."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def test_order_is_that_of_the_relative_path(tmp_path):
    """Paths are compared as strings by code point, across folders and whatever the case of extensions."""
    paths = ["b.PNG", "a/2.png", "a/10.jpg", "a-b/1.png", "a.png", os.fsdecode("Z/é.Jpeg".encode())]
    fill(tmp_path, *paths)
    source = FolderSource(tmp_path)
    assert labels(source) == [str(tmp_path / path) for path in sorted(paths)]
    assert source.name == str(tmp_path)


def test_other_files_are_counted_and_hidden_ones_are_not(tmp_path):
    """Files without an image's extension are counted, hidden ones and those of macOS are passed over."""
    fill(tmp_path, "1.png", "notes.txt", "a/labels.json", ".DS_Store", ".hidden/2.png", "__MACOSX/1.png", "a/.3.png")
    source = FolderSource(tmp_path)
    assert labels(source) == [str(tmp_path / "1.png")]
    assert (source.ignored, source.listing.hidden) == (2, 4)


def test_class_folders(tmp_path):
    """In class folders every image has its first-level folder for a class; in a flat folder none has."""
    fill(tmp_path / "classes", "cat/a/1.png", "dog/1.png")
    source = FolderSource(tmp_path / "classes")
    assert [source.class_of(index) for index in range(2)] == ["cat", "dog"]
    fill(tmp_path / "flat", "1.png")
    assert FolderSource(tmp_path / "flat").class_of(0) is None


def test_each_file_once(tmp_path):
    """A link to a file in the folder adds nothing; of several links to one file outside, the first is taken."""
    fill(tmp_path, "outside.png", "set/b.png")
    (tmp_path / "set" / "a.png").symlink_to("b.png")
    (tmp_path / "set" / "c.png").symlink_to("../outside.png")
    (tmp_path / "set" / "d.png").symlink_to("../outside.png")
    assert labels(FolderSource(tmp_path / "set")) == [str(tmp_path / "set" / name) for name in ("b.png", "c.png")]


def test_linked_folders_are_followed_and_cycles_end(tmp_path):
    """A linked class folder counts as a folder; a link to a folder above does not run in circles."""
    fill(tmp_path, "store/cat/1.png", "set/dog/1.png")
    (tmp_path / "set" / "cat").symlink_to(tmp_path / "store" / "cat")
    (tmp_path / "set" / "dog" / "loop").symlink_to(tmp_path / "set")
    source = FolderSource(tmp_path / "set")
    assert [source.class_of(index) for index in range(len(source))] == ["cat", "dog"]


def test_equal_copies_are_different_files(tmp_path):
    """Two files with the same bytes are two images."""
    fill(tmp_path, "1.png", "2.png")
    assert len(FolderSource(tmp_path)) == 2


def test_a_dangling_link_is_an_unreadable_image(tmp_path):
    """A link to nothing is not passed over in silence."""
    fill(tmp_path, "1.png")
    (tmp_path / "2.png").symlink_to("nowhere.png")
    source = FolderSource(tmp_path)
    assert len(source) == 2
    with pytest.raises(InputError, match="^cannot be read: No such file or directory$"):
        source.read(1)


def test_a_link_to_itself_is_an_unreadable_image(tmp_path):
    """A link that leads nowhere but to itself is one bad file, not the end of the listing."""
    fill(tmp_path, "1.png")
    (tmp_path / "2.png").symlink_to("2.png")
    (tmp_path / "loop").symlink_to("loop")
    source = FolderSource(tmp_path)
    assert (len(source), source.ignored) == (2, 1)
    with pytest.raises(InputError, match="^cannot be read: Too many levels of symbolic links$"):
        source.read(1)


def test_a_missing_folder_is_named(tmp_path):
    """A folder that went away is one line."""
    with pytest.raises(InputError, match=r"gone cannot be listed: No such file or directory$"):
        FolderSource(tmp_path / "gone")


def test_an_empty_folder_says_what_is_there(tmp_path):
    """Without images, the error names the folder and the number of other files."""
    fill(tmp_path, "a.txt", "b/c.npy")
    with pytest.raises(InputError, match=rf"^{tmp_path} needs to hold image files; it has none, only 2 other files$"):
        FolderSource(tmp_path)


def test_bytes_and_pickling(tmp_path):
    """Reading gives the bytes of the file, also from a copy sent to another process."""
    fill(tmp_path, "1.png", data=b"one")
    assert pickle.loads(pickle.dumps(FolderSource(tmp_path))).read(0) == b"one"


def replaced(path):
    path.write_bytes(b"another")


def emptied(path):
    path.write_bytes(b"")


def as_long(path):
    """Only the time tells: a second later, whatever the clock of the file system is."""
    path.write_bytes(b"two")
    os.utime(path, (1, 1))


def made_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", [replaced, emptied, as_long, made_a_pipe])
def test_a_file_that_changes_after_the_listing_is_told(tmp_path, change):
    """Also in another process; a pipe is not waited for."""
    fill(tmp_path, "1.png", "2.png", data=b"one")
    source = FolderSource(tmp_path)
    change(tmp_path / "1.png")
    for one in (source, pickle.loads(pickle.dumps(source))):
        with pytest.raises(InputError, match="it has changed since the folder was listed"):
            one.read(0)
        assert one.read(1) == b"one"


def test_pipes_sockets_and_devices_are_passed_over(tmp_path):
    """They are no image files, whatever their names; opening a pipe would wait for ever."""
    fill(tmp_path, "1.png")
    os.mkfifo(tmp_path / "2.png")
    (tmp_path / "3.png").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(os.path.relpath(tmp_path / "4.png"))
        source = FolderSource(tmp_path)
    assert (len(source), source.ignored) == (1, 3)


def test_folders_that_link_to_each_other_are_entered_once(tmp_path, monkeypatch):
    """Of six there are two thousand paths, of sixteen more than could ever be walked."""
    for one in range(6):
        fill(tmp_path, f"{one}/{one}.png")
        for other in range(6):
            if other != one:
                (tmp_path / f"{one}/to{other}").symlink_to(tmp_path / f"{other}")
    listed, scan = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scan(path))
    assert labels(FolderSource(tmp_path)) == [str(tmp_path / f"{one}/{one}.png") for one in range(6)]
    assert len(listed) <= 1 + 2 * 6


def test_a_folder_of_several_links_is_taken_under_its_first_path(tmp_path):
    """First among the paths, as everywhere: a.b/ comes before a/."""
    fill(tmp_path, "elsewhere/x.png", "elsewhere/notes.txt", "set/a/1.png", "set/a.b/2.png")
    for name in ("a", "a.b"):
        (tmp_path / "set" / name / "more").symlink_to(tmp_path / "elsewhere")
    source = FolderSource(tmp_path / "set")
    assert [source.member(index) for index in range(3)] == ["a.b/2.png", "a.b/more/x.png", "a/1.png"]
    assert source.ignored == 1


def test_folders_deeper_than_calls(tmp_path):
    """As deep as a path can be, the reader's own calls do not go."""
    deepest = "/".join("a" * 150)
    fill(tmp_path, f"{deepest}/1.png")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        found = FolderSource(tmp_path).member(0), is_video(tmp_path)
    finally:
        sys.setrecursionlimit(before)
    assert found == (f"{deepest}/1.png", False)


def test_files_of_no_image_s_size_are_not_read(tmp_path):
    """A file of nothing but a hole takes no room on the disk, and all the memory there is."""
    fill(tmp_path, "1.png", "2.png")
    os.truncate(tmp_path / "2.png", 1 << 36)
    source = FolderSource(tmp_path)
    assert source.read(0) == b"data"
    with pytest.raises(InputError, match="^cannot be read: it has 68,719,476,736 bytes, more than 1,073,741,824$"):
        source.read(1)
    fill(tmp_path, "dataset.json")
    os.truncate(tmp_path / "dataset.json", 1 << 36)
    with pytest.raises(InputError, match=r"dataset\.json cannot be read: it has \S+ bytes, more than 67,108,864$"):
        FolderSource(tmp_path)
