"""Some images of a source, and classes that are given beside it."""

import pytest
import torch

from ganmetrics.data.image_source import listing_of
from ganmetrics.data.selection import choose_images, take, with_classes
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import random_images


@pytest.fixture
def source():
    """Twenty images."""
    return open_source(random_images(20))


def labels(source):
    """Return what the images are called."""
    return [source.label(index) for index in range(len(source))]


def test_a_choice_is_seeded_and_in_order(source):
    """Without replacement, the same for one seed, another for another."""
    chosen = labels(choose_images(source, 8, 3))
    assert len(set(chosen)) == 8
    assert chosen == [label for label in labels(source) if label in chosen]
    assert chosen == labels(choose_images(source, 8, 3)) != labels(choose_images(source, 8, 4))
    assert labels(choose_images(source, 20, 0)) == labels(source)


@pytest.mark.parametrize(
    ("count", "seed", "error", "message"),
    [
        (0, 0, InputError, "a positive count; got 0"),
        (2, -1, InputError, "a seed of 0 or more; got -1"),
        (21, 0, NotEnoughSamples, "21 images are to be chosen; tensor has 20"),
    ],
)
def test_a_choice_that_cannot_be_made(source, count, seed, error, message):
    """The message has what came."""
    with pytest.raises(error, match=message):
        choose_images(source, count, seed)


def test_taken_images_are_those_of_their_indices(source):
    """In any order, and twice if asked twice."""
    taken = take(source, [5, 2, 5])
    assert labels(taken) == [source.label(index) for index in (5, 2, 5)]
    assert (taken.read(1) == source.read(2)).all()
    assert len(take(take(source, [5, 2]), [1])) == 1
    assert take(take(source, [5, 2]), [1]).label(0) == source.label(2)


def test_given_classes_are_the_images(source):
    """By their text, with where they come from; a choice keeps them."""
    labelled = with_classes(source, range(20), given_as="targets")
    assert listing_of(labelled).classes_from == "targets"
    assert take(labelled, [7]).class_of(0) == "7"
    with pytest.raises(InputError, match="targets must have one class for each of the 20 images of tensor; got 3"):
        with_classes(source, "abc", given_as="targets")


@pytest.mark.parametrize("missing", [None, float("nan"), torch.zeros(2)])
def test_a_class_that_is_missing_is_refused(source, missing):
    """As a text it would be a class of its own; and so would several numbers."""
    with pytest.raises(InputError, match=r"^labels must be a class for each; got .* for tensor\[7\]$"):
        with_classes(source, [1] * 7 + [missing] + [2] * 12)
