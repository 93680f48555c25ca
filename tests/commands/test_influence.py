"""`influence`: which sides it takes, and the sum of what it gives."""

import pytest
import torch

from ganmetrics import influence
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0}


@pytest.mark.parametrize("stored", ["real", "fake"])
def test_a_stored_side_is_refused_in_words(make_reference, stored):
    """Its statistics do not hold each image."""
    sides = {"real": random_images(20, seed=1), "fake": random_images(20, seed=2), stored: make_reference(20)}
    with pytest.raises(InputError, match="influence needs images; tensor holds only their mean and covariance"):
        influence(**sides, **FREE)


def test_the_same_images_twice_are_refused():
    """No image of a set moves its distance from itself."""
    with pytest.raises(InputError, match="influence"):
        influence(random_images(20), random_images(20), **FREE)


def test_influences_of_a_side_sum_to_nothing_and_rank_a_planted_image_first():
    """On the side where it was planted."""
    white = torch.full((1, 3, 4, 4), 255, dtype=torch.uint8)
    found = influence(random_images(40, seed=1), torch.cat([random_images(40, seed=2), white]), **FREE)
    for side in (found.real, found.fake):
        assert float(side.influence.sum()) == pytest.approx(0, abs=1e-9)
        raising, lowering = side.raising(41), side.lowering(41)
        assert sorted(raising + lowering) == list(range(len(side.influence)))
        assert (side.influence[raising] > 0).all()
        assert (side.influence[lowering] < 0).all()
    assert found.fake.raising(1) == [40]
