"""Shards of one set join to the whole, and nothing else does."""

import pytest
import torch

from ganmetrics.commands.evaluate import fid
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.joining import join_shards
from ganmetrics.references.reference import Reference
from ganmetrics.references.shard import parse_shard
from ganmetrics.testing import ChannelMeans, random_images, write_images
from tests.ranks_program import SMALL

IMAGES = random_images(31, seed=0)


def build(images, shard):
    """Return statistics of a shard."""
    return Reference.from_images(images, extractor=ChannelMeans(), workers=0, device="cpu", shard=shard)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 5])
def test_shards_join_to_the_whole(tmp_path, count):
    """Through files, in any order."""
    for number in range(1, count + 1):
        build(IMAGES, f"{number}/{count}").save(tmp_path / f"{number}.npz")
    parts = {path.name: Reference.load(path) for path in sorted(tmp_path.iterdir(), reverse=True)}
    joined, whole = join_shards(parts), build(IMAGES, None)
    torch.testing.assert_close(joined.moments.covariance, whole.moments.covariance, rtol=1e-10, atol=1e-10)
    assert (joined.count, joined.audit, joined.shard, joined.source) == (31, whole.audit, None, whole.source)
    assert torch.equal(joined.layer.kept.hashes, whole.layer.kept.hashes)
    assert torch.equal(joined.layer.kept.features, whole.layer.kept.features)


@pytest.mark.slow
def test_shards_through_a_network_join_to_the_whole(tmp_path):
    """With spatial features and without an image that cannot be read: to 1e-6, intervals too."""
    folder = write_images(tmp_path / "real", 31, size=12)
    (folder / "00007.png").write_bytes(b"no image")
    options = {"extractor": SMALL, "workers": 0, "device": "cpu", "spatial": True, "skip_bad": True, "batch_size": 8}
    joined = join_shards({f"{i}": Reference.from_images(folder, shard=f"{i}/3", **options) for i in (1, 2, 3)})
    whole = Reference.from_images(folder, **options)
    assert joined.count == whole.count == 30
    assert joined.audit == whole.audit
    for found, expected in ((joined.layer, whole.layer), (joined.spatial, whole.spatial)):
        torch.testing.assert_close(found.moments.covariance, expected.moments.covariance, rtol=1e-5, atol=1e-6)
        assert torch.equal(found.kept.hashes, expected.kept.hashes)
    fake = random_images(30, seed=3, size=12)
    scores = [fid(side, fake, extractor=SMALL, skip_bad=True, workers=0, device="cpu") for side in (joined, whole)]
    one, other = ([score.value, score.corrected, score.low, score.high] for score in scores)
    assert one == pytest.approx(other, rel=1e-6, abs=1e-6 * other[0])


@pytest.mark.slow
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


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "9" * 5000 + "/2", "1/" + "9" * 5000, "-1/2", "1/2/3"])
def test_what_is_no_shard(text):
    """Digits without end are none either; the message is short."""
    with pytest.raises(InputError, match="needs to be i/n with i from 1 to n, such as 2/8; got ") as raised:
        parse_shard(text)
    assert len(str(raised.value)) < 400
