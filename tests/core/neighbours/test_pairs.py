"""All pairs within a distance: counted and listed."""

import numpy as np
import pytest

from ganmetrics.core.neighbours.pairs import Candidates, pairs_within
from tests import neighbour_oracles as oracle
from tests.neighbour_sets import clustered, points


def test_pairs_within_a_distance_are_all_found():
    """Counts are those of the dense matrix in both uses, and the nearest pairs are listed first."""
    one, other = clustered(150, 6, 0.3, 1), clustered(90, 6, 0.3, 2)
    squared = oracle.squared_distances(one, other)
    for distance in (0.2, 0.5, 3.0):
        sides = [Candidates(points(side), np.arange(len(side))) for side in (one, other)]
        for height in (40, 1000):
            found = pairs_within(*sides, distance**2, limit=20, height=height)
            assert found.total == (squared <= distance**2).sum()
            assert found.squared == pytest.approx(np.sort(squared[squared <= distance**2])[:20], rel=1e-12)
            assert found.squared == pytest.approx(squared[found.first, found.second], rel=1e-12)
            of_one = pairs_within(sides[0], sides[0], distance**2, limit=20, height=height, same_set=True)
            assert of_one.total == (oracle.squared_distances(one, one)[np.triu_indices(150, 1)] <= distance**2).sum()
            assert (of_one.first < of_one.second).all()
