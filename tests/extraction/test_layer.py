"""Statistics of a layer: to arrays and back, and merged."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks, content_hashes
from ganmetrics.core.gaussian.kept import KeptImages
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer, layer_bytes


def features_of(count, dimension, *, seed=0):
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def layer_of(features):
    return Layer(Moments.of(features), Blocks.of(features))


@pytest.mark.parametrize("count", [1, 2, 9, 40, 300])
def test_packing_loses_no_bit(count):
    """Few images, where blocks are empty or hold rows, and many, where they hold covariances."""
    layer = layer_of(features_of(count, 5)) if count > 1 else Layer(Moments.of(features_of(1, 5)))
    if count == 1:
        with pytest.raises(ValueError, match="at least 2 images"):
            layer.pack()
        return
    again = Layer.unpack(*layer.pack())
    assert torch.equal(again.moments.covariance, layer.moments.covariance)
    assert layer.blocks is not None
    assert again.blocks is not None
    for number in range(BLOCKS):
        before, after = layer.blocks.parts[number], again.blocks.parts[number]
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert before.count == after.count
            assert torch.equal(before.mean, after.mean)
            assert (before.rows is None) == (after.rows is None)
            if before.rows is not None:
                assert torch.equal(before.rows, after.rows)
            else:
                assert torch.equal(before.covariance, after.covariance)


def test_kept_images_give_a_factor_of_eigenvectors():
    """An interval reads the spectrum, which is then stored with the statistics; the covariance is the same."""
    features = features_of(300, 5)
    hashes = content_hashes(features)
    plain = Layer(Moments.of(features))
    layer = Layer(Moments.of(features), kept=KeptImages.of(hashes, features.float()))
    for one in (layer, Layer.unpack(*layer.pack()), layer.merge(layer)):
        gram = one.moments.factor @ one.moments.factor.mT
        assert float((gram - torch.diag(gram.diagonal())).abs().max()) < 1e-14
    assert torch.equal(layer.moments.covariance, plain.moments.covariance)
    assert torch.equal(plain.moments.factor, plain.moments.factor.triu())


def test_the_room_that_is_asked_for_is_enough():
    """What may be written never exceeds what was reserved for it."""
    for count in (2, 40, 41, 700):
        _, arrays = layer_of(features_of(count, 40)).pack()
        assert sum(array.nbytes for array in arrays.values()) <= layer_bytes(40, blocks=True, kept=False)
    _, lean = Layer(Moments.of(features_of(700, 40))).pack()
    assert sum(array.nbytes for array in lean.values()) <= layer_bytes(40, blocks=False, kept=False)


def test_merged_layers_are_those_of_all_images():
    """Blocks go with content, so parts add up to the whole; without them on one side there are none."""
    features = features_of(200, 4)
    merged = layer_of(features[:70]).merge(layer_of(features[70:]))
    whole = layer_of(features)
    torch.testing.assert_close(merged.moments.covariance, whole.moments.covariance, rtol=1e-12, atol=1e-14)
    assert merged.blocks is not None
    assert whole.blocks is not None
    assert [part.count for part in merged.blocks.parts if part] == [part.count for part in whole.blocks.parts if part]
    assert layer_of(features[:70]).merge(Layer(Moments.of(features[70:]))).blocks is None


@pytest.mark.parametrize(
    ("header", "arrays", "message"),
    [
        ({}, {"block0_mean": None}, "need the array block0_mean"),
        ({}, {"block0_mean": np.zeros(2)}, r"block0_mean must be float64 \[4\]"),
        ({"blocks": [1, 2]}, {}, "need 8 blocks; these have 2"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(header, arrays, message):
    """A file made by hand is told what it lacks."""
    whole_header, whole_arrays = layer_of(features_of(200, 4)).pack()
    changed = {name: array for name, array in (whole_arrays | arrays).items() if array is not None}
    with pytest.raises(InputError, match=message):
        Layer.unpack(whole_header | header, changed)
