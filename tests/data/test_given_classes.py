"""Classes that are given beside a set."""

import numpy as np
import pytest
import torch

from ganmetrics.data.given_classes import classes_as_given
from ganmetrics.errors import InputError


def given(classes, count=2):
    return classes_as_given(classes, count, of="rows of real", label="row {}".format, given_as="labels")


@pytest.mark.parametrize(
    "classes", [[3, 7], ("3", "7"), np.array([3, 7]), torch.tensor([3, 7]), [torch.tensor(3), np.int64(7)]]
)
def test_each_class_is_its_text(classes):
    assert given(classes) == ["3", "7"]


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (3, "labels must be a sequence of one class for each; got"),
        (iter("ab"), "labels must be a sequence, whose length is known; got"),
        ("abc", "labels must have one class for each of the 2 rows of real; got 3"),
        ([1, None], "labels must be a class for each; got None for row 1"),
        ([float("nan"), 1], "labels must be a class for each; got nan for row 0"),
        (np.zeros((2, 3)), "labels must be a class for each; got"),
        (torch.zeros(2, 3), "labels must be a class for each; got"),
        (torch.zeros(2, device="meta"), "labels must have values; got"),
        ([torch.zeros((), device="meta"), 1], "labels must have values; got"),
        (torch.eye(2).to_sparse(), "labels must be a dense tensor; got layout"),
        (np.ma.masked_array([1, 2], [True, False]), "labels must not be a masked array"),
    ],
)
def test_what_is_no_class_for_each(classes, message):
    with pytest.raises(InputError, match=f"^{message}"):
        given(classes)
