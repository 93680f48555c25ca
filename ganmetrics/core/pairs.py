"""All pairs of points within a distance: counted, and the nearest of them listed."""

from dataclasses import dataclass

import numpy as np
import torch

from ganmetrics.core.points import Numbers, PointSet, Values
from ganmetrics.core.screening import Block, Euclidean


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of rows, nearest first.

    Attributes:
        first: rows of the one set, int64 [p].
        second: rows of the other, int64 [p]; within one set, the later of the two.
        squared: squared distances, float64 [p].
        total: the number of pairs that there are; p is no larger.
    """

    first: Numbers
    second: Numbers
    squared: Values
    total: int


@dataclass(frozen=True, eq=False)
class Candidates:
    """The points of a set that may have a partner.

    Attributes:
        points: the set.
        numbers: which of its points, increasing, int64 [p].
    """

    points: PointSet
    numbers: Numbers


def pairs_within(
    one: Candidates, other: Candidates, squared_distance: float, *, limit: int, height: int, within: bool = False
) -> Pairs:
    """Return the pairs of distinct points whose squared distance is at most `squared_distance`.

    Each point is named by the first of its rows.

    Args:
        one: points of the one set.
        other: points of the other.
        squared_distance: up to which a pair counts, at least 0.
        limit: how many pairs to list. Where there are more, their choice follows bounds of about six digits.
        height: rows of a block.
        within: whether `other` is `one`: each pair is then found once, and no point is paired with itself.
    """
    space = Euclidean(one.points, other.points)
    dtype = space.dtype(one.points, other.points)
    kept, total = np.empty((0, 3)), 0
    for start in range(0, len(one.numbers), height):
        rows = one.numbers[start : start + height]
        block = space.block(one.points, rows, dtype)
        for begin in range(start if within else 0, len(other.numbers), height):
            columns = other.numbers[begin : begin + height]
            bounds = space.bounds(block, opposite := space.block(other.points, columns, dtype))
            near = (bounds.double() <= squared_distance).numpy()
            if within and begin == start:
                near = np.triu(near, 1)
            row, column = near.nonzero()
            low = bounds.numpy()[row, column].astype(np.float64)
            high = low + _width(space, block, opposite, row, column)
            doubtful = high > squared_distance
            low[doubtful] = space.exact(one.points, rows[row[doubtful]], other.points, columns[column[doubtful]])
            inside = ~doubtful | (low <= squared_distance)
            total += int(inside.sum())
            found = np.column_stack([low[inside], rows[row[inside]], columns[column[inside]]])
            kept = np.concatenate([kept, found])
            kept = kept[np.lexsort(kept.T[::-1])[:limit]]
    first, second = kept[:, 1].astype(np.int64), kept[:, 2].astype(np.int64)
    squared = space.exact(one.points, first, other.points, second)
    order = np.lexsort((second, first, squared))
    return Pairs(one.points.first[first][order], other.points.first[second][order], squared[order], total)


def _width(space: Euclidean, one: Block, other: Block, row: Numbers, column: Numbers) -> Values:
    norms = (one.norms[torch.from_numpy(row)] + other.norms[torch.from_numpy(column)]).double().numpy()
    return 2 * space.slack(one.rows.dtype) * norms
