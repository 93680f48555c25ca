"""The fit: whole spectra of C1, C2 and C1 C2 to all estimates together, by damped least squares."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.priors import Priors, Weights, priors
from ganmetrics.core.random_matrix.joint.profile import Profile, profile
from ganmetrics.core.symmetric import symmetric_eigensystem

_Values = Float64[Tensor, " k3"]

FLOORS = (0.3, 0.1, 0.03, 0.0)
"""Relative floors on the errors, falling: far from the solution the weights of a precise y would mislead."""
PRECISION = 1e-3
"""The law itself is trusted to this share of y,"""
MODE = 0.03
"""and in every direction to this share of its points' standard deviations: V is estimated, too, and may be no
covariance. In half of the draws of 64 features k^-1 and 32 images some direction has a variance below 0; taken as known
exactly, these spoiled one fit in some hundreds wholly."""
STEPS, TRIES = 40, 12
"""Most steps for each floor, and most dampings for each step; a dozen steps are usual."""
MOST_LOG = 600.0
"""Logarithms beyond overflow."""
LONGEST = 1.5
"""No logarithm of an eigenvalue moves further in one step."""
SETTLED, UNDAMPED = 1e-4, 1e-2
"""It has settled when undamped steps, or nearly, gain no more than this share of the cost."""


class Data(NamedTuple):
    """Where and what the three laws say: of C1, of C2, of C1 C2."""

    x: tuple[Tensor, Tensor, Tensor]
    y: tuple[Tensor, Tensor, Tensor]


class Fit(NamedTuple):
    """A solution.

    Attributes:
        values: logs a1, log a2, log s at the knots.
        jacobian: of all predicted y by the values, shape [m, k3].
        predicted: all y of the fitted spectra, shape [m].
        gain: how the values follow the estimates, shape [k3, m].
        inverse: of the normal matrix, shape [k3, k3].
        basis: knots.
        supposed: rows of the priors that are active, shape [q, k3].
        steps: taken.
        cost: sum of squares.
    """

    values: _Values
    jacobian: Tensor
    predicted: Tensor
    gain: Tensor
    inverse: Tensor
    basis: Profile
    supposed: Tensor
    steps: int
    cost: float

    @property
    def product(self) -> Tensor:
        """The fitted eigenvalues b of C1 C2, shape [p]."""
        one, other, both = self.spectra
        return (one + other + both).exp()

    @property
    def spectra(self) -> tuple[Tensor, Tensor, Tensor]:
        """Log a1, log a2 and log s, shape [p] each."""
        one, other, both = self.values.chunk(3)
        weights = self.basis.weights
        return weights @ one, weights @ other, weights @ both


def fit(size: int, data: Data, covariance: Tensor, starts: Sequence[Tensor], weights: Weights | None) -> Fit:
    """Return the spectra of p = size eigenvalues that agree best with the data and the priors.

    Args:
        size: p.
        data: of the three laws.
        covariance: of all y, shape [m, m].
        starts: sample eigenvalues of S1 and S2, from which the fit sets out.
        weights: of the priors; None for the usual ones.
    """
    basis = profile(size)
    problem = _Problem(basis, data, priors(basis, weights or Weights()))
    values = torch.cat([*(_start(basis, one) for one in starts), torch.zeros(len(basis.knots), dtype=torch.float64)])
    steps = 0
    for floor in FLOORS:
        whitening = _whitening(covariance, (PRECISION + floor) * problem.y.abs(), MODE + floor)
        values, state, taken = _minimise(problem, whitening, values)
        steps += taken
    whitened = whitening @ state.jacobian
    supposed = state.supposed
    normal = whitened.mT @ whitened + supposed.mT @ supposed
    normal.diagonal().mul_(1 + 1e-9)
    inverse = torch.linalg.inv(normal)
    gain = inverse @ whitened.mT @ whitening
    return Fit(values, state.jacobian, state.predicted, gain, inverse, basis, supposed, steps, state.cost)


class _State(NamedTuple):
    residuals: Tensor
    rows: Tensor
    predicted: Tensor
    jacobian: Tensor
    supposed: Tensor
    cost: float


class _Problem:
    def __init__(self, basis: Profile, data: Data, prior: Priors) -> None:
        self.weights, self.data, self.prior = basis.weights, data, prior
        self.y = torch.cat(data.y)

    def at(self, values: _Values, whitening: Tensor) -> _State:
        """Return residuals and their derivatives."""
        predicted, jacobian = self._predicted(values)
        slopes = self.prior.order @ values
        active = self.prior.order * (slopes > 0)[:, None]
        supposed = torch.cat([self.prior.smooth, active])
        residuals = torch.cat([whitening @ (predicted - self.y), supposed @ values])
        rows = torch.cat([whitening @ jacobian, supposed])
        return _State(residuals, rows, predicted, jacobian, supposed, float(residuals @ residuals))

    def _predicted(self, values: _Values) -> tuple[Tensor, Tensor]:
        one, other, both = (self.weights @ part for part in values.chunk(3))
        predicted, jacobians = [], []
        for number, (logs, x) in enumerate(zip((one, other, one + other + both), self.data.x, strict=True)):
            eigenvalues = logs.clamp(-MOST_LOG, MOST_LOG).exp()
            predicted.append(torch.log1p(eigenvalues / x[:, None]).sum(1))
            own = (eigenvalues / (eigenvalues + x[:, None])) @ self.weights
            none = torch.zeros_like(own)
            jacobians.append(torch.cat([[own, none, none], [none, own, none], [own, own, own]][number], dim=1))
        return torch.cat(predicted), torch.cat(jacobians)


def _minimise(problem: _Problem, whitening: Tensor, values: _Values) -> tuple[_Values, _State, int]:
    """Levenberg and Marquardt's method."""
    damping, state, taken = 1e-3, problem.at(values, whitening), 0
    for _ in range(STEPS):
        normal, gradient = state.rows.mT @ state.rows, state.rows.mT @ state.residuals
        better = None
        for _ in range(TRIES):
            damped = normal + torch.diag(damping * (normal.diagonal() + 1e-9))
            step = -torch.linalg.solve(damped, gradient)
            step = step * min(1.0, LONGEST / max(float(step.abs().max()), 1e-300))
            tried = problem.at(values + step, whitening)
            if tried.cost < state.cost:
                better = tried
                break
            damping *= 4
        taken += 1
        if better is None:
            break
        settled = state.cost - better.cost < SETTLED * (1 + state.cost)
        values, state, damping = values + step, better, max(damping / 8, 1e-12)
        if settled and damping < UNDAMPED:
            break
    return values, state, taken


