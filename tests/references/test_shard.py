"""Which part of which set a shard is."""

import pytest

from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError
from ganmetrics.references.shard import parse_shard, shard_of
from ganmetrics.testing import random_images


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/3/5", " 1/3", "a/b"])
def test_what_is_no_shard_is_refused(text):
    """One line with what is needed and what came."""
    with pytest.raises(InputError, match="a shard needs to be i/n with i from 1 to n, such as 2/8; got"):
        parse_shard(text)


def test_shards_part_the_set():
    """In order, none twice and none left out, all of one set."""
    images = open_source(random_images(11))
    parts = [shard_of(images, f"{number}/3", "seed 0") for number in (1, 2, 3)]
    assert [source.label(row) for source, _ in parts for row in range(len(source))] == [
        images.label(row) for row in range(11)
    ]
    assert len({shard.whole for _, shard in parts}) == 1
    assert [str(shard) for _, shard in parts] == ["1/3", "2/3", "3/3"]


def test_sets_of_one_size_are_told_apart():
    """By their contents, where names agree."""
    wholes = {shard_of(open_source(random_images(11, seed=seed)), "1/3", "")[1].whole for seed in (0, 1)}
    assert len(wholes) == 2


def test_a_shard_has_two_images_at_least():
    """One image has no covariance."""
    with pytest.raises(InputError, match="a shard needs at least 2 images; 1/4 of tensor has 1"):
        shard_of(open_source(random_images(4)), "1/4", "")
