"""Sets as points: one number for the distance of a pair, and blocks within a budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.neighbours.points import block_rows, squared_distances
from ganmetrics.errors import InputError
from tests.neighbour_sets import drawn, points


@pytest.mark.parametrize("dimension", [1, 2, 64, 2048, 20000])
def test_the_distance_of_a_pair_is_one_number(dimension):
    """Alone or among others, and whichever set is named first."""
    one, other = points(drawn(20, dimension, 1)), points(drawn(20, dimension, 2))
    every = np.arange(20)
    together = squared_distances(one, every, other, every)
    assert (together == squared_distances(other, every, one, every)).all()
    for number in range(20):
        at = np.array([number])
        assert squared_distances(one, at, other, at)[0] == together[number]


@pytest.mark.slow
@given(st.integers(2 * 10**7, 10**10), st.integers(1, 4096), st.integers(2, 10**6))
def test_blocks_fit_the_budget(memory, dimension, count):
    """A larger budget never means smaller blocks, and blocks never exceed it."""
    try:
        height = block_rows(memory, dimension, count)
    except InputError:
        return
    assert 16 <= height <= block_rows(2 * memory, dimension, count)
    assert 8 * height * (5 * dimension + 4 * height) <= memory
