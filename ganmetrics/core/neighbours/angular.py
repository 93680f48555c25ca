"""The nearest direction: the least 1 - |cos| to any point of another set."""

import numpy as np
import torch
from torch import Tensor

from ganmetrics.core.float32 import ieee_float32
from ganmetrics.core.neighbours.bounds import PreparedRows, Space
from ganmetrics.core.neighbours.nearest import nearest_one
from ganmetrics.core.neighbours.points import GATHERED, Coordinates, Numbers, PointSet, Values
from ganmetrics.errors import InputError


class Angular(Space):
    """Twice 1 - |cos(x, y)|, the squared distance of the nearer of x/|x| and -x/|x| from y/|y|.

    Directions are seen from the origin, so nothing is centred.
    """

    def block(self, points: PointSet, numbers: Numbers | slice, dtype: torch.dtype) -> PreparedRows:
        """Return the directions of some points, ready for `bounds`.

        Raises:
            InputError: if a point is the origin, naming its row.
        """
        rows = points.rows(numbers)
        origin = ~rows.any(axis=1)
        if origin.any():
            row = int(points.first[numbers][origin][0])
            raise InputError(f"directions need a feature that is not zero, but row {row} of {points.name} has none")
        directions = torch.from_numpy(_directions(rows)).to(dtype)
        return PreparedRows(directions, torch.linalg.vector_norm(directions, dim=1).square())

    def bounds(self, one: PreparedRows, other: PreparedRows) -> Tensor:
        """Return lower bounds, shape [one, other]; they may be negative."""
        share = 1 - self.slack(one.rows.dtype)
        with ieee_float32(), torch.autocast("cpu", enabled=False):
            products = one.rows @ other.rows.mT
        return products.abs_().mul_(-2).add_(other.norms * share).add_((one.norms * share)[:, None])

    def exact(self, one: PointSet, numbers: Numbers, other: PointSet, other_numbers: Numbers) -> Values:
        """Return twice 1 - |cos| for pairs of points, from the shorter of difference and sum: nothing cancels."""
        squared = np.empty(len(numbers))
        height = max(1, GATHERED // self.dimension)
        for start in range(0, len(numbers), height):
            part = slice(start, start + height)
            x, y = _directions(one.rows(numbers[part])), _directions(other.rows(other_numbers[part]))
            squared[part] = np.minimum(((x - y) ** 2).sum(axis=1), ((x + y) ** 2).sum(axis=1))
        return squared


def nearest_angle(queries: PointSet, keys: PointSet, *, height: int) -> Values:
    """Return for each image of `queries` the least 1 - |cos| to an image of `keys`, 0 to 1, float64 [n].

    Raises:
        InputError: if an image has zero features only, naming its row.

    >>> one, other = torch.tensor([[2.0, 0.0], [1.0, 1.0]]), torch.tensor([[-3.0, 0.0]])
    >>> points = [PointSet.of(features, "features") for features in (one, other)]
    >>> nearest_angle(*points, height=16).round(6).tolist()
    [0.0, 0.292893]
    """
    found = nearest_one(queries, keys, space=Angular(queries.dimension), height=height)
    return np.minimum(found.squared[queries.group] / 2, 1.0)


def _directions(rows: Coordinates) -> Values:
    double = rows.astype(np.float64)
    # Scaled first, so that neither tiny nor huge features lose their squares.
    double /= np.abs(double).max(axis=1, keepdims=True)
    double /= np.linalg.norm(double, axis=1, keepdims=True)
    return double
