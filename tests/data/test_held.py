"""Files are read once and held while there is room, in this process or sent by those that decode."""

import pickle
from pathlib import Path

import pytest

from ganmetrics.data.folders import FolderSource
from ganmetrics.data.held import HeldImages, Room, file_held, holding, unheld
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.looking import look
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images, write_images


@pytest.fixture
def images(tmp_path):
    """Six files of one folder."""
    write_images(tmp_path / "set", 6, size=8)
    return FolderSource(tmp_path / "set")


def emptied(source):
    """Leave the files of a folder empty on the disk."""
    for index in range(len(source)):
        Path(source.label(index)).write_bytes(b"")


def prepared(source, workers):
    prepare = ChannelMeans().prepare
    return [
        batch.tobytes()
        for (batch,) in prepared_batches(source, [prepare], alpha="white", batch_size=4, workers=workers)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_after_a_look_no_file_is_read_again(images, workers):
    """What was on the disk may be gone: the same bytes go through the network that were hashed."""
    expected, seen = prepared(images, 0), look(images)
    held = HeldImages(images, Room())
    assert look(held, workers=workers) == seen
    emptied(images)
    assert prepared(held, workers) == expected
    assert look(held, workers=workers) == seen


def test_past_the_room_files_are_read_again(images):
    """As many as fit are held, in whatever order they come."""
    sizes = [len(images.read(index)) for index in range(6)]
    room = Room(sizes[0] + sizes[1])
    held = HeldImages(images, room)
    look(held)
    assert [file_held(held, index) is not None for index in range(3)] == [True, True, False]
    assert room.left == 0
    assert not held.holds_more
    emptied(images)
    with pytest.raises(InputError, match="changed since the folder was listed"):
        held.read(2)


def test_room_is_shared_and_given_back(images, tmp_path):
    """Two sides take from one; after release a side holds nothing more."""
    write_images(tmp_path / "other", 6, size=8, seed=1)
    room = Room()
    one, other = HeldImages(images, room), HeldImages(FolderSource(tmp_path / "other"), room)
    for held in (one, other):
        look(held)
    taken = Room().left - room.left
    assert taken == sum(len(one.read(index)) + len(other.read(index)) for index in range(6))
    one.release()
    one.read(0)
    other.release()
    assert room.left == Room().left
    assert file_held(one, 0) is None


def test_another_process_gets_no_files(images):
    held = HeldImages(images, Room())
    data = held.read(0)
    copy = pickle.loads(pickle.dumps(held))
    assert file_held(copy, 0) is None
    assert copy.read(0) == data
    assert len(pickle.dumps(held)) < len(pickle.dumps(images)) + 1000


def test_pixels_in_memory_are_left_as_they_are():
    source = open_source(random_images(4))
    assert holding(source, Room()) is source
    assert unheld(source) is source
    assert file_held(source, 0) is None


class Passing(HeldImages):
    """Passes on a digest by `__getattr__`, as a wrapper of any kind may."""

    def __getattr__(self, name):
        if name == "digest":
            return lambda _index: b""
        raise AttributeError(name)


def test_what_keeps_a_copy_is_not_held_again(images):
    """However it tells its digests."""
    source = Passing(images, Room())
    assert holding(source, Room()) is source


def test_it_says_what_the_source_says(images):
    held = holding(images, Room())
    assert unheld(held) is images
    assert (held.name, len(held), held.label(1), held.class_of(1)) == (images.name, 6, images.label(1), None)
    assert held.listing == images.listing
