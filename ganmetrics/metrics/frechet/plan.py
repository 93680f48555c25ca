"""How wide the interval of a corrected distance is by the number of fakes, and how many fakes a width takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganmetrics.errors import NotEnoughSamples, NumericsError
from ganmetrics.metrics.frechet.joint import FEWEST_TO_CORRECT, frechet_estimate
from ganmetrics.metrics.frechet.sample import Sample

FEWEST_TO_PLAN = 4 * FEWEST_TO_CORRECT
"""So many fakes are needed: widths are seen at a quarter, a half and all of them, and their law has two terms."""
HALVINGS = 3
"""Widths are measured at all fakes, at a half, a quarter and an eighth, while that leaves `FEWEST_TO_CORRECT`;"""
DRAWS = 3
"""each by so many draws: the interval's width varies by a few per cent from draw to draw."""
FARTHEST = 64
"""No further than so many times the fakes at hand: beyond, a term that they do not show might lead."""


@dataclass(frozen=True)
class Widths:
    """The half-width of a corrected distance's interval by the number of fakes, with the real side as it is.

    Attributes:
        counts: numbers of fakes at which it was measured, rising.
        measured: half-widths there.
        terms: a and b of the law half-width^2 = a u + b u^2, u = 1/n + 1/m.
        real: m, the number of real images; None if the real side is exact, 1/m = 0.
    """

    counts: tuple[int, ...]
    measured: tuple[float, ...]
    terms: tuple[float, float]
    real: int | None

    def at(self, count: int) -> float:
        """Return the half-width of so many fakes: between measured ones along them, beyond them by the law.

        The law passes through the last measured point.

        >>> widths = Widths((100, 200), (4.0, 2.0), (0.0, 160_000.0), None)
        >>> widths.at(200), widths.at(400), widths.at(100)
        (2.0, 1.0, 4.0)
        """
        last = self.counts[-1]
        if count >= last:
            return self.measured[-1] * math.sqrt(self._law(count) / self._law(last))
        logs = np.interp(math.log(count), np.log(self.counts), np.log(self.measured))
        return float(math.exp(logs))

    def count_for(self, half_width: float) -> int | None:
        """Return the fewest fakes with an interval no wider; None if `FARTHEST` times those at hand are too few.

        No fewer are returned than the fewest that were measured.

        >>> Widths((100, 200), (4.0, 2.0), (0.0, 160_000.0), None).count_for(0.5)
        800
        """
        low, high = self.counts[0], FARTHEST * self.counts[-1]
        if self.at(low) <= half_width:
            return low
        if self.at(high) > half_width * (1 + 1e-12):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at(middle) <= half_width * (1 + 1e-12) else (middle, high)
        return high

    def _law(self, count: int) -> float:
        once, twice = self.terms
        share = _share(count, self.real)
        return once * share + twice * share**2


def measure_widths(real: Sample, fake: Tensor, *, confidence: float = 0.95, seed: int = 0) -> Widths:
    """Return how the interval's half-width follows the number of fakes, from distances of parts of the fakes.

    With u = 1/n + 1/m a corrected distance's variance has a term in u, of sides that differ, and one in u^2, which is
    all there is of sides alike: so it is of the means' part, 4 d' M d + 2 |M|^2 with M = C1/m + C2/n, for sides of like
    covariances. Both are fitted, none negative, to the measured half-widths squared, relative to them.

    Args:
        real: the real side, which stays as it is.
        fake: features of fakes, floating point, shape [n, d].
        confidence: of the intervals, between 0 and 1.
        seed: of the choice of parts.

    Raises:
        InputError: if the shapes do not fit, or the confidence is not between 0 and 1.
        NotEnoughSamples: if there are fewer than 64 fakes, or fewer than 16 real images.
        NumericsError: if a feature is not finite, naming the row, or there is no interval.

    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = (torch.randn(count, 16, generator=draw) for count in (300, 128))
    >>> widths = measure_widths(Sample.of(real), fake)
    >>> widths.counts
    (16, 32, 64, 128)
    """
    total = len(fake)
    if total < FEWEST_TO_PLAN:
        raise NotEnoughSamples(f"a plan needs at least {FEWEST_TO_PLAN} fakes; got {total}")
    counts = [total >> halving for halving in range(HALVINGS, -1, -1) if total >> halving >= FEWEST_TO_CORRECT]
    draw = torch.Generator().manual_seed(seed)
    # All of them first: an error then names the row as the caller counts it.
    squares = [_squared_half_width(real, fake, count, draw, confidence) for count in reversed(counts)][::-1]
    shares = [_share(count, real.count) for count in counts]
    return Widths(tuple(counts), tuple(math.sqrt(one) for one in squares), _terms(shares, squares), real.count)


def _squared_half_width(real: Sample, fake: Tensor, count: int, draw: torch.Generator, confidence: float) -> float:
    squares = []
    whole = count == len(fake)
    for _ in range(1 if whole else DRAWS):
        chosen = fake if whole else fake[torch.randperm(len(fake), generator=draw)[:count]]
        found = frechet_estimate(real, chosen, confidence=confidence)
        if found.low is None or found.high is None:
            refused = NotEnoughSamples if "needs" in found.reason else NumericsError
            raise refused(f"there is no interval to plan with: {found.reason}")
        squares.append(((found.high - found.low) / 2) ** 2)
    return math.fsum(squares) / len(squares)


def _share(count: int, real: int | None) -> float:
    return 1 / count + (0.0 if real is None else 1 / real)


def _terms(shares: Sequence[float], squares: Sequence[float]) -> tuple[float, float]:
    """Return a, b >= 0 with a u + b u^2 closest to the squares, relative to them."""
    share, goal = np.array(shares), np.array(squares)
    rows = np.stack([share, share**2], axis=1) / goal[:, None]
    once, twice = np.linalg.lstsq(rows, np.ones(len(goal)), rcond=None)[0]
    if once < 0 or twice < 0:
        # One alone: the other is at its bound.
        alone = [float(row.sum() / np.square(row).sum()) for row in rows.T]
        off = [float(np.square(row * number - 1).sum()) for row, number in zip(rows.T, alone, strict=True)]
        once, twice = (alone[0], 0.0) if off[0] <= off[1] else (0.0, alone[1])
    return float(once), float(twice)
