"""Pairs in balls, counted from bounds: as if every pair had been measured, also on the boundary."""

import numpy as np
import pytest
import torch

from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.counting import BallCounter, Bounded, _rounded_up
from ganmetrics.core.neighbours.points import squared_distances
from tests.neighbour_sets import CASES, points


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("strict", [False, True])
def test_counts_are_those_of_all_measured_pairs(name, strict):
    """Radii are distances of some pairs, so that many pairs lie on a boundary, where bounds do not decide."""
    real, fake = points(CASES[name](1)), points(CASES[name](2)[:40])
    rows, columns = np.arange(len(fake)), np.arange(len(real))
    exact = squared_distances(fake, np.repeat(rows, len(columns)), real, np.tile(columns, len(rows)))
    exact = exact.reshape(len(rows), len(columns))
    real_radii, fake_radii = np.sort(exact, axis=0)[3], np.sort(exact, axis=1)[:, 3]
    space = Euclidean(real, fake)
    counter = BallCounter(
        space, Balls(real, fake, real_radii, strict=strict), Balls(fake, real, fake_radii, strict=strict)
    )
    dtype = space.dtype(real, fake)
    for part in (slice(0, 7), slice(7, len(real))):
        fake_block, real_block = space.block(fake, slice(None), dtype), space.block(real, part, dtype)
        bounds = space.bounds(fake_block, real_block)
        counter.count(Bounded(0, part.start, fake_block, real_block, bounds))
    inside = np.less if strict else np.less_equal
    in_real, in_fake = inside(exact, real_radii), inside(exact, fake_radii[:, None])
    assert (counter.real.held_by == (in_real * real.count).sum(axis=1)).all()
    assert (counter.real.holds == (in_real * fake.count[:, None]).sum(axis=0)).all()
    assert (counter.fake.held_by == (in_fake * fake.count[:, None]).sum(axis=0)).all()
    assert in_real.any()
    assert not in_real.all()


def test_radii_are_never_rounded_down():
    """A pair on the boundary must not be ruled out by a narrower number."""
    radii = np.array([0.0, 1e-60, 0.1, 1 / 3, 1.0, 1e30])
    limits = _rounded_up(radii, torch.float32).double().numpy()
    assert (limits >= radii).all()
    assert limits[4] == 1
    assert limits[2] < 0.1 * (1 + 1e-6)
