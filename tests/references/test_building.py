"""Statistics of one set of images: what is asked for is kept, and shards are of one choice."""

import pytest
import torch

from ganmetrics import Reference, join_shards
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
IMAGES = random_images(48)


@pytest.mark.slow
@pytest.mark.parametrize(("interval", "floor"), [(False, False), (True, False), (False, True)])
def test_what_is_asked_for_is_kept(interval, floor):
    """Images for intervals, blocks for a floor; the moments are the same."""
    found = Reference.from_images(IMAGES, interval=interval, floor=floor, **FREE)
    assert (found.layer.kept is not None, found.blocks is not None) == (interval, floor)
    assert torch.equal(found.moments.mean, Reference.from_images(IMAGES, **FREE).moments.mean)


@pytest.mark.slow
def test_shards_of_a_choice_are_that_choice():
    """Joined they are what one process gives, and each says which part it is."""
    options = {"count": 30, "seed": 3, **FREE}
    parts = {f"{number}/3": Reference.from_images(IMAGES, shard=f"{number}/3", **options) for number in (1, 2, 3)}
    assert sum(part.count for part in parts.values()) == 30
    whole = Reference.from_images(IMAGES, **options)
    assert torch.allclose(join_shards(parts).moments.covariance, whole.moments.covariance)


def test_statistics_are_no_images(make_reference):
    """A reference of a reference would be itself."""
    with pytest.raises(InputError, match="building a reference needs images"):
        Reference.from_images(make_reference(), **FREE)
