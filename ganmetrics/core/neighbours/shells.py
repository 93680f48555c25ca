"""In which ball a point lies alone, and in which it would lie if balls grew."""

import numpy as np

from ganmetrics.core.neighbours.nearest import Flags
from ganmetrics.core.neighbours.points import Numbers

KEPT = 8
"""Balls kept of those that a point in at most one ball lies just outside of; it is seldom beside more than two."""


class Shells:
    """What decides whether a point is still in a ball once a centre is left out.

    Attributes:
        sole: the sum of the numbers of the balls that each point is in: the number of the one where it is one.
        beside: the first balls that would hold the point if they grew, -1 for none, shape [points, KEPT]; of points in
            more than one ball there may be fewer, since a single centre does not decide about them.
    """

    def __init__(self, count: int) -> None:
        self.sole: Numbers = np.zeros(count, dtype=np.int64)
        self.beside: Numbers = np.full((count, KEPT), -1)
        self._filled: Numbers = np.zeros(count, dtype=np.int64)

    def note(self, points: Numbers, centres: Numbers, inside: Flags, beside: Flags, balls: Numbers) -> None:
        """Take notice of pairs of a point and a centre.

        Args:
            points: the number of each pair's point.
            centres: that of its centre; in the order of their numbers over all calls, for each point.
            inside: whether the point is in the centre's ball.
            beside: whether it would be if the ball grew.
            balls: how many balls each point is known to be in.
        """
        np.add.at(self.sole, points[inside], centres[inside])
        at = (beside & (balls[points] <= 1)).nonzero()[0]
        at = at[np.argsort(points[at], kind="stable")]
        point, first, pairs = np.unique(points[at], return_index=True, return_counts=True)
        place = np.arange(len(at)) - np.repeat(first - self._filled[point], pairs)
        kept = place < KEPT
        self.beside[points[at[kept]], place[kept]] = centres[at[kept]]
        self._filled[point] += pairs
