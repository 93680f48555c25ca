"""Lower bounds of all distances between two blocks of points, from one matrix product."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganmetrics.core.float32 import ieee_float32
from ganmetrics.core.neighbours.points import Coordinates, Numbers, PointSet, Values, squared_distances

_FLOAT32_EXTENT = 1e15
"""Features up to here have squared distances far from overflow in single precision."""


class PreparedRows(NamedTuple):
    """Prepared rows, and their squared norms."""

    rows: Tensor
    norms: Tensor


class Space(ABC):
    """How distances are measured: bounded for whole blocks by a product, and exactly for single pairs.

    Attributes:
        dimension: the number of features.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    @abstractmethod
    def block(self, points: PointSet, numbers: Numbers | slice, dtype: torch.dtype) -> PreparedRows:
        """Return the rows of some points, ready for `bounds`."""

    @abstractmethod
    def bounds(self, one: PreparedRows, other: PreparedRows) -> Tensor:
        """Return lower bounds of the squared distances, shape [one, other]; they may be negative."""

    @abstractmethod
    def exact(self, one: PointSet, numbers: Numbers, other: PointSet, other_numbers: Numbers) -> Values:
        """Return the squared distances of pairs of points."""

    def dtype(self, *sets: PointSet) -> torch.dtype:
        """Return the precision to screen in: single, but where its products may overflow."""
        fits = max(points.extent for points in sets) <= _FLOAT32_EXTENT
        return torch.float32 if fits else torch.float64

    def slack(self, dtype: torch.dtype) -> float:
        """Return the share of |x|^2 + |y|^2 between a lower bound and the distance, at least."""
        return 2 * (self.dimension + 8) * torch.finfo(dtype).eps

    def lost(self, dtype: torch.dtype) -> float:
        """Return what underflows, at most, which leaves no trace in the norms."""
        return 4 * self.dimension * float(torch.finfo(dtype).tiny)

    def width(self, dtype: torch.dtype, norms: Values) -> Values:
        """Return how far the upper bound lies above the lower, given |x|^2 + |y|^2."""
        return 2 * (self.slack(dtype) * norms + self.lost(dtype))


class Euclidean(Space):
    """Squared Euclidean distances |x - y|^2 = |x|^2 + |y|^2 - 2 x.y, screened in single precision.

    The product is what costs, and in single precision it costs half; but the sum cancels where two images are close,
    which is where neighbours are. So it only screens: with unit roundoff u, its error is at most
    (2 d + 13) u (|x|^2 + |y|^2), of which d u |x||y| twice by the product, d u by the norms, and 13 u by rounding the
    centred rows, the norms and the sums. Twice that, `slack` times |x|^2 + |y|^2, is taken off: what remains is a lower
    bound, and an upper bound lies two slacks above. Pairs that the bounds do not decide are measured by differences.
    Centring makes the norms small, and so the slack; distances do not notice it.
    """

    def __init__(self, one: PointSet, other: PointSet) -> None:
        super().__init__(one.dimension)
        self.centre: Values = (one.mean + other.mean) / 2
        if max(one.extent, other.extent) <= _FLOAT32_EXTENT:
            # The same centre in both precisions.
            self.centre = self.centre.astype(np.float32).astype(np.float64)

    def block(self, points: PointSet, numbers: Numbers | slice, dtype: torch.dtype) -> PreparedRows:
        """Return the rows of some points less the centre."""
        rows = torch.from_numpy(self._centred(points.rows(numbers), dtype))
        return PreparedRows(rows, torch.linalg.vector_norm(rows, dim=1).square())

    def bounds(self, one: PreparedRows, other: PreparedRows) -> Tensor:
        """Return lower bounds of the squared distances, shape [one, other]; they may be negative."""
        share = 1 - self.slack(one.rows.dtype)
        offsets = other.norms * share - self.lost(one.rows.dtype)
        # The bounds hold for products in single precision, which a caller may have lowered.
        with ieee_float32(), torch.autocast("cpu", enabled=False):
            products = torch.addmm(offsets, one.rows, other.rows.mT, alpha=-2)
        return products.add_((one.norms * share)[:, None])

    def exact(self, one: PointSet, numbers: Numbers, other: PointSet, other_numbers: Numbers) -> Values:
        """Return the squared distances of pairs of points."""
        return squared_distances(one, numbers, other, other_numbers)

    def _centred(self, rows: Coordinates, dtype: torch.dtype) -> Coordinates:
        width = np.float32 if dtype == torch.float32 else np.float64
        if rows.dtype == np.float32 and width is np.float32:
            return rows - self.centre.astype(np.float32)
        return (rows - self.centre).astype(width)
