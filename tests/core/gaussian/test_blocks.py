"""Blocks of images: by content, mergeable, and each one removable."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks, blocks_of, content_blocks, input_hashes
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NumericsError
from tests.strategies import feature_sets


def close(one, other):
    """Whether two moments agree to rounding."""
    scale = float(other.covariance.abs().max() + other.mean.square().max())
    assert one.count == other.count
    assert torch.allclose(one.mean, other.mean, rtol=1e-12, atol=1e-12 * scale**0.5)
    assert torch.allclose(one.covariance, other.covariance, rtol=1e-10, atol=1e-12 * scale)


def drawn(count, dimension, seed=0):
    """Gaussian features far from the origin."""
    return 10 + np.random.default_rng(seed).standard_normal((count, dimension))


@pytest.mark.parametrize(("count", "dimension"), [(400, 5), (60, 5), (60, 50), (60, 55), (60, 200)])
def test_without_a_block_is_as_if_it_had_never_been(count, dimension):
    """Subtracting, or putting the other blocks together, gives the moments of the remaining rows."""
    features = drawn(count, dimension)
    numbers = content_blocks(features)
    blocks = Blocks.of(features)
    for number in range(BLOCKS):
        close(blocks.without(number), Moments.of(features[numbers.numpy() != number]))
        assert blocks.share(number) == pytest.approx(float((numbers == number).double().mean()))


@pytest.mark.slow
@given(feature_sets(smallest_count=6), st.integers(1, 5))
def test_merging_and_order_do_not_matter(features, cut):
    """Shards in any order give the blocks of the whole."""
    whole = Blocks.of(features)
    merged = Blocks.of(features[cut:][::-1].copy()).merge(Blocks.of(features[:cut]))
    close(merged.total, whole.total)
    for one, other in zip(merged.parts, whole.parts, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None and one.count > 1:
            close(one, other)


def test_equal_values_belong_to_one_block():
    """Precision, container, and the sign of zero are no content."""
    features = drawn(50, 4).astype(np.float32)
    features[0, 0] = 0.0
    negative = features.copy()
    negative[0, 0] = -0.0
    expected = content_blocks(features)
    for other in (negative, features.astype(np.float64), torch.from_numpy(features)):
        assert torch.equal(content_blocks(other), expected)


def test_blocks_are_of_about_one_size():
    """A hash spreads images evenly, also those that differ in one bit."""
    features = np.ones((8000, 2)) + np.arange(8000)[:, None] * np.finfo(np.float64).eps
    assert all(800 < count < 1200 for count in torch.bincount(content_blocks(features), minlength=BLOCKS))


def test_without_nearly_all_images_nothing_is_left():
    """Equal images share a block, and without it there are no moments."""
    blocks = Blocks.of(np.ones((20, 3)))
    assert sorted(blocks.share(number) for number in range(BLOCKS)) == [0] * 7 + [1]
    assert sum(blocks.without(number) is None for number in range(BLOCKS)) == 1


def test_wrong_features_are_refused():
    """A row that is not finite is named, and integers are no features."""
    with pytest.raises(NumericsError, match="row 1 is not"):
        Blocks.of(np.array([[1.0], [np.nan]]))
    with pytest.raises(InputError, match="floating point"):
        Blocks.of(np.ones((4, 2), dtype=int))
    with pytest.raises(InputError, match="need an image"):
        _ = Blocks((None,) * BLOCKS).total


def test_moments_that_are_at_hand_are_not_merged_again():
    """The total is the one given, factor and all; without it, it comes from the parts."""
    features = drawn(60, 5)
    whole, parts = Moments.of(features), Blocks.of(features).parts
    assert Blocks(parts, whole).total is whole
    close(Blocks(parts).total, whole)
    close(Blocks(parts, whole).without(0), Blocks(parts).without(0))


def input_blocks(inputs):
    """Return each image's block by what the network is given of it."""
    return blocks_of(input_hashes(inputs))


@pytest.mark.parametrize("shape", [(3, 50, 50), (257,), (3,)])
def test_blocks_by_inputs_depend_on_each_value_of_an_image_alone(shape):
    """Whatever batch it is in; every value counts, equal images share a block, and blocks are about equal."""
    inputs = np.random.default_rng(0).random((400, *shape), dtype=np.float32)
    numbers = input_hashes(inputs)
    assert all(25 < count < 75 for count in torch.bincount(blocks_of(numbers), minlength=BLOCKS))
    assert torch.equal(torch.cat([input_hashes(part) for part in np.array_split(inputs, 7)]), numbers)
    assert torch.equal(input_hashes(np.concatenate([inputs[5:], inputs[:5]])), numbers.roll(-5))
    assert torch.equal(input_hashes(inputs.swapaxes(1, -1).copy().swapaxes(1, -1)), numbers)
    for place in (0, -1):
        other = inputs.copy()
        other.reshape(len(other), -1)[:, place] += 0.25
        assert 0.8 < (blocks_of(input_hashes(other)) != blocks_of(numbers)).float().mean() < 0.95


def test_blocks_of_narrow_inputs_are_those_of_features():
    """An extractor that passes its inputs on gives the blocks of its features."""
    inputs = np.random.default_rng(1).normal(size=(50, 6)).astype(np.float32)
    assert torch.equal(blocks_of(input_hashes(inputs)), content_blocks(inputs))
