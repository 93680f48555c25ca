"""The nearest points of another set, first and second, plainly and by scaled distances: against all of them."""

import numpy as np
import pytest
import torch

from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.nearest import BallScale, Smallest, nearest_among, nearest_one
from tests import neighbour_oracles as oracle
from tests.neighbour_sets import CASES, points


def distinct(name):
    """Return two sets of distinct points, and all squared distances between them."""
    one, other = points(CASES[name](1)), points(CASES[name](2)[:40])
    return one, other, oracle.squared_distances(one.rows(slice(None)), other.rows(slice(None)))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_nearest_of_all_is_found(name):
    """Also where single precision cannot tell which it is."""
    one, other, squared = distinct(name)
    found = nearest_one(one, other, space=Euclidean(one, other), height=9)
    assert found.squared == pytest.approx(squared.min(axis=1), rel=1e-13)
    assert squared[np.arange(len(one)), found.numbers] == pytest.approx(found.squared, rel=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_few_are_found_for_some(name):
    """In order, by plain and by scaled distances; points that take no part in a scale are never near."""
    one, other, squared = distinct(name)
    asked, space = np.arange(0, len(one), 3), Euclidean(one, other)
    plain = nearest_among(one, asked, other, k=2, space=space, height=9)
    assert plain.squared[:, :2] == pytest.approx(np.sort(squared[asked], axis=1)[:, :2], rel=1e-13)
    radii = np.linspace(1, 4, len(other)) * np.median(squared)
    kept = np.arange(len(other)) % 2 == 0
    scale = BallScale.of_balls(radii, kept)
    scaled = nearest_among(one, asked, other, k=1, space=space, height=9, scale=scale)
    relative = squared[asked][:, kept] * radii[kept].max() / radii[kept]
    assert scaled.squared[:, 0] == pytest.approx(relative.min(axis=1), rel=1e-12)
    assert kept[scaled.numbers[:, 0]].all()


def test_the_smallest_bounds_are_kept_in_any_order_of_blocks():
    """Whose they are comes with them; places that nobody took have nobody's number."""
    bounds = torch.rand(5, 12, generator=torch.Generator().manual_seed(0))
    for blocks in ([range(12)], [range(4), range(4, 5), range(5, 12)]):
        found = Smallest(5, 3, torch.float32)
        for block in blocks:
            found.update(slice(0, 5), bounds[:, list(block)], torch.tensor(list(block)))
        assert torch.equal(found.values, bounds.sort(dim=1).values[:, :3])
        assert torch.equal(found.index, bounds.argsort(dim=1)[:, :3])
    few = Smallest(1, 3, torch.float32)
    few.update(slice(0, 1), bounds[:1, :2], torch.arange(2))
    assert few.index[0, 2] == -1
