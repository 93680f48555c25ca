"""Data sets of many item types are one kind of source."""

import io
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from ganmetrics.data.datasets import DatasetSource
from ganmetrics.errors import InputError


class Broken:
    """A data set whose items raise."""

    def __len__(self):
        """Return one."""
        return 1

    def __getitem__(self, index):
        """Raise, as a data set over a missing file would."""
        raise KeyError(f"item {index}\nis missing")


def test_items_of_every_type_read_alike(noise):
    """Tensors, Pillow images, arrays, and tuples, lists and mappings of them give the same pixels."""
    array, image = noise(), Image.fromarray(noise())
    tensor = torch.from_numpy(array).permute(2, 0, 1)
    source = DatasetSource([tensor, image, array, (tensor, 3), [image], {"image": array, "label": 1}])
    assert all((source.read(index) == array).all() for index in range(6))
    assert (source.name, source.label(2), len(source)) == ("list", "list[2]", 6)


def test_gray_images_stay_pillow_images():
    """What is not plain RGB is left to the decoder, which records how it became RGB."""
    assert DatasetSource([Image.new("L", (2, 2))]).read(0).mode == "L"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (3, "an item needs to be a uint8 tensor, an array or a Pillow image, got int"),
        ((), "got tuple"),
        ({"x": 1, "y": 2}, 'an item that is a mapping needs a key "image", got x, y'),
        (torch.zeros(3, 4, 4), "needs uint8"),
        (np.zeros((1, 4, 4), np.uint8), "needs uint8 images"),
    ],
)
def test_other_items_are_refused(item, reason):
    """The error says what came."""
    with pytest.raises(InputError, match=reason):
        DatasetSource([item]).read(0)


def test_an_item_that_raises_is_one_line():
    """What a data set raises is told in one line with its type."""
    with pytest.raises(InputError, match=r"^cannot be read: KeyError: 'item 0\\nis missing'$"):
        DatasetSource(Broken()).read(0)


def test_an_image_that_was_only_opened_is_read(noise, encoded):
    """A Pillow image whose file is not read yet is read with its item, so that a truncated one is told there."""
    data = encoded(noise(32, 32))
    assert (DatasetSource([Image.open(io.BytesIO(data))]).read(0) == noise(32, 32)).all()
    with pytest.raises(InputError, match="^cannot be read: OSError: image file is truncated"):
        DatasetSource([Image.open(io.BytesIO(data[:500]))]).read(0)


def test_an_empty_data_set_is_refused():
    """There is nothing to score in an empty list."""
    with pytest.raises(InputError, match="list needs to hold images; it is empty"):
        DatasetSource([])


def test_copies_can_be_read(noise):
    """A source sent to another process reads there."""
    assert (pickle.loads(pickle.dumps(DatasetSource([noise()]))).read(0) == noise()).all()
