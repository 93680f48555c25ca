"""Data sets of many item types are one kind of source."""

import io
import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Subset, TensorDataset
from torchvision.datasets import FakeData, ImageFolder

from ganmetrics.data.datasets import DatasetSource
from ganmetrics.data.looking import audit
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
        (3, "an item needs to be a uint8 tensor, an array or a Pillow image; got int"),
        ((), "got tuple"),
        ({"x": 1, "y": 2}, 'an item that is a mapping needs a key "image", or one Pillow image; got x, y'),
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


class Counting:
    """A data set of pairs that counts how often an item is read."""

    def __init__(self, items):
        """Keep the items."""
        self.items = items
        self.read = 0

    def __len__(self):
        """Return how many there are."""
        return len(self.items)

    def __getitem__(self, index):
        """Return one, and count it."""
        self.read += 1
        return self.items[index]


def classes(source):
    """Return the class of every image."""
    return [source.class_of(index) for index in range(len(source))]


def test_labels_of_torchvision_reach_the_classes(folder, noise, encoded):
    """`targets` are the classes, also through a Subset; items need not be read for them."""
    for name in ("cat", "dog"):
        (folder / name).mkdir()
        (folder / name / "1.png").write_bytes(encoded(noise(seed=7)))
    for index in range(3):
        (folder / f"{index}.png").rename(folder / "dog" / f"a{index}.png")
    dataset = ImageFolder(folder)
    assert classes(DatasetSource(dataset)) == ["0", "1", "1", "1", "1"]
    assert classes(DatasetSource(Subset(dataset, [4, 0]))) == ["1", "0"]
    assert audit(DatasetSource(dataset)).classes_line() == "2 classes from targets, of 1 to 4 images"


def test_a_transformed_target_is_that_of_the_item(folder):
    """With a `target_transform` the stored targets are not what the data set gives."""
    (folder / "cat").mkdir()
    (folder / "cat" / "a.png").write_bytes((folder / "0.png").read_bytes())
    dataset = ImageFolder(folder, target_transform=lambda label: label + 5)
    assert classes(DatasetSource(dataset)) == ["5"]


def test_a_tensor_data_set_has_its_classes_in_the_second_tensor():
    """One number an image; a second tensor of another kind is no label."""
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    assert classes(DatasetSource(TensorDataset(images, torch.tensor([5, 6])))) == ["5", "6"]
    assert classes(DatasetSource(TensorDataset(images, torch.zeros(2, 10)))) == [None, None]


def test_labels_in_items_are_kept_from_their_reading(noise):
    """Pairs of an image and a number: read once for image and class alike."""
    dataset = Counting(
        [(noise(), 3), (noise(), np.int64(4)), (noise(), torch.tensor(5)), {"image": noise(), "label": "x"}]
    )
    source = DatasetSource(dataset)
    for index in range(4):
        source.read(index)
    assert classes(source) == ["3", "4", "5", "x"]
    assert dataset.read == 4
    assert classes(DatasetSource(FakeData(2, (3, 4, 4), random_offset=1))) != [None, None]


def test_what_is_no_label_is_no_class(noise):
    """Captions, paths, vectors and truth values beside an image are no classes."""
    others = ["a caption", noise(), [1, 0], True, 1.5, torch.zeros(3), None]
    assert classes(DatasetSource([(noise(), other) for other in others])) == [None] * len(others)
    assert classes(DatasetSource([noise(), Broken()])) == [None, None]


def test_a_mapping_may_call_its_one_image_anything(noise):
    """The columns of Hugging Face's data sets are `img` and `label`, or `image` and `label`."""
    source = DatasetSource([{"img": Image.fromarray(noise()), "label": 3}])
    assert (source.read(0) == noise()).all()
    assert source.class_of(0) == "3"
    two = {"a": Image.fromarray(noise()), "b": Image.fromarray(noise())}
    with pytest.raises(InputError, match='needs a key "image", or one Pillow image; got a, b'):
        DatasetSource([two]).read(0)
