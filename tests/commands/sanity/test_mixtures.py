"""Sets of whole images: exactly the classes and the shares that they say."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.commands.sanity.mixtures import PickedSource, classes_to_drop, contaminated, shuffled, without_classes
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import write_images

CLASSES = ("ant", "bee", "cat", "dog")


@pytest.fixture
def source(tmp_path):
    """Four classes of five images."""
    for name in CLASSES:
        write_images(tmp_path / "set" / name, 5)
    return open_source(tmp_path / "set")


def numbered(count):
    """Return a source of `count` images."""
    return open_source(np.zeros((count, 1, 1, 3), np.uint8))


def test_picks_read_and_label_as_their_own_source(source):
    """A picked image is the same image under the same name and class."""
    picked = PickedSource([(source, 7), (numbered(3), 2), (source, 0)], "mixture")
    assert isinstance(picked, ImageSource)
    assert [picked.label(index) for index in range(3)] == [source.label(7), "array[2]", source.label(0)]
    assert picked.read(0) == source.read(7)
    assert [picked.class_of(index) for index in range(3)] == ["bee", None, "ant"]
    assert (picked.name, len(picked), picked.ignored) == ("mixture", 3, 0)


@given(st.integers(1, 60), st.integers(0, 2**31))
def test_shuffling_keeps_every_image(count, seed):
    """Each once, and the same order for the same seed."""
    indices = [index for _, index in shuffled(numbered(count), seed=seed)]
    assert sorted(indices) == list(range(count))
    assert indices == [index for _, index in shuffled(numbered(count), seed=seed)]


@given(st.integers(2, 30), st.integers(0, 2**31))
def test_missing_classes_are_nested_and_one_stays(count, seed):
    """Levels rise without repetition, from no class to as many as the share says, never all."""
    names = [f"class {number:02}" for number in range(count)]
    missing = classes_to_drop(names, (0.0, 0.25, 0.5, 0.75, 1.0), seed=seed)
    numbers = [len(gone) for gone in missing]
    assert numbers == sorted({count * share // 4 for share in (0, 1, 2, 3)} | {count - 1})
    assert all(set(few) <= set(many) for few, many in pairwise(missing))
    assert set(missing[-1]) < set(names)


def test_dropping_keeps_exactly_the_classes_it_says(source):
    """No image of a missing class, and every image of the others."""
    kept = without_classes(shuffled(source, seed=0), ("bee", "dog"))
    assert Counter(source.class_of(index) for _, index in kept) == {"ant": 5, "cat": 5}


def test_one_class_cannot_be_dropped():
    """Nothing would be left."""
    with pytest.raises(InputError, match="needs two or more; got 1"):
        classes_to_drop(["cat"], (0.0, 0.5), seed=0)


@given(st.integers(1, 50), st.floats(0, 1), st.integers(0, 2**31))
def test_contamination_replaces_the_share(count, share, seed):
    """The number of strangers is the share to the nearest image; none comes twice, and who stays keeps the place."""
    ours, others = numbered(count), numbered(50)
    before = shuffled(ours, seed=1)
    after = contaminated(before, others, share, seed=seed)
    strangers = [index for source, index in after if source is others]
    assert len(strangers) == len(set(strangers)) == round(share * count)
    assert all(new == old for new, old in zip(after, before, strict=True) if new[0] is ours)
    assert len(after) == count


def test_contamination_levels_are_nested():
    """Strangers of one level are at the same places at the next."""
    ours, others = numbered(40), numbered(40)
    weak, strong = (contaminated(shuffled(ours, seed=0), others, share, seed=0) for share in (0.25, 0.75))
    assert all(strong[place] == pick for place, pick in enumerate(weak) if pick[0] is others)


def test_too_few_others_are_refused():
    """The number that is needed and the number that came are told."""
    with pytest.raises(NotEnoughSamples, match=r"0\.75 of 40 images needs 30 others; array has 29"):
        contaminated(shuffled(numbered(40), seed=0), numbered(29), 0.75, seed=0)
