"""Fréchet distances class by class."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.classes.distances import class_distances, mean_distance
from ganmetrics.metrics.frechet.distance import frechet_distance


def sides(count=60, dimension=3, *, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, dimension)), 1 + rng.standard_normal((count, dimension))


def test_each_class_is_scored_by_itself():
    """An oracle that cuts by hand."""
    real, fake = sides()
    classes = ["cat", "dog", "cat"] * 20
    found = {one.name: one for one in class_distances(real, fake, real_classes=classes, fake_classes=classes)}
    for name, rows in (("cat", [c == "cat" for c in classes]), ("dog", [c == "dog" for c in classes])):
        expected = frechet_distance(Moments.of(real[rows]), Moments.of(fake[rows]))
        assert found[name].value == pytest.approx(expected, rel=1e-12)
        assert (found[name].real_count, found[name].fake_count) == (sum(rows), sum(rows))
        assert found[name].corrected is not None
    assert mean_distance(list(found.values())) == (found["cat"].value + found["dog"].value) / 2


def test_exchanged_labels_raise_the_mean_and_not_the_whole():
    """What FID cannot see: each image is fine, but of the wrong class."""
    rng = np.random.default_rng(1)
    classes = ["a"] * 50 + ["b"] * 50
    real = rng.standard_normal((100, 2)) + np.repeat([[0.0, 0.0], [9.0, 0.0]], 50, axis=0)
    right = class_distances(real, real, real_classes=classes, fake_classes=classes)
    wrong = class_distances(real, real, real_classes=classes, fake_classes=classes[::-1])
    assert mean_distance(right) == pytest.approx(0, abs=1e-9)
    assert mean_distance(wrong) > 70
    assert frechet_distance(Moments.of(real), Moments.of(real)) == 0


def test_a_class_with_one_image_has_no_distance():
    """It is listed with its counts, and the mean is of the others."""
    real, fake = sides(6)
    found = class_distances(real, fake, real_classes="aaaaab", fake_classes="aaaaab")
    assert [(one.name, one.real_count, one.value is None) for one in found] == [("a", 5, False), ("b", 1, True)]
    assert mean_distance(found) == found[0].value


def test_a_class_that_the_generator_dropped_is_listed():
    """Without fakes there is no distance, and the row says 0."""
    real, fake = sides(6)
    found = class_distances(real, fake, real_classes="aaabbb", fake_classes="aaaaaa")
    assert (found[1].name, found[1].fake_count, found[1].value) == ("b", 0, None)


@pytest.mark.parametrize(
    ("real_classes", "fake_classes", "error", "message"),
    [
        ("aabb", "aabc", InputError, "c has no real image"),
        ("aab", "aabb", InputError, "each real image needs a class; there are 4 images, 3 classes"),
        ("abcd", "abcd", NotEnoughSamples, "none of 4 has them"),
    ],
)
def test_labels_that_do_not_match_are_refused(real_classes, fake_classes, error, message):
    """By name, before anything is computed from the wrong images."""
    real, fake = sides(4)
    with pytest.raises(error, match=message):
        class_distances(real, fake, real_classes=real_classes, fake_classes=fake_classes)


def test_tensors_and_arrays_agree():
    """Either container."""
    real, fake = sides(20)
    classes = "ab" * 10
    arrays = class_distances(real, fake, real_classes=classes, fake_classes=classes)
    tensors = class_distances(
        torch.from_numpy(real), torch.from_numpy(fake), real_classes=classes, fake_classes=classes
    )
    assert arrays == tensors
