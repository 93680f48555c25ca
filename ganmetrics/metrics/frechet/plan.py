"""How wide the interval of a corrected distance is by the number of fakes, and how many fakes a width takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch

from ganmetrics._types import Features
from ganmetrics.errors import NotEnoughSamples, NumericsError
from ganmetrics.metrics.frechet.joint import FEWEST, frechet_estimate
from ganmetrics.metrics.frechet.sample import Sample

LEAST = 4 * FEWEST
"""So many fakes are needed: widths are seen at a quarter, a half and all of them, and the law of widths has three
terms."""
HALVINGS = 3
"""Widths are measured at all fakes, at a half, a quarter and an eighth, while that leaves `FEWEST`;"""
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
        terms: fixed, a, b of the law: half-width^2 = fixed + a / n + b / n^2. `fixed` is what the real side leaves.
    """

    counts: tuple[int, ...]
    measured: tuple[float, ...]
    terms: tuple[float, float, float]

    def at(self, count: int) -> float:
        """Return the half-width of so many fakes: between measured ones along them, beyond them by the law.

        The law passes through the last measured point.

        >>> widths = Widths((100, 200), (4.0, 2.0), (0.0, 0.0, 160_000.0))
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

        >>> Widths((100, 200), (4.0, 2.0), (0.0, 0.0, 160_000.0)).count_for(0.5)
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
        fixed, once, twice = self.terms
        return fixed + once / count + twice / count**2


def measure_widths(real: Sample, fake: Features, *, confidence: float = 0.95, seed: int = 0) -> Widths:
    """Return how the interval's half-width follows the number of fakes, from distances of parts of the fakes.

    A corrected distance's variance has terms in 1/n, of sides that differ, and in 1/n^2, which is all there is of
    sides alike; and what the sampling of the real side leaves. All three are fitted, none negative, to the measured
    half-widths squared, relative to them.

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
    if total < LEAST:
        raise NotEnoughSamples(f"a plan needs at least {LEAST} fakes, got {total}")
    counts = [total >> halving for halving in range(HALVINGS, -1, -1) if total >> halving >= FEWEST]
    draw = torch.Generator().manual_seed(seed)
    # All of them first: an error then names the row as the caller counts it.
    squares = [_squared_half_width(real, fake, count, draw, confidence) for count in reversed(counts)][::-1]
    return Widths(tuple(counts), tuple(math.sqrt(one) for one in squares), _terms(counts, squares))


def _squared_half_width(real: Sample, fake: Features, count: int, draw: torch.Generator, confidence: float) -> float:
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


def _terms(counts: Sequence[int], squares: Sequence[float]) -> tuple[float, float, float]:
    """Return fixed, a, b >= 0 with fixed + a / n + b / n^2 closest to the squares, relative to them."""
    number, goal = np.array(counts, dtype=float), np.array(squares)
    last = number[-1]
    rows = np.stack([np.ones_like(number), last / number, (last / number) ** 2], axis=1) / goal[:, None]
    fixed, once, twice = _not_negative(rows)
    return float(fixed), float(once * last), float(twice * last**2)


def _not_negative(rows: np.ndarray) -> np.ndarray:
    """Return the c >= 0 with rows @ c closest to 1: of few columns the best of all choices that are not 0."""
    best, least = np.zeros(rows.shape[1]), math.inf
    for size in range(1, rows.shape[1] + 1):
        for chosen in combinations(range(rows.shape[1]), size):
            found = np.linalg.lstsq(rows[:, chosen], np.ones(len(rows)), rcond=None)[0]
            off = float(np.square(rows[:, chosen] @ found - 1).sum())
            if (found >= 0).all() and off < least:
                best, least = np.zeros(rows.shape[1]), off
                best[list(chosen)] = found
    return best
