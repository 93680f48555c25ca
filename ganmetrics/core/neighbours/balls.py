"""How many points of one set lie in the balls around those of another, both ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganmetrics.core.neighbours.bounds import Block, Euclidean
from ganmetrics.core.neighbours.nearest import Flags
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values
from ganmetrics.core.neighbours.shells import Shells

_STRIP_ROWS = 256
_DOUBTFUL = 1 / 64
"""Above this share of doubtful pairs a second product, in double precision, is cheaper than their differences."""


class _Strip(NamedTuple):
    """Some fake rows against some real columns: where they start, what they are, and their distances' lower bounds."""

    row: int
    column: int
    fake: Block
    real: Block
    bounds: Tensor


class _Pairs(NamedTuple):
    """Pairs that may lie in a ball, and bounds of their distances; equal where the distance is known."""

    fake: Numbers
    real: Numbers
    low: Values
    high: Values


@dataclass(frozen=True, eq=False)
class Balls:
    """Counts of points in balls, filled block by block.

    Bounds rule out nearly all pairs, and admit most of the others. What they do not decide is measured exactly.

    Attributes:
        space: how distances are measured.
        real: the real points.
        fake: the fake points.
        real_radii: squared radii of the real points' balls, negative for none.
        fake_radii: squared radii of the fake points' balls.
        strict: whether the boundary is left out.
        grown: squared radii that the real and the fake points' balls would grow to; None where that is not asked for.
    """

    space: Euclidean
    real: PointSet
    fake: PointSet
    real_radii: Values
    fake_radii: Values
    strict: bool
    grown: tuple[Values, Values] | None = None

    @cached_property
    def real_balls(self) -> Numbers:
        """How many real images' balls each fake point lies in."""
        return np.zeros(len(self.fake), dtype=np.int64)

    @cached_property
    def fakes_inside(self) -> Numbers:
        """How many fake images lie in each real point's ball."""
        return np.zeros(len(self.real), dtype=np.int64)

    @cached_property
    def fake_balls(self) -> Numbers:
        """How many fake images' balls each real point lies in."""
        return np.zeros(len(self.real), dtype=np.int64)

    @cached_property
    def around_fake(self) -> Shells:
        """Which real balls each fake point is in alone, or would be in."""
        return Shells(len(self.fake))

    @cached_property
    def around_real(self) -> Shells:
        """Which fake balls each real point is in alone, or would be in."""
        return Shells(len(self.real))

    @cached_property
    def fakes_beside(self) -> Numbers:
        """How many fake images would come into each real point's ball if it grew."""
        return np.zeros(len(self.real), dtype=np.int64)

    @cached_property
    def guests(self) -> Numbers:
        """Sum of the numbers of the fake points in each real point's ball: the number of the one where it is one."""
        return np.zeros(len(self.real), dtype=np.int64)

    def count(self, rows: slice, columns: slice, fake_block: Block, real_block: Block, bounds: Tensor) -> None:
        """Count the pairs of a block of fake rows and real columns that lie in a ball."""
        for pairs in self._candidates(rows, columns, fake_block, real_block, bounds):
            in_real = self._inside(pairs.high, self.real_radii[pairs.real])
            in_fake = self._inside(pairs.high, self.fake_radii[pairs.fake])
            for sums, at, chosen, weights in (
                (self.real_balls, pairs.fake, in_real, self.real.count[pairs.real]),
                (self.fakes_inside, pairs.real, in_real, self.fake.count[pairs.fake]),
                (self.fake_balls, pairs.real, in_fake, self.fake.count[pairs.fake]),
            ):
                np.add.at(sums, at[chosen], weights[chosen])
            if self.grown is not None:
                self._note(pairs, in_real, in_fake, *self.grown)

    def _note(self, pairs: _Pairs, in_real: Flags, in_fake: Flags, real_grown: Values, fake_grown: Values) -> None:
        """Remember in which ball a point lies alone, and in which it would lie if the ball grew."""
        in_grown_real = self._inside(pairs.high, real_grown[pairs.real]) & ~in_real
        in_grown_fake = self._inside(pairs.high, fake_grown[pairs.fake]) & ~in_fake
        np.add.at(self.guests, pairs.real[in_real], pairs.fake[in_real])
        np.add.at(self.fakes_beside, pairs.real[in_grown_real], self.fake.count[pairs.fake[in_grown_real]])
        self.around_fake.note(pairs.fake, pairs.real, in_real, in_grown_real, self.real_balls)
        self.around_real.note(pairs.real, pairs.fake, in_fake, in_grown_fake, self.fake_balls)

    @property
    def _outer(self) -> tuple[Values, Values]:
        """The squared radii within which a pair is looked at."""
        return (self.real_radii, self.fake_radii) if self.grown is None else self.grown

    def _inside(self, squared: Values, radii: Values) -> Flags:
        return squared < radii if self.strict else squared <= radii

    def _candidates(
        self, rows: slice, columns: slice, fake_block: Block, real_block: Block, bounds: Tensor
    ) -> Iterator[_Pairs]:
        real_outer, fake_outer = self._outer
        real_limits = _rounded_up(real_outer[columns], bounds.dtype)
        fake_limits = _rounded_up(fake_outer[rows], bounds.dtype)
        near = (bounds <= real_limits).logical_or_(bounds <= fake_limits[:, None]).numpy()
        for start in range(0, len(near), _STRIP_ROWS):
            lines = slice(start, start + _STRIP_ROWS)
            row, column = near[lines].nonzero()
            if len(row) == 0:
                continue
            part = Block(fake_block.rows[lines], fake_block.norms[lines])
            strip = _Strip(rows.start + start, columns.start, part, real_block, bounds[lines])
            pairs, doubtful = self._bounded(strip, row, column)
            if bounds.dtype != torch.float64 and doubtful.sum() > _DOUBTFUL * near[lines].size:
                pairs, doubtful = self._bounded(self._finer(strip, len(near[lines]), columns), row, column)
            pairs.high[doubtful] = self.space.exact(self.fake, pairs.fake[doubtful], self.real, pairs.real[doubtful])
            yield pairs

    def _finer(self, strip: _Strip, rows: int, columns: slice) -> _Strip:
        fake = self.space.block(self.fake, slice(strip.row, strip.row + rows), torch.float64)
        real = self.space.block(self.real, columns, torch.float64)
        return _Strip(strip.row, strip.column, fake, real, self.space.bounds(fake, real))

    def _bounded(self, strip: _Strip, row: Numbers, column: Numbers) -> tuple[_Pairs, Flags]:
        """Return pairs with their bounds, and which of them these do not decide."""
        low = strip.bounds.numpy()[row, column].astype(np.float64)
        norms = strip.fake.norms.double().numpy()[row] + strip.real.norms.double().numpy()[column]
        high = low + self.space.width(strip.bounds.dtype, norms)
        pairs = _Pairs(row + strip.row, column + strip.column, low, high)
        doubtful: Flags = np.zeros(len(low), dtype=bool)
        limits = [self.real_radii[pairs.real], self.fake_radii[pairs.fake]]
        if self.grown is not None:
            limits += [self.grown[0][pairs.real], self.grown[1][pairs.fake]]
        for radii in limits:
            doubtful |= (low <= radii) & (high >= radii)
        return pairs, doubtful


def _rounded_up(radii: Values, dtype: torch.dtype) -> Tensor:
    """Return radii that are no smaller in a narrower dtype; those of empty balls stay below every distance."""
    limits = torch.from_numpy(radii).to(dtype)
    limits = torch.where(
        limits.double() < torch.from_numpy(radii), limits.nextafter(torch.full_like(limits, torch.inf)), limits
    )
    return torch.where(limits < 0, -torch.inf, limits)
