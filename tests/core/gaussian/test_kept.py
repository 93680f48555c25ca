"""Some images of a set, chosen by their contents."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganmetrics.core.gaussian import kept as module
from ganmetrics.core.gaussian.kept import KeptImages
from ganmetrics.errors import InputError

DIMENSION = 5


@pytest.fixture(autouse=True)
def few_kept(monkeypatch):
    """No more images than features, so that few images show which are kept."""
    monkeypatch.setattr(module, "_LEAST", 1)


def some(count, seed=0):
    """Hashes and features of so many images."""
    draw = torch.Generator().manual_seed(seed)
    hashes = torch.randint(-(2**63), 2**63 - 1, (count,), generator=draw)
    return hashes, torch.randn(count, DIMENSION, generator=draw)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 40), cut=st.integers(0, 40), seed=st.integers(0, 5))
def test_merging_parts_keeps_what_the_whole_keeps(count, cut, seed):
    """Whichever way the images are parted, and in whichever order the parts come."""
    hashes, features = some(count, seed)
    whole = KeptImages.of(hashes, features)
    first, second = KeptImages.of(hashes[:cut], features[:cut]), KeptImages.of(hashes[cut:], features[cut:])
    for merged in (first.merge(second), second.merge(first)):
        assert torch.equal(merged.hashes, whole.hashes)
        assert torch.equal(merged.features, whole.features)
    assert len(whole.hashes) == min(count, DIMENSION)


def test_the_smallest_hashes_stay():
    """Not the first, nor the largest (the control)."""
    hashes, features = some(30)
    kept = KeptImages.of(hashes, features)
    assert torch.equal(kept.hashes, hashes.sort().values[:DIMENSION])
    assert not torch.equal(kept.hashes, hashes.sort(descending=True).values[:DIMENSION])
    assert len(kept.below(int(kept.hashes[1])).hashes) == 2


def test_rows_are_centred_on_the_mean_of_all_images():
    """Not on their own."""
    kept = KeptImages.of(*some(30))
    mean = torch.full((DIMENSION,), 2.0, dtype=torch.float64)
    assert torch.equal(kept.centred(mean), kept.features.double() - 2)


def test_each_image_needs_a_hash():
    """One for each."""
    hashes, features = some(4)
    with pytest.raises(InputError, match="each image needs a hash; got 3 for 4 images"):
        KeptImages.of(hashes[:3], features)
