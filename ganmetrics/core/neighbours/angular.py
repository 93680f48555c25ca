"""The nearest direction: the least 1 - |cos| to any point of another set."""

import numpy as np
import torch
from torch import Tensor

from ganmetrics.core.float32 import ieee_float32
from ganmetrics.core.neighbours.bounds import Block, Euclidean
from ganmetrics.core.neighbours.nearest import SPARE, Smallest, nearest_among
from ganmetrics.core.neighbours.points import Numbers, PointSet, Rows, Values
from ganmetrics.errors import InputError

_GATHERED = 2**19


class Angular(Euclidean):
    """Twice 1 - |cos(x, y)|, the squared distance of the nearer of x/|x| and -x/|x| from y/|y|.

    Without a centre: directions are seen from the origin.
    """

    def __init__(self, one: PointSet, other: PointSet) -> None:
        super().__init__(one, other)
        self.centre = np.zeros(one.dimension)

    def block(self, points: PointSet, numbers: Numbers | slice, dtype: torch.dtype) -> Block:
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
        return Block(directions, torch.linalg.vector_norm(directions, dim=1).square())

    def bounds(self, one: Block, other: Block) -> Tensor:
        """Return lower bounds, shape [one, other]; they may be negative."""
        share = 1 - self.slack(one.rows.dtype)
        with ieee_float32():
            products = one.rows @ other.rows.mT
        return products.abs_().mul_(-2).add_(other.norms * share).add_((one.norms * share)[:, None])

    def exact(self, one: PointSet, numbers: Numbers, other: PointSet, other_numbers: Numbers) -> Values:
        """Return twice 1 - |cos| for pairs of points, from the shorter of difference and sum: nothing cancels."""
        squared = np.empty(len(numbers))
        height = max(1, _GATHERED // self.dimension)
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
    space = Angular(queries, keys)
    dtype = space.dtype(queries, keys)
    found = Smallest(len(queries), 1 + SPARE, dtype)
    for rows in queries.blocks(height):
        block = space.block(queries, rows, dtype)
        for columns in keys.blocks(height):
            bounds = space.bounds(block, space.block(keys, columns, dtype))
            found.update(rows, bounds, torch.arange(columns.start, columns.stop))
    nearest = found.resolve(space, queries, np.arange(len(queries)), keys)
    squared = nearest.squared[:, 0]
    undecided = (squared > nearest.rest).nonzero()[0]
    if len(undecided):
        squared[undecided] = nearest_among(queries, undecided, keys, k=1, space=space, height=height).squared[:, 0]
    return np.minimum(squared[queries.group] / 2, 1.0)


def _directions(rows: Rows) -> Values:
    double = rows.astype(np.float64)
    # Scaled first, so that neither tiny nor huge features lose their squares.
    double /= np.abs(double).max(axis=1, keepdims=True)
    double /= np.linalg.norm(double, axis=1, keepdims=True)
    return double
