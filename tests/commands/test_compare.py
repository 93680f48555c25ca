"""`compare`: which sides it takes."""

import pytest

from ganmetrics import compare
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "permutations": 99}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_stored_side_is_refused_in_words(make_reference, place):
    """Its statistics do not hold each image; the file or tensor is named."""
    sides = [random_images(20, seed=seed) for seed in (1, 2, 3)]
    sides[place] = make_reference(20)
    with pytest.raises(InputError, match="a comparison needs images; tensor holds only their mean and covariance"):
        compare(*sides, **FREE)


@pytest.mark.slow
def test_metrics_share_their_images_and_stay_in_order():
    """One verdict for each metric, as asked; exchanging A and B turns signs and names."""
    real, near = random_images(40, seed=1), random_images(40, seed=2)
    one = compare(real, near, near // 2, metrics=["kid", "fid"], **FREE)
    other = compare(real, near // 2, near, metrics=["kid", "fid"], **FREE)
    assert list(one.verdicts) == ["kd_channel-means", "fd_channel-means"]
    for name in one.verdicts:
        assert one[name].difference.value == pytest.approx(-other[name].difference.value, rel=1e-9)
        assert {one[name].better, other[name].better} in ({"A", "B"}, {None})
    assert one["fd_channel-means"].better == "A"


def test_too_few_images_are_known_before_the_network(monkeypatch):
    """No image is prepared."""
    monkeypatch.setattr(ChannelMeans, "__call__", lambda *_: pytest.fail("the network ran"))
    with pytest.raises(NotEnoughSamples, match="a comparison needs at least 16 images a side; tensor has 15"):
        compare(random_images(20), random_images(20, seed=1), random_images(15, seed=2), **FREE)
