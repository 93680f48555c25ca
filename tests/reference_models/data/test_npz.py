"""Images and classes in an npz: what is no such file is refused before it takes memory."""

import io
import zipfile

import numpy as np
import pytest

from reference_models.data.npz import MOST_NUMBERED, read_npz_images
from reference_models.errors import DataError

PIXELS = np.arange(4 * 6 * 5 * 3, dtype=np.uint8).reshape(4, 6, 5, 3)


def read(path):
    return read_npz_images(path, size=8, resize="squash")


@pytest.fixture
def written(tmp_path):
    """Write arrays: `written(arr_0=...)`."""

    def write(**arrays):
        np.savez(tmp_path / "x.npz", **arrays)
        return tmp_path / "x.npz"

    return write


def test_images_and_classes(written):
    found = read(written(arr_0=PIXELS, arr_1=np.array([2, 0, 0, 2])))
    assert found.images.shape == (4, 3, 8, 8)
    assert found.class_counts() == {"0": 2, "1": 0, "2": 2}
    assert read(written(images=np.asfortranarray(PIXELS))).labels is None


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.full(4, 2**62), f"labels from 0 to {MOST_NUMBERED - 1:,}"),
        (np.full(4, 2**64 - 1, np.uint64), f"labels from 0 to {MOST_NUMBERED - 1:,}"),
        (np.full(4, -1), "they are from -1 to -1"),
        (np.zeros(3, int), "needs a label an image; it has 3 for 4"),
        (np.zeros(4), "it has float64"),
    ],
)
def test_labels_that_are_none(written, labels, words):
    with pytest.raises(DataError, match=words):
        read(written(arr_0=PIXELS, labels=labels))


def test_an_array_that_says_it_is_larger_than_it_is(written, tmp_path):
    """A header of 300 bytes that names a terabyte, and a member that is no array."""
    whole = io.BytesIO()
    np.save(whole, PIXELS)
    huge = whole.getvalue().replace(b"(4, 6, 5, 3)", b"(4, 6000, 5000, 3000)")
    for content, words in ((huge, "needs .* bytes and has"), (b"no array", "cannot be read as an npz")):
        with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
            archive.writestr("arr_0.npy", content)
        with pytest.raises(DataError, match=words):
            read(tmp_path / "x.npz")
    with pytest.raises(DataError, match="it has float64"):
        read(written(arr_0=PIXELS.astype(float)))
    with pytest.raises(DataError, match="needs uint8 images .* it has x"):
        read(written(x=PIXELS))
