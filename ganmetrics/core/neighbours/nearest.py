"""The nearest points of each point of a set: candidates by lower bounds, then exact."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics.core.neighbours.bounds import Space
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values

SPARE = 2
"""Candidates kept beyond those asked for; with two, about one row in a thousand cannot be decided by them."""
_NEGLIGIBLE = 1e-30
"""Squared radii below this share of the largest are none: in single precision their inverse would overflow."""

Flags = npt.NDArray[np.bool_]


class Nearest(NamedTuple):
    """The nearest points of each row, nearest first.

    Attributes:
        numbers: of points, -1 where there are none, shape [rows, k].
        squared: their exact squared distances, infinite where there are none, shape [rows, k].
        rest: what no other point is nearer than, shape [rows].
    """

    numbers: Numbers
    squared: Values
    rest: Values


class BallScale(NamedTuple):
    """What the distance from each point is divided by, to compare balls of different radii.

    Attributes:
        factor: squared distances are multiplied by it, at least 1, or 0 where the point does not take part.
        offset: what is added, 0, or infinite where the point does not take part.
        unit: the radius of the ball whose factor is 1.
    """

    factor: Values
    offset: Values
    unit: float

    @classmethod
    def of_balls(cls, squared_radii: Values, kept: Flags) -> "BallScale":
        """Return the scale in which each kept ball has the same radius; balls of radius 0 cannot be kept."""
        largest = float(squared_radii[kept].max(initial=0.0))
        taking_part = kept & (squared_radii > largest * _NEGLIGIBLE)
        factor = np.divide(largest, squared_radii, out=np.zeros_like(squared_radii), where=taking_part)
        return cls(factor, np.where(taking_part, 0.0, np.inf), math.sqrt(largest))

    def bounds(self, bounds: Tensor, columns: slice) -> Tensor:
        """Return scaled bounds."""
        factor, offset = (torch.from_numpy(values[columns]).to(bounds.dtype) for values in self[:2])
        return torch.addcmul(offset, bounds, factor)

    def exact(self, squared: Values, numbers: Numbers) -> Values:
        """Return scaled distances from the points with these numbers."""
        return squared * self.factor[numbers] + self.offset[numbers]


class Smallest:
    """For each row the `k` smallest lower bounds of those seen so far, and whose they are."""

    def __init__(self, count: int, k: int, dtype: torch.dtype) -> None:
        self.values = torch.full((count, k), torch.inf, dtype=dtype)
        self.index = torch.full((count, k), -1)

    def update(self, rows: slice, bounds: Tensor, columns: Tensor) -> None:
        """Take notice of bounds [rows, columns] for the points with these numbers."""
        k = self.values.shape[1]
        new, at = bounds.topk(min(k, bounds.shape[1]), dim=1, largest=False, sorted=False)
        values = torch.cat([self.values[rows], new], dim=1)
        index = torch.cat([self.index[rows], columns[at]], dim=1)
        self.values[rows], kept = values.topk(k, dim=1, largest=False)
        self.index[rows] = index.gather(1, kept)

    def resolve(
        self, space: Space, queries: PointSet, numbers: Numbers, keys: PointSet, scale: BallScale | None = None
    ) -> Nearest:
        """Return the exact distances of the candidates, equally near ones in the order of their numbers."""
        index = self.index.numpy().copy()
        index[self.values.isposinf().numpy()] = -1
        squared = np.full(index.shape, np.inf)
        row, column = (index >= 0).nonzero()
        exact = space.exact(queries, numbers[row], keys, index[row, column])
        squared[row, column] = exact if scale is None else scale.exact(exact, index[row, column])
        order = np.lexsort((index, squared), axis=1)
        rest = self.values[:, -1].double().numpy().copy()
        return Nearest(np.take_along_axis(index, order, 1), np.take_along_axis(squared, order, 1), rest)


class One(NamedTuple):
    """One point of a set for each of another, and its squared distance.

    Attributes:
        numbers: of points, -1 where there is none, shape [rows].
        squared: their squared distances, infinite where there is none, shape [rows].
    """

    numbers: Numbers
    squared: Values


def nearest_one(queries: PointSet, keys: PointSet, *, space: Space, height: int) -> One:
    """Return the point of `keys` that is nearest to each point of `queries`."""
    dtype = space.dtype(queries, keys)
    found = Smallest(len(queries), 1 + SPARE, dtype)
    for columns in keys.blocks(height):
        key_block, at = space.block(keys, columns, dtype), torch.arange(columns.start, columns.stop)
        for rows in queries.blocks(height):
            found.update(rows, space.bounds(space.block(queries, rows, dtype), key_block), at)
    nearest = found.resolve(space, queries, np.arange(len(queries)), keys)
    return first_of(nearest, queries, keys, space=space, height=height)


def first_of(
    nearest: Nearest, queries: PointSet, keys: PointSet, *, space: Space, height: int, scale: BallScale | None = None
) -> One:
    """Return the first of the nearest of every point of `queries`; where candidates do not decide, look again."""
    numbers, squared = nearest.numbers[:, 0].copy(), nearest.squared[:, 0].copy()
    undecided = (squared > nearest.rest).nonzero()[0]
    if len(undecided):
        again = nearest_among(queries, undecided, keys, k=1, space=space, height=height, scale=scale)
        numbers[undecided], squared[undecided] = again.numbers[:, 0], again.squared[:, 0]
    return One(numbers, squared)


def second_of(nearest: Nearest, first: One, queries: PointSet, keys: PointSet, *, space: Space, height: int) -> One:
    """Return the second of the nearest, given the first: the other of the two where these were exchanged."""
    numbers, squared = nearest.numbers[:, 1].copy(), nearest.squared[:, 1].copy()
    undecided = ((squared > nearest.rest) | (numbers == first.numbers)).nonzero()[0]
    if len(undecided):
        again = nearest_among(queries, undecided, keys, k=2, space=space, height=height)
        column = (again.numbers[:, 0] == first.numbers[undecided]).astype(np.int64)[:, None]
        numbers[undecided] = np.take_along_axis(again.numbers, column, 1)[:, 0]
        squared[undecided] = np.take_along_axis(again.squared, column, 1)[:, 0]
    return One(numbers, squared)


def nearest_among(
    queries: PointSet,
    numbers: Numbers,
    keys: PointSet,
    *,
    k: int,
    space: Space,
    height: int,
    same_set: bool = False,
    scale: BallScale | None = None,
) -> Nearest:
    """Return the `k` points of `keys` nearest to some points of `queries`, screened in double precision.

    For the few rows that single precision does not decide. More than `SPARE` further points may still lie within
    1e-12 of the k-th distance (in units of the squared norms); then one of them may stand for another.

    Args:
        queries: the set whose points are asked about.
        numbers: which ones.
        keys: the set to look in.
        k: how many; there are `SPARE` more candidates.
        space: how distances are measured.
        height: rows of a block.
        same_set: whether `keys` is `queries`, so that a point is no neighbour of itself.
        scale: what distances from `keys` are divided by.
    """
    found = Smallest(len(numbers), k + SPARE, torch.float64)
    for start in range(0, len(numbers), height):
        rows = slice(start, min(start + height, len(numbers)))
        block = space.block(queries, numbers[rows], torch.float64)
        for columns in keys.blocks(height):
            bounds = space.bounds(block, space.block(keys, columns, torch.float64))
            at = torch.arange(columns.start, columns.stop)
            if same_set:
                bounds[torch.from_numpy(numbers[rows])[:, None] == at] = torch.inf
            found.update(rows, bounds if scale is None else scale.bounds(bounds, columns), at)
    return found.resolve(space, queries, numbers, keys, scale)
