"""Where data sets keep their classes: known places are read, doubtful ones are left alone."""

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset, Subset, TensorDataset

from ganmetrics.data.dataset_labels import label_of_item, labels_of


class Stored(Dataset):
    """A data set of three items with whatever attributes are given."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __len__(self):
        return 3

    def __getitem__(self, index):
        raise AssertionError("no item may be read")


@pytest.mark.parametrize("name", ["targets", "labels"])
@pytest.mark.parametrize("values", [[3, 1, 3], torch.tensor([3, 1, 3]), np.array([3, 1, 3])])
def test_attributes_of_torchvision(name, values):
    """Lists, tensors and arrays of whole numbers; no item is read for them."""
    assert labels_of(Stored(**{name: values})) == (["3", "1", "3"], name)


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"targets": [1, 2]},
        {"targets": "abc"},
        {"targets": [1.5, 2.5, 3.5]},
        {"targets": [True, False, True]},
        {"targets": [1, 2, 3], "target_transform": str},
    ],
    ids=["none", "too few", "a text", "fractions", "truths", "transformed"],
)
def test_what_may_be_no_class_is_left_alone(attributes):
    """A wrong class would be a wrong number: none is taken."""
    assert labels_of(Stored(**attributes)) is None


def test_columns_are_read_by_name():
    """As Hugging Face's data sets have them."""

    class Table(Stored):
        column_names = ("image", "label")

        def __getitem__(self, name):
            return {"label": ["cat", "dog", "cat"]}[name]

    assert labels_of(Table()) == (["cat", "dog", "cat"], "column label")


def test_subsets_keep_their_own():
    """In the order of the indices, through two levels."""
    whole = TensorDataset(torch.zeros(4, 1), torch.tensor([9, 8, 7, 6]))
    assert labels_of(Subset(Subset(whole, [3, 1, 0]), [2, 0])) == (["9", "6"], "the second tensor")
    assert labels_of(Subset(Stored(), [0])) is None


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ((None, 3), "3"),
        ((None, np.int64(3)), "3"),
        ((None, torch.tensor(3)), "3"),
        ((None, torch.tensor([3])), None),
        ((None, True), None),
        ((None, "a caption"), None),
        ((None,), None),
        ({"image": None, "label": 2}, "2"),
        ({"image": None}, None),
        (None, None),
    ],
)
def test_the_class_in_an_item(item, label):
    """A whole number after the image, or a value under a label's key."""
    assert label_of_item(item) == label
