"""Neighbours within a set: exact, whatever the blocks, ties, duplicates and scales."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.neighbours.within import find_within
from tests.neighbour_sets import clustered, drawn, points
from tests.strategies import feature_sets


@pytest.mark.slow
@given(feature_sets(dimension=3, smallest_count=5), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_the_images_does_not_matter(features, k, random):
    """Each image keeps its radius and its neighbour wherever it stands."""
    order = list(range(len(features)))
    random.shuffle(order)
    whole, shuffled = (find_within(points(rows), k=k, height=9) for rows in (features, features[order]))
    assert (shuffled.squared_radii == whole.squared_radii[order]).all()
    assert (shuffled.squared_nearest == whole.squared_nearest[order]).all()
    assert ([order[at] for at in shuffled.nearest] == whole.nearest[order]).all()


def test_products_of_single_precision_alone_would_be_wrong():
    """Control: in tight clusters the plain product in float32 names other neighbours."""
    features = clustered(150, 12, 1e-3)
    rows = torch.from_numpy(features)
    plain = (rows.square().sum(1)[:, None] + rows.square().sum(1) - 2 * rows @ rows.mT).fill_diagonal_(torch.inf)
    found = find_within(points(features), k=1, height=64)
    assert (plain.argmin(dim=1).numpy() != found.nearest).mean() > 0.3


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_promoted(dtype):
    """Narrow features are compared as the numbers that they are."""
    features = torch.from_numpy(drawn(60, 5)).to(dtype)
    found, expected = (find_within(points(rows), k=2, height=16) for rows in (features, features.double()))
    assert (found.squared_radii == expected.squared_radii).all()
