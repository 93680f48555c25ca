"""The Vendi score by class."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.metrics.vendi_classes import vendi_by_class

FEATURES = np.random.default_rng(0).standard_normal((30, 5))
CLASSES = ["cat", "dog", "owl"] * 10


@pytest.mark.parametrize("order", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy])
def test_each_class_is_scored_by_itself(order, convert):
    """In the order of first occurrence, and the mean over classes."""
    found = vendi_by_class(convert(FEATURES), CLASSES, order=order)
    expected = [vendi_score(FEATURES[at::3], order=order) for at in range(3)]
    assert list(found.scores) == ["cat", "dog", "owl"]
    assert list(found.scores.values()) == pytest.approx(expected)
    assert found.mean == pytest.approx(np.mean(expected))


def test_collapse_within_classes_shows_only_by_class():
    """One image a class, ten times: three kinds over all, one in each."""
    collapsed = torch.eye(3).repeat(10, 1)
    assert vendi_score(collapsed) == pytest.approx(3)
    assert vendi_by_class(collapsed, CLASSES).mean == pytest.approx(1)


def test_classes_are_one_for_each_image():
    """One line otherwise."""
    with pytest.raises(InputError, match="classes must be one for each of 30 images; got 2"):
        vendi_by_class(FEATURES, ["a", "b"])


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("classes", [[0, 1, 0, 1], np.array([0, 1, 0, 1]), torch.tensor([0, 1, 0, 1])])
def test_classes_are_named_by_their_number(classes):
    """Whatever holds it: not ``tensor(0)``."""
    assert list(vendi_by_class(torch.eye(4), classes).scores) == ["0", "1"]
