"""What a sample's eigenvalues say of the population's: the law, its points, and its bias at finite counts."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.gaussian import GaussianLaw, gaussian_law
from ganmetrics.core.random_matrix.joint.leverages import Leverages, leverages
from ganmetrics.core.random_matrix.joint.spectra import Eigenvalues, Part, SingularParts

_Points = Float64[Tensor, " m"]

DENSE_STEP, DENSE_BELOW, DENSE_ABOVE = 0.25, 26.0, 7.0
"""Points of the integral in log t^(1/2): their distance (the rule errs by exp(-pi^2 / step), below rounding), how far
they begin below the least root (exp(-26) is 5e-12 of it), and how far they end above the largest."""
_POINTS = 28
"""Equidistant in log x: more change the result by less than a tenth of its standard deviation."""
_REACH = 30.0
"""The points end at so many times the largest eigenvalue, where y is nearly the trace over x."""
_GRID = 600
"""Points t from which the map t -> x is inverted by linear interpolation;"""
_FEWEST = 2 * _POINTS
"""so many are left, or the edge is taken where it is."""
_LEAST = 2e-3
"""Share of the trace of the root below which an eigenvalue's own root adds nothing: points below are left out."""
_LOST = 0.1
"""By so much, and no more, eigenvalues that rounding hides may move y: each image takes its part of N log(1 - F/N) from
N - F, which is about 1 where images are as many as features, and a hidden eigenvalue is missing in it."""
LEAST_SLOPE = 1e-6
"""The logarithm of the slope is taken of no less: only points that the edge rule then drops have one below."""
_FULL = 0.8
"""From this rank over N_min the edge of the spectrum counts, where x(t) turns."""
FLAT = 0.05
"""Least slope d log x / d log t that is used below that rank;"""
EDGE, EDGE_LEAST, EDGE_MOST = 3.0, 0.12, 0.5
"""and above it: 3 N_min^(-1/3), thrice the width on which eigenvalues at the edge fluctuate, within these bounds. With
1.2 the points nearest to 0 spoil what is known of as many images as features: of a flat spectrum (k^-0.5) the standard
deviation is then half as large again, and intervals cover 82 %."""


class Law(NamedTuple):
    """Estimates y of log det(1 + population / x).

    Attributes:
        t: points of the sample, ascending, shape [m].
        x: where they lie for the population, shape [m].
        y: the estimates, shape [m].
        shares: u = l / (l + t), shape [r, m].
        gaussian: the law of Gaussian features at t.
        freedoms: N of each side; None for an exact one.
        leverages: of each side; None where images are not known, or the side is exact.
    """

    t: _Points
    x: _Points
    y: _Points
    shares: Tensor
    gaussian: GaussianLaw
    freedoms: tuple[int | None, ...]
    leverages: tuple[Leverages | None, ...]

    def kept(self, number: int) -> _Points:
        """Return 1 - F/N of a sampled side; exact sides before it have no row."""
        row = sum(freedom is not None for freedom in self.freedoms[:number])
        return self.gaussian.log_kept[row].exp()


def law(spectrum: SingularParts, parts: Sequence[Part]) -> Law:
    """Return the law of one covariance (one part) or of a product (two), with each image's leverage where known.

    For the nonzero eigenvalues l of S1, of S2 or of S1 S2, and the sides i that are sampled,

        log x = log t - sum_i log(1 - F/N_i),    y = sum_j log(1 + l_j/t) + sum_i N_i (log(1 - F/N_i) + F/N_i),

    because dy / d log x = -F is the law of Marchenko and Pastur in Silverstein's form, once for each side. Where the
    images' leverages are known, the logarithms are those of `leverages`. To y the mean that finite counts leave is
    added: log(dx/dt) / 2 (Bai and Silverstein, Annals of Probability 32, 2004, theorem 1.1).
    """
    eigenvalues = spectrum.eigenvalues
    freedoms = [part.freedom for part in parts if part.freedom is not None]
    grid = _candidates(eigenvalues, freedoms, spectrum.lost)
    while True:
        t = _spaced(grid, eigenvalues)
        found = _at(t, spectrum, parts, freedoms)
        # Leverages move the edge: what lies below it goes, and the points are dealt again.
        below = (found.slope <= 0.9 * _least_slope(eigenvalues, freedoms)).nonzero()
        if len(below) == 0 or len(grid.t) < _FEWEST:
            return found.law
        cut = float(found.log_x_gaussian[min(int(below[-1]) + 1, _POINTS - 2)])
        keep = grid.log_x > cut
        if keep.all() or int(keep.sum()) < _FEWEST:
            return found.law
        grid = _Grid(grid.t[keep], grid.log_x[keep])


