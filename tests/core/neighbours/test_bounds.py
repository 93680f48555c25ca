"""Bounds of distances from one product: they hold, and lowered precision does not reach them."""

import numpy as np
import pytest
import torch

from ganmetrics.core.neighbours.bounds import Euclidean
from tests import neighbour_oracles as oracle
from tests.neighbour_sets import drawn, points


@pytest.mark.parametrize("dimension", [1, 3, 64, 2048])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_bounds_hold(dimension, dtype, offset):
    """The lower bound is no higher than the distance, the upper no lower, and two slacks lie between."""
    one, other = points(drawn(60, dimension, 1, offset)), points(drawn(50, dimension, 2, offset))
    space = Euclidean(one, other)
    blocks = [space.block(side, slice(None), dtype) for side in (one, other)]
    low = space.bounds(*blocks).double().numpy()
    norms = blocks[0].norms.double().numpy()[:, None] + blocks[1].norms.double().numpy()
    exact = oracle.squared_distances(one.rows(slice(None)), other.rows(slice(None)))
    assert (low <= exact).all()
    assert (exact <= low + 2 * space.slack(dtype) * norms).all()
    # Control: without the slack the product is on both sides of the truth, by far less than the slack.
    middle = low + space.slack(dtype) * norms
    assert (middle > exact).any()
    assert (np.abs(middle - exact) < 0.5 * space.slack(dtype) * norms).all()


def test_lowered_precision_of_products_does_not_matter():
    """A user who allowed coarser products gets the same bounds, and their setting back."""
    if not hasattr(torch.backends.mkldnn, "matmul"):
        pytest.skip("this torch has no setting for products on a CPU")
    features = points(drawn(60, 5))
    space = Euclidean(features, features)
    block = space.block(features, slice(0, 60), torch.float32)
    expected = space.bounds(block, block)
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"
    try:
        found = space.bounds(block, block)
        assert torch.backends.mkldnn.matmul.fp32_precision == "bf16"
    finally:
        torch.backends.mkldnn.matmul.fp32_precision = "none"
    assert torch.equal(found, expected)
