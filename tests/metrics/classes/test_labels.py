"""Classes of two sides: one name for each image, and none that the real images lack."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.metrics.classes.labels import class_names


def test_names_are_those_of_the_real_images():
    """Sorted, each once; a class without a fake image is one all the same."""
    assert class_names(("b", "a", "b"), ["b"], real_count=3, fake_count=1) == ["a", "b"]


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (["a"], ["a"], "each real image needs a class; there are 2 images, 1 classes"),
        (["a", "b"], [], "each fake image needs a class; there are 1 images, 0 classes"),
        (["a", "b"], ["c"], "c has no real image"),
    ],
)
def test_what_does_not_match_is_refused(real, fake, message):
    """Naming the side."""
    with pytest.raises(InputError, match=message):
        class_names(real, fake, real_count=2, fake_count=1)