def _whitening(covariance: Tensor, floor: Tensor, mode: float) -> Tensor:
    """Return W with W' W the inverse of the covariance plus floors.

    In units of each point's own standard deviation no direction has a variance below `mode` squared.
    """
    floored = covariance + torch.diag(floor.square() + mode**2 * covariance.diagonal())
    scale = floored.diagonal().clamp(min=1e-300).sqrt()
    variances, directions = symmetric_eigensystem(floored / (scale[:, None] * scale))
    whitening: Tensor = (directions / variances.clamp(min=mode**2).sqrt()).mT / scale
    return whitening


def _start(basis: Profile, eigenvalues: Tensor) -> Tensor:
    """Return the sample's own spectrum, its lower part replaced by the line through its middle."""
    count = min(len(eigenvalues), len(basis.ranks))
    ranks, logs = basis.ranks[:count], eigenvalues[:count].log()
    values = _interpolated(basis.knots, ranks, logs)
    first, last = min(max(2, int(count * 0.15)), count) - 1, min(max(5, int(count * 0.6)), count) - 1
    if last <= first:
        return values
    chosen = torch.stack([ranks[first:last], torch.ones_like(ranks[first:last])], dim=1)
    slope, level = torch.linalg.lstsq(chosen, logs[first:last, None]).solution[:, 0]
    return torch.where(basis.knots > ranks[last], slope * basis.knots + level, values)


def _interpolated(at: Tensor, known: Tensor, values: Tensor) -> Tensor:
    if len(known) == 1:
        return values.expand(len(at)).clone()
    right = torch.searchsorted(known, at).clamp(1, len(known) - 1)
    part = ((at - known[right - 1]) / (known[right] - known[right - 1])).clamp(0, 1)
    return torch.lerp(values[right - 1], values[right], part)