def dense_law(spectrum: SingularParts, parts: Sequence[Part]) -> tuple[Law, Tensor]:
    """Return the law of more images than features, and weights w with w @ y = (1/pi) integral of y d x^(1/2).

    In log tau, tau = t^(1/2), the integrand is analytic in a strip of half-width pi/2 and falls off exponentially,
    so that equidistant points give all digits (docs/uncertainty.md). Above the last one it falls by e^-step from
    point to point, and the geometric series stands for them.
    """
    low, high = (0.5 * math.log(float(value)) for value in spectrum.eigenvalues[[-1, 0]])
    log_tau = torch.arange(low - DENSE_BELOW, high + DENSE_ABOVE, DENSE_STEP, dtype=torch.float64)
    found = _at((2 * log_tau).exp(), spectrum, parts, [part.freedom for part in parts if part.freedom is not None])
    weights = found.law.x.sqrt() * found.slope * (DENSE_STEP / math.pi)
    weights[-1] *= 1 + 1 / math.expm1(DENSE_STEP)
    return found.law, weights


class _Grid(NamedTuple):
    t: _Points
    log_x: _Points


class _Found(NamedTuple):
    law: Law
    slope: _Points
    log_x_gaussian: _Points


def _least_slope(eigenvalues: Eigenvalues, freedoms: Sequence[int]) -> float:
    if not freedoms or len(eigenvalues) < _FULL * min(freedoms):
        return FLAT
    least: float = EDGE * min(freedoms) ** (-1 / 3)
    return min(max(least, EDGE_LEAST), EDGE_MOST)


def _candidates(eigenvalues: Eigenvalues, freedoms: Sequence[int], lost: float) -> _Grid:
    """Return points t and log x from the edge upward, and from where hidden eigenvalues do no harm."""
    low, high = math.log(float(eigenvalues[-1])) - 7, math.log(float(eigenvalues[0]) * _REACH * 1.5)
    t = torch.linspace(low, high, _GRID, dtype=torch.float64).exp()
    bulk = gaussian_law(eigenvalues, t, freedoms)
    log_x = t.log() - bulk.log_kept.sum(0)
    unusable = bulk.slope <= _least_slope(eigenvalues, freedoms)
    for number in range(len(freedoms)):
        # lost / t is missing in F; exp(log_kept) is (N - F) / N.
        unusable |= lost / t > _LOST * bulk.log_kept[number].exp()
    flat = unusable.nonzero()
    start = int(flat[-1]) + 1 if len(flat) else 0
    least = 2 * math.log(_LEAST * math.pi / 2 * float(eigenvalues.sqrt().mean()))
    start = max(start, start + int(torch.searchsorted(log_x[start:], least)))
    # Two points are left to interpolate between.
    start = min(start, _GRID - 2)
    return _Grid(t[start:], log_x[start:])


def _spaced(grid: _Grid, eigenvalues: Eigenvalues) -> _Points:
    """Return the points t whose log x are equidistant."""
    last = max(math.log(float(eigenvalues[0]) * _REACH), float(grid.log_x[0]) + 1.0)
    goal = torch.linspace(float(grid.log_x[0]), last, _POINTS, dtype=torch.float64)
    right = torch.searchsorted(grid.log_x, goal).clamp(1, len(grid.t) - 1)
    left, log_t = right - 1, grid.t.log()
    part = ((goal - grid.log_x[left]) / (grid.log_x[right] - grid.log_x[left])).clamp(0, None)
    return torch.lerp(log_t[left], log_t[right], part).exp()


def _at(t: _Points, spectrum: SingularParts, parts: Sequence[Part], freedoms: Sequence[int]) -> _Found:
    eigenvalues = spectrum.eigenvalues
    bulk = gaussian_law(eigenvalues, t, freedoms)
    shares = eigenvalues[:, None] / (eigenvalues[:, None] + t)
    y, log_x, log_t = torch.log1p(eigenvalues[:, None] / t).sum(0), t.log(), t.log()
    extra, found, number = torch.zeros_like(t), list[Leverages | None](), 0
    for part, seen in zip(parts, spectrum.seen, strict=True):
        if part.freedom is None:
            found.append(None)
            continue
        log_kept, filled = bulk.log_kept[number], bulk.filled / part.freedom
        number += 1
        one = None if seen is None else leverages(seen, eigenvalues, shares, part.freedom, bulk)
        found.append(one)
        log_x, y = log_x - log_kept, y + part.freedom * ((log_kept if one is None else one.log_kept) + filled)
        if one is not None:
            extra = extra + one.log_widening + log_kept
    gradient = torch.gradient(extra, spacing=(log_t,))[0] if len(t) > 1 else torch.zeros_like(t)
    slope = bulk.slope + gradient
    log_gaussian, log_x = log_x, log_x + extra
    # Kept apart from log t, which is large where the ratio's logarithm vanishes.
    log_ratio = extra - bulk.log_kept.sum(0)
    shifted = y + 0.5 * (log_ratio + slope.clamp(min=LEAST_SLOPE).log())
    freedoms_of = tuple(part.freedom for part in parts)
    made = Law(t, log_x.exp(), shifted, shares, bulk, freedoms_of, tuple(found))
    return _Found(made, slope, log_gaussian)
