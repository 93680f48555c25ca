"""Which points lie in balls and beside them: counted pair by pair."""

import numpy as np

from ganmetrics.core.neighbours.balls import KEPT, Balls, Edges
from tests.neighbour_sets import points


def beside(edges, points, centres, balls):
    """Note pairs of points that each stand for one image, given how many balls each point is in."""
    points = np.array(points)
    edges.note_beside(points, np.array(centres), images=np.ones_like(points), balls=np.array(balls)[points])


def test_the_only_ball_is_named_and_those_beside_are_listed():
    """Over two calls, as blocks come; the ball of a point in several is not named by their sum."""
    edges, balls = Edges(9, 3), [1, 0, 2]
    edges.note_inside(np.array([0, 2]), np.array([5, 1]))
    beside(edges, [1], [3], balls)
    edges.note_inside(np.array([2]), np.array([8]))
    beside(edges, [1, 0], [6, 7], balls)
    assert edges.sole_ball.tolist() == [5, 0, 9]
    assert edges.sole_guest[[5, 1, 8]].tolist() == [0, 2, 2]
    assert edges.beside[:, :3].tolist() == [[7, -1, -1], [3, 6, -1], [-1, -1, -1]]
    assert edges.images_beside.tolist() == [0, 0, 0, 1, 0, 0, 1, 1, 0]


def test_points_in_several_balls_need_no_list():
    """One centre left out does not decide about them; their images are counted all the same."""
    edges = Edges(5, 1)
    beside(edges, [0], [4], [2])
    assert (edges.beside == -1).all()
    assert edges.images_beside[4] == 1


def test_the_first_few_are_kept():
    """More than that change nothing, in one call or in several."""
    pairs = KEPT + 5
    at_once, one_by_one = Edges(pairs, 2), Edges(pairs, 2)
    beside(at_once, [1] * pairs, range(pairs), [0, 0])
    for pair in range(pairs):
        beside(one_by_one, [1], [pair], [0, 0])
    assert at_once.beside.tolist() == one_by_one.beside.tolist() == [[-1] * KEPT, list(range(KEPT))]


def test_copies_count_as_often_as_they_are_there():
    """Two copies of a centre are two balls, two copies of a point two guests; a boundary is in or out as asked."""
    centres, guests = points(np.array([[0.0], [0.0], [9.0]])), points(np.array([[1.0], [1.0], [2.0]]))
    for strict, held_by, holds in ((False, [2, 2], [3, 0]), (True, [2, 0], [2, 0])):
        balls = Balls(centres, guests, np.array([4.0, 1.0]), strict=strict)
        balls.add(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1.0, 4.0, 49.0]))
        assert balls.held_by.tolist() == held_by
        assert balls.holds.tolist() == holds
        assert balls.edges is None


def test_what_grows_is_watched():
    """A point between a ball's boundary and what it grows to is beside it."""
    centres, guests = points(np.array([[0.0]])), points(np.array([[1.0], [2.0], [3.0]]))
    balls = Balls(centres, guests, np.array([1.0]), squared_grown=np.array([4.0]))
    balls.add(np.array([0, 1, 2]), np.array([0, 0, 0]), np.array([1.0, 4.0, 9.0]))
    assert balls.edges.sole_ball.tolist() == [0, 0, 0]
    assert balls.edges.sole_guest.tolist() == [0]
    assert balls.edges.beside[:, 0].tolist() == [-1, 0, -1]
    assert balls.edges.images_beside.tolist() == [1]
