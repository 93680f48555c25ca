"""Which pairs of a real and a fake point lie in a ball: by bounds, and measured where these do not decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.bounds import PreparedRows, Space
from ganmetrics.core.neighbours.nearest import Flags
from ganmetrics.core.neighbours.points import Numbers, Values

_STRIP_ROWS = 256
_DOUBTFUL = 1 / 64
"""Above this share of doubtful pairs a second product, in double precision, is cheaper than their differences."""


class Bounded(NamedTuple):
    """Some fake rows against some real columns: the first row and column, what they are, and their lower bounds."""

    row: int
    column: int
    fake: PreparedRows
    real: PreparedRows
    bounds: Tensor

    def strips(self) -> Iterator["Bounded"]:
        """Yield the same in strips of few rows, so that what is made of a strip is small."""
        for start in range(0, len(self.bounds), _STRIP_ROWS):
            lines = slice(start, start + _STRIP_ROWS)
            fake = PreparedRows(self.fake.rows[lines], self.fake.norms[lines])
            yield Bounded(self.row + start, self.column, fake, self.real, self.bounds[lines])

    @property
    def rows(self) -> slice:
        """The numbers of the fake points."""
        return slice(self.row, self.row + self.bounds.shape[0])

    @property
    def columns(self) -> slice:
        """The numbers of the real points."""
        return slice(self.column, self.column + self.bounds.shape[1])


class _Pairs(NamedTuple):
    """Pairs that may lie in a ball.

    Attributes:
        fake: numbers of fake points.
        real: numbers of real points.
        squared: an upper bound of their squared distance, or that distance itself.
        doubtful: whether a boundary lies between the lower and the upper bound.
    """

    fake: Numbers
    real: Numbers
    squared: Values
    doubtful: Flags


@dataclass(frozen=True, eq=False)
class BallCounter:
    """Fills the balls around the points of both sets, block by block.

    Bounds rule out nearly all pairs, and admit most of the others. What they do not decide is measured exactly.

    Attributes:
        space: how distances are measured.
        real: the real points' balls, in which fake points are looked for.
        fake: the fake points' balls, in which real points are looked for.
    """

    space: Space
    real: Balls
    fake: Balls

    def count(self, block: Bounded) -> None:
        """Count the pairs of a block that lie in a ball; for each fake row, blocks come in the order of columns."""
        for strip in block.strips():
            row, column = self._near(strip).nonzero()
            if len(row) == 0:
                continue
            pairs = self._decided(strip, row, column)
            self.real.add(pairs.fake, pairs.real, pairs.squared)
            self.fake.add(pairs.real, pairs.fake, pairs.squared)

    def _near(self, strip: Bounded) -> Flags:
        """Return which pairs their lower bound does not keep out of the largest ball of either point."""
        real_limits = _rounded_up(self.real.boundaries[-1][strip.columns], strip.bounds.dtype)
        fake_limits = _rounded_up(self.fake.boundaries[-1][strip.rows], strip.bounds.dtype)
        near: Flags = (strip.bounds <= real_limits).logical_or_(strip.bounds <= fake_limits[:, None]).numpy()
        return near

    def _decided(self, strip: Bounded, row: Numbers, column: Numbers) -> _Pairs:
        """Return pairs of a strip whose `squared` is on the side of all boundaries on which their distance is."""
        pairs = self._bounded(strip, row, column)
        if strip.bounds.dtype != torch.float64 and pairs.doubtful.sum() > _DOUBTFUL * strip.bounds.numel():
            pairs = self._bounded(self._in_double_precision(strip), row, column)
        fake, real = pairs.fake[pairs.doubtful], pairs.real[pairs.doubtful]
        pairs.squared[pairs.doubtful] = self.space.exact(self.fake.centres, fake, self.real.centres, real)
        return pairs

    def _in_double_precision(self, strip: Bounded) -> Bounded:
        fake = self.space.block(self.fake.centres, strip.rows, torch.float64)
        real = self.space.block(self.real.centres, strip.columns, torch.float64)
        return Bounded(strip.row, strip.column, fake, real, self.space.bounds(fake, real))

    def _bounded(self, strip: Bounded, row: Numbers, column: Numbers) -> _Pairs:
        low = strip.bounds.numpy()[row, column].astype(np.float64)
        norms = strip.fake.norms.double().numpy()[row] + strip.real.norms.double().numpy()[column]
        high = low + self.space.width(strip.bounds.dtype, norms)
        fake, real = row + strip.row, column + strip.column
        doubtful: Flags = np.zeros(len(low), dtype=bool)
        for balls, numbers in ((self.real, real), (self.fake, fake)):
            for boundary in balls.boundaries:
                doubtful |= (low <= boundary[numbers]) & (high >= boundary[numbers])
        return _Pairs(fake, real, high, doubtful)


def _rounded_up(radii: Values, dtype: torch.dtype) -> Tensor:
    """Return radii that are no smaller in a narrower dtype."""
    exact = torch.from_numpy(radii)
    limits = exact.to(dtype)
    return torch.where(limits.double() < exact, limits.nextafter(torch.full_like(limits, torch.inf)), limits)
