"""Where a point lies alone, and beside which balls."""

import numpy as np

from ganmetrics.core.neighbours.shells import KEPT, Shells


def test_the_only_ball_is_named_and_those_beside_are_listed():
    """Over two calls, as blocks come; the ball of a point in several is not named by their sum."""
    shells, balls = Shells(3), np.array([1, 0, 2])
    shells.note(
        np.array([0, 1, 2]), np.array([5, 3, 1]), np.array([True, False, True]), np.array([False, True, False]), balls
    )
    shells.note(
        np.array([1, 0, 2]), np.array([6, 7, 8]), np.array([False, False, True]), np.array([True, True, False]), balls
    )
    assert shells.sole[0] == 5
    assert shells.beside[:, :3].tolist() == [[7, -1, -1], [3, 6, -1], [-1, -1, -1]]


def test_points_in_several_balls_need_no_list():
    """One centre left out does not decide about them."""
    shells = Shells(1)
    shells.note(np.array([0]), np.array([4]), np.array([False]), np.array([True]), np.array([2]))
    assert (shells.beside == -1).all()


def test_the_first_few_are_kept():
    """More than that change nothing, in one call or in several."""
    pairs = KEPT + 5
    at_once, one_by_one = Shells(2), Shells(2)
    points, centres, none = np.ones(pairs, dtype=np.int64), np.arange(pairs), np.zeros(2, dtype=np.int64)
    inside, beside = np.zeros(pairs, dtype=bool), np.ones(pairs, dtype=bool)
    at_once.note(points, centres, inside, beside, none)
    for pair in range(pairs):
        only = slice(pair, pair + 1)
        one_by_one.note(points[only], centres[only], inside[only], beside[only], none)
    assert at_once.beside.tolist() == one_by_one.beside.tolist() == [[-1] * KEPT, list(range(KEPT))]
