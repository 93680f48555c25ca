"""Shards of one set join to the whole, and nothing else does."""

import pytest
import torch

from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.evaluation import fid
from ganmetrics.statistics.joining import join_shards
from ganmetrics.statistics.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

IMAGES = random_images(31, seed=0)


def build(images, shard):
    """Return statistics of a shard."""
    return Reference.from_images(images, extractor=ChannelMeans(), workers=0, device="cpu", shard=shard)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shards_join_to_the_whole(tmp_path, count):
    """Through files, in any order."""
    for number in range(1, count + 1):
        build(IMAGES, f"{number}/{count}").save(tmp_path / f"{number}.npz")
    parts = {path.name: Reference.load(path) for path in sorted(tmp_path.iterdir(), reverse=True)}
    joined, whole = join_shards(parts), build(IMAGES, None)
    torch.testing.assert_close(joined.moments.covariance, whole.moments.covariance, rtol=1e-10, atol=1e-10)
    assert (joined.count, joined.audit, joined.shard, joined.source) == (31, whole.audit, None, whole.source)
    assert [p.count for p in joined.blocks.parts if p] == [p.count for p in whole.blocks.parts if p]


def test_missing_doubled_and_foreign_shards_are_named():
    """Each in a line."""
    one, two = build(IMAGES, "1/2"), build(IMAGES, "2/2")
    with pytest.raises(StaleStatistics, match="all 2 shards are needed; 2/2 of tensor is missing"):
        join_shards({"a": one})
    with pytest.raises(StaleStatistics, match="a and b are both 1/2"):
        join_shards({"a": one, "b": one, "c": two})
    with pytest.raises(StaleStatistics, match=r"b \(2/2\) is foreign to a"):
        join_shards({"a": one, "b": build(random_images(31, seed=9), "2/2")})
    with pytest.raises(StaleStatistics, match="b is none"):
        join_shards({"a": one, "b": build(IMAGES, None)})


def test_a_shard_is_no_reference():
    """It stands for no set, neither scored against nor merged."""
    with pytest.raises(StaleStatistics, match="a whole set is needed; tensor is shard 1/2"):
        fid(build(IMAGES, "1/2"), IMAGES, extractor=ChannelMeans(), workers=0)
    with pytest.raises(InputError, match="i/n with i from 1 to n"):
        build(IMAGES, "3/2")
