"""All pairs of points within a distance: counted, and the nearest of them listed."""

from dataclasses import dataclass

import numpy as np
import torch

from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values


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
    one: Candidates, other: Candidates, squared_distance: float, *, limit: int, height: int, same_set: bool = False
) -> Pairs:
    """Return the pairs of distinct points whose squared distance is at most `squared_distance`.

    Each point is named by the first of its rows. Screened in double precision, since few points come into question.

    Args:
        one: points of the one set.
        other: points of the other.
        squared_distance: up to which a pair counts, at least 0.
        limit: how many pairs to list. The nearest are listed, in order.
        height: rows of a block.
        same_set: whether `other` is `one`: each pair is then found once, and no point is paired with itself.
    """
    space = Euclidean(one.points, other.points)
    kept, total = np.empty((0, 3)), 0
    for start in range(0, len(one.numbers), height):
        rows = one.numbers[start : start + height]
        block = space.block(one.points, rows, torch.float64)
        for begin in range(start if same_set else 0, len(other.numbers), height):
            columns = other.numbers[begin : begin + height]
            opposite = space.block(other.points, columns, torch.float64)
            bounds = space.bounds(block, opposite).numpy()
            near = bounds <= squared_distance
            row, column = (np.triu(near, 1) if same_set and begin == start else near).nonzero()
            low = bounds[row, column]
            high = low + space.width(torch.float64, block.norms.numpy()[row] + opposite.norms.numpy()[column])
            # Measured exactly is what the bounds do not decide, and what may be listed.
            measured = (high > squared_distance) | (low <= _cutoff(kept[:, 0], high, limit))
            total += int((~measured).sum())
            first, second = rows[row[measured]], columns[column[measured]]
            squared = space.exact(one.points, first, other.points, second)
            inside = squared <= squared_distance
            total += int(inside.sum())
            kept = np.concatenate([kept, np.column_stack([squared, first, second])[inside]])
            kept = kept[np.lexsort(kept.T[::-1])[:limit]]
    first, second = kept[:, 1].astype(np.int64), kept[:, 2].astype(np.int64)
    return Pairs(one.points.first[first], other.points.first[second], kept[:, 0], total)


def _cutoff(listed: Values, high: Values, limit: int) -> float:
    """Return a distance that the list does not exceed when pairs with these upper bounds are added to it."""
    most = np.sort(np.concatenate([listed, high]))
    if limit == 0:
        return -np.inf
    return float(most[limit - 1]) if len(most) >= limit else np.inf
