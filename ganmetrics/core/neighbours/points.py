"""Sets of images as points: their distinct rows, read in blocks from wherever they lie."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows
from ganmetrics.core.checks import at_least
from ganmetrics.errors import InputError, NumericsError

LARGEST_HEIGHT = 1536
"""Rows of a block from which larger blocks were no faster on two cores, and only took more memory."""
SMALLEST_HEIGHT = 16
_SCAN_ROWS = 1024
GATHERED = 2**19
"""Numbers of a block of differences."""
_LARGEST_VALUE = 1e150
_ROW_BYTES = 1000
"""What a row needs beside the blocks: candidates, radii, counts, indices and what grows, with their temporaries."""

Coordinates = npt.NDArray[Any]
"""Features of some points, float32 or float64, shape [rows, d]."""
Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PointSet:
    """The distinct rows of a set of features, in the order in which they first occur.

    Equal images are found once, by their features' hash, and then compared as one point that counts several times:
    their distance is exactly 0, whatever a matrix product would round it to, and a generator that collapsed to one
    image is no more work than one that did not.

    Attributes:
        name: what messages call the rows.
        features: the rows as given; they are read in blocks, and may lie on disk (`numpy.memmap`).
        first: the first row of each point, int64 [u].
        group: to which point each row belongs, int64 [n].
        count: the number of rows of each point, int64 [u].
        mean: of the rows, float64 [d].
        extent: the largest absolute value of a feature.
    """

    name: str
    features: ArrayLike
    first: Numbers
    group: Numbers
    count: Numbers
    mean: Values
    extent: float

    @classmethod
    def of(cls, features: ArrayLike, name: str) -> "PointSet":
        """Return the points of features, one row for each image.

        Raises:
            InputError: if `features` is not a floating-point array of shape [n, d].
            NumericsError: if a feature is not finite, naming the row, or so large that its square overflows.

        >>> points = PointSet.of(torch.tensor([[1.0], [2.0], [1.0]]), "features")
        >>> points.first.tolist(), points.group.tolist(), points.count.tolist()
        ([0, 1], [0, 1, 0], [2, 1])
        """
        check_rows(features, name)
        known: dict[bytes, int] = {}
        group = np.empty(features.shape[0], dtype=np.int64)
        first: list[int] = []
        total, extent = np.zeros(features.shape[1]), 0.0
        for start in range(0, len(group), _SCAN_ROWS):
            # Adding zero makes -0.0 the 0.0 that it is equal to.
            rows = _read(features, slice(start, start + _SCAN_ROWS)) + 0.0
            extent = max(extent, _checked_extent(rows, name, start))
            total += rows.sum(axis=0, dtype=np.float64)
            for row, line in enumerate(rows, start):
                number = known.setdefault(hashlib.blake2b(line, digest_size=16).digest(), len(first))
                if number == len(first):
                    first.append(row)
                group[row] = number
        return cls(name, features, np.array(first), group, np.bincount(group), total / len(group), extent)

    def __len__(self) -> int:
        return len(self.first)

    def distinct(self) -> "PointSet":
        """Return the same points, each of which stands for itself only."""
        return replace(self, group=np.arange(len(self)), count=np.ones(len(self), dtype=np.int64))

    @property
    def dimension(self) -> int:
        """The number of features d."""
        return int(self.features.shape[1])

    def rows(self, numbers: Numbers | slice) -> Coordinates:
        """Return the features of the points with these numbers, as float32 if they are no wider, else as float64."""
        return _read(self.features, self.first[numbers])

    def blocks(self, height: int) -> Iterator[slice]:
        """Yield consecutive ranges of at most `height` points."""
        for start in range(0, len(self), height):
            yield slice(start, min(start + height, len(self)))


def squared_distances(one: PointSet, numbers: Numbers, other: PointSet, other_numbers: Numbers) -> Values:
    """Return the squared Euclidean distance of each given pair of points, by differences in double precision.

    This is what every decision rests on. Nothing cancels, equal rows have distance 0, and the distance of a pair is
    the same number to the last bit whichever set is named first and whatever else is asked for with it: radius and
    distance of a tie are therefore equal.
    """
    squared = np.empty(len(numbers))
    height = max(1, GATHERED // one.dimension)
    for start in range(0, len(numbers), height):
        part = slice(start, start + height)
        difference = one.rows(numbers[part]).astype(np.float64)
        difference -= other.rows(other_numbers[part])
        squared[part] = np.square(difference, out=difference).sum(axis=1)
    return squared


def block_rows(memory: int, dimension: int, count: int) -> int:
    """Return how many rows a block may have within a budget.

    A pair of blocks is held in double precision at worst, with one copy each under way, beside a few matrices of the
    block's size squared.

    Args:
        memory: the budget in bytes, for all that is allocated beside the features themselves.
        dimension: the number of features.
        count: the number of images on both sides.

    Raises:
        InputError: if the budget is too small for blocks of `SMALLEST_HEIGHT` rows.
    """

    def needed(rows: int) -> int:
        scan = 3 * 8 * _SCAN_ROWS * dimension
        return count * _ROW_BYTES + max(scan, 8 * rows * (5 * dimension + 4 * rows)) + 4 * 8 * GATHERED

    at_least("memory", memory, 1.0)
    rows = LARGEST_HEIGHT
    while rows > SMALLEST_HEIGHT and needed(rows) > memory:
        rows //= 2
    if needed(rows) > memory:
        raise InputError(
            f"comparing {count} images of {dimension} features needs memory={needed(rows)} bytes; got {memory}"
        )
    return rows


def _read(features: ArrayLike, rows: Numbers | slice) -> Coordinates:
    """Return some rows, in memory, in single precision if they are no wider."""
    if isinstance(features, Tensor):
        index = rows if isinstance(rows, slice) else torch.from_numpy(rows).to(features.device)
        taken = features[index].detach().cpu()
        return (taken if taken.dtype == torch.float64 else taken.float()).contiguous().resolve_neg().numpy()
    narrow = features.dtype.itemsize <= np.dtype(np.float32).itemsize
    return np.require(features[rows], np.float32 if narrow else np.float64, ["C", "A"])


def _checked_extent(rows: Coordinates, name: str, start: int) -> float:
    """Return the largest absolute value, if it is finite and can be squared."""
    extent = max(float(rows.max()), -float(rows.min()))
    if not math.isfinite(extent):
        row = start + int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise NumericsError(f"{name} must be finite, but row {row} is not")
    if extent > _LARGEST_VALUE:
        raise NumericsError(f"{name} must be at most {_LARGEST_VALUE:g} to have distances; got {extent:g}")
    return extent
