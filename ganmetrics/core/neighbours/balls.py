"""The balls around the points of one set: which points of another set lie in them, and which beside them."""

import numpy as np

from ganmetrics.core.neighbours.nearest import Flags
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values

KEPT = 8
"""Balls kept of those that a point in at most one ball lies just outside of; it is seldom beside more than two."""


class Edges:
    """What decides whether a point is still in a ball once a centre is left out.

    Attributes:
        sole_ball: the sum of the numbers of the balls that each point is in: the number of the one where it is one.
        sole_guest: the sum of the numbers of the points in each ball: the number of the one where it is one.
        beside: the first balls that would hold the point if they grew, -1 for none, shape [points, KEPT]; of points in
            more than one ball there may be fewer, since a single centre does not decide about them.
        images_beside: how many images would come into each ball if it grew.
    """

    def __init__(self, centres: int, points: int) -> None:
        self.sole_ball: Numbers = np.zeros(points, dtype=np.int64)
        self.sole_guest: Numbers = np.zeros(centres, dtype=np.int64)
        self.beside: Numbers = np.full((points, KEPT), -1)
        self.images_beside: Numbers = np.zeros(centres, dtype=np.int64)
        self._filled: Numbers = np.zeros(points, dtype=np.int64)

    def note_inside(self, points: Numbers, centres: Numbers) -> None:
        """Take notice of pairs of a point and a centre whose ball holds it."""
        np.add.at(self.sole_ball, points, centres)
        np.add.at(self.sole_guest, centres, points)

    def note_beside(self, points: Numbers, centres: Numbers, *, images: Numbers, balls: Numbers) -> None:
        """Take notice of pairs of a point and a centre whose ball would hold it if it grew.

        Args:
            points: the number of each pair's point.
            centres: that of its centre; in the order of their numbers over all calls, for each point.
            images: how many images each pair's point stands for.
            balls: how many balls each pair's point is known to be in.
        """
        np.add.at(self.images_beside, centres, images)
        points, centres = points[balls <= 1], centres[balls <= 1]
        order = np.argsort(points, kind="stable")
        points, centres = points[order], centres[order]
        point, first, pairs = np.unique(points, return_index=True, return_counts=True)
        column = np.arange(len(points)) - np.repeat(first - self._filled[point], pairs)
        kept = column < KEPT
        self.beside[points[kept], column[kept]] = centres[kept]
        self._filled[point] += pairs


class Balls:
    """The balls around one set's points, and what of another set lies in them: filled by `add`, pair by pair.

    Attributes:
        centres: the set whose points have balls.
        points: the set whose points are looked for in them.
        squared_radii: of the balls.
        squared_grown: what they grow to if an image inside is left out; None where that is not asked.
        strict: whether a point on the boundary is outside.
        holds: how many images each ball holds, int64 [centres].
        held_by: how many images' balls hold each point, int64 [points].
        edges: what changes if a centre is left out; None where that is not asked.
    """

    def __init__(
        self,
        centres: PointSet,
        points: PointSet,
        squared_radii: Values,
        *,
        squared_grown: Values | None = None,
        strict: bool = False,
    ) -> None:
        self.centres, self.points = centres, points
        self.squared_radii, self.squared_grown = squared_radii, squared_grown
        self.strict = strict
        self.holds: Numbers = np.zeros(len(centres), dtype=np.int64)
        self.held_by: Numbers = np.zeros(len(points), dtype=np.int64)
        self.edges = None if squared_grown is None else Edges(len(centres), len(points))

    @property
    def boundaries(self) -> list[Values]:
        """The squared radii that a distance is compared with, the largest last."""
        return [self.squared_radii] if self.squared_grown is None else [self.squared_radii, self.squared_grown]

    def add(self, points: Numbers, centres: Numbers, squared: Values) -> None:
        """Count pairs of a point and a centre, given their squared distances.

        Instead of a distance, any number will do that lies on the same side of all `boundaries`.
        """
        inside = self._reach(squared, self.squared_radii[centres])
        np.add.at(self.held_by, points[inside], self.centres.count[centres[inside]])
        np.add.at(self.holds, centres[inside], self.points.count[points[inside]])
        if self.edges is None or self.squared_grown is None:
            return
        self.edges.note_inside(points[inside], centres[inside])
        beside = self._reach(squared, self.squared_grown[centres]) & ~inside
        points, centres = points[beside], centres[beside]
        self.edges.note_beside(points, centres, images=self.points.count[points], balls=self.held_by[points])

    def _reach(self, squared: Values, radii: Values) -> Flags:
        return squared < radii if self.strict else squared <= radii
