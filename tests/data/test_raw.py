"""Pixels that lie in a file: each image from its own place, and a short file is told."""

import numpy as np
import pytest

from ganmetrics.data.raw import RawSource
from ganmetrics.errors import InputError

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    """A file of three images behind seven other bytes."""
    (tmp_path / "raw.bin").write_bytes(b"header." + PIXELS.tobytes())
    return tmp_path / "raw.bin"


def test_images_come_from_their_place(path):
    """In any order, as arrays of their own that may be written."""
    source = RawSource(path, PIXELS.shape, 7)
    assert (len(source), source.uniform_size) == (3, (5, 4))
    for index in (2, 0, 1):
        np.testing.assert_array_equal(source.read(index), PIXELS[index])
    source.read(0)[:] = 0
    np.testing.assert_array_equal(source.read(0), PIXELS[0])


def test_names_and_classes(path):
    """The member's name where there is one; labels as text."""
    plain = RawSource(path, PIXELS.shape, 7)
    labelled = RawSource(path, PIXELS.shape, 7, member="arr_0", labels=np.array([4, 5, 6]), classes_from="arr_1")
    assert (plain.label(1), plain.class_of(1), plain.listing.classes_from) == (f"{path}[1]", None, "")
    assert (labelled.label(1), labelled.class_of(1)) == (f"{path}::arr_0[1]", "5")
    assert labelled.listing.classes_from == "arr_1"


def test_what_is_not_there_is_told(path):
    """A file that was cut, one that has gone, and a place beyond the last."""
    source = RawSource(path, PIXELS.shape, 7)
    for index in (-1, 3):
        with pytest.raises(IndexError):
            source.read(index)
    path.write_bytes(path.read_bytes()[:-1])
    source.read(1)
    with pytest.raises(InputError, match="truncated"):
        source.read(2)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        source.read(0)
