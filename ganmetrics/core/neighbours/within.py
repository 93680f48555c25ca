"""Nearest neighbours and balls' radii within a set of images, in blocks."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics.core.checks import whole
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.nearest import SPARE, Nearest, Smallest, nearest_among
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values
from ganmetrics.errors import NotEnoughSamples


@dataclass(frozen=True, eq=False)
class BallGrowth:
    """How the balls of a set grow if an image inside is left out; one entry for each point (`PointSet`).

    A ball reaches to its centre's k-th nearest neighbour. Without one of the k neighbours inside, it reaches to the
    next neighbour.

    Attributes:
        squared_radii: squared distance to the k-th nearest other image, float64 [u].
        squared_grown: squared distance to the neighbour after it, float64 [u].
        nearest: the nearest other points, at least k + 1, and their distances.
    """

    squared_radii: Values
    squared_grown: Values
    nearest: Nearest


@dataclass(frozen=True, eq=False)
class WithinSet:
    """What is near each image of a set. The image itself does not count as its neighbour; a copy of it does.

    Attributes:
        squared_radii: squared distance to the k-th nearest other image, float64 [n]: the ball's boundary.
        nearest: the nearest other image, int64 [n]; of a copied image, a copy.
        squared_nearest: its squared distance, float64 [n].
        growth: how the balls grow without an image; None where it was not asked for.
    """

    squared_radii: Values
    nearest: Numbers
    squared_nearest: Values
    growth: BallGrowth | None = None


def find_within(points: PointSet, *, k: int, height: int, growth: bool = False) -> WithinSet:
    """Return the k-th nearest neighbour's squared distance, and the nearest neighbour, for each image of a set.

    Each block of distances is computed once, for its rows and, transposed, for its columns. The candidates kept of each
    row are then measured exactly; a row with a further point whose lower bound does not exceed the radius found
    is screened again in double precision.

    Args:
        points: the set.
        k: which neighbour is on the boundary, at least 1.
        height: rows of a block (`block_rows`).
        growth: whether to return how the balls grow, too.

    Raises:
        InputError: if `k` is below 1.
        NotEnoughSamples: if there are not more than `k` images, or k + 1 with `growth`.

    >>> points = PointSet.of(torch.tensor([[0.0], [1.0], [3.0], [3.0]]), "features")
    >>> found = find_within(points, k=2, height=16)
    >>> found.squared_radii.tolist(), found.nearest.tolist(), found.squared_nearest.tolist()
    ([9.0, 4.0, 4.0, 4.0], [1, 0, 3, 2], [1.0, 1.0, 0.0, 0.0])
    """
    k = whole("k", k, least=1)
    reach = k + growth
    check_neighbours(points, reach)
    space = Euclidean(points, points)
    everyone = np.arange(len(points))
    nearest = _screened(points, reach, space, height).resolve(space, points, everyone, points)
    undecided = (_kth(nearest, points, everyone, reach) > nearest.rest).nonzero()[0]
    if len(undecided):
        again = nearest_among(points, undecided, points, k=reach, space=space, height=height, same_set=True)
        nearest.numbers[undecided], nearest.squared[undecided] = again.numbers, again.squared
    radii = _kth(nearest, points, everyone, k)
    found = _by_row(points, radii, nearest)
    if not growth:
        return found
    return replace(found, growth=BallGrowth(radii, _kth(nearest, points, everyone, reach), nearest))


def check_neighbours(points: PointSet, k: int) -> None:
    """Refuse sets of not more than `k` images (NotEnoughSamples)."""
    if k >= len(points.group):
        raise NotEnoughSamples(f"k={k} neighbours need more than {k} rows of {points.name}; got {len(points.group)}")


def _screened(points: PointSet, k: int, space: Euclidean, height: int) -> Smallest:
    dtype = space.dtype(points)
    found = Smallest(len(points), k + SPARE, dtype)
    numbers = torch.arange(len(points))
    for rows in points.blocks(height):
        block = space.block(points, rows, dtype)
        bounds = space.bounds(block, block).fill_diagonal_(torch.inf)
        found.update(rows, bounds, numbers[rows])
        for columns in points.blocks(height):
            if columns.start > rows.start:
                bounds = space.bounds(block, space.block(points, columns, dtype))
                found.update(rows, bounds, numbers[columns])
                found.update(columns, bounds.mT.contiguous(), numbers[rows])
    return found


def _kth(nearest: Nearest, points: PointSet, numbers: Numbers, k: int) -> Values:
    """Return the squared distance of the k-th nearest image, of which each point may stand for several."""
    copies = points.count[numbers] - 1
    standing = np.where(nearest.numbers >= 0, points.count[nearest.numbers], 0).cumsum(axis=1) + copies[:, None]
    radii = np.take_along_axis(nearest.squared, (standing >= k).argmax(axis=1)[:, None], 1)[:, 0]
    return np.where(copies >= k, 0.0, radii)


def _by_row(points: PointSet, radii: Values, nearest: Nearest) -> WithinSet:
    """Return the same for each image, of which several may be one point."""
    other, distance = points.first[nearest.numbers[:, 0]], nearest.squared[:, 0].copy()
    copied = points.count > 1
    distance[copied] = 0.0
    by_row: npt.NDArray[np.int64] = other[points.group]
    if not copied.any():
        return WithinSet(radii[points.group], by_row, distance[points.group])
    later = np.setdiff1d(np.arange(len(points.group)), points.first)
    group, at = np.unique(points.group[later], return_index=True)
    by_row[later] = points.first[points.group[later]]
    by_row[points.first[group]] = later[at]
    return WithinSet(radii[points.group], by_row, distance[points.group])
