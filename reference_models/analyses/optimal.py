"""The best discriminator against a fixed generator, learnt and in closed form (Goodfellow et al. 2014, section 4.1)."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from reference_models.analyses import pictures
from reference_models.analyses.target import Target
from reference_models.errors import ConfigError

_BATCH = 2048
_WIDTH = 32
_TAIL = 1e-3
"""Probability on either side of where the two are compared: outside of it there is next to nothing to learn from."""


@dataclass(frozen=True)
class NormalDensity:
    """A normal distribution in one dimension."""

    mean: float
    std: float

    def log_density(self, points: Tensor) -> Tensor:
        """Return the logarithm of the density at points [n]."""
        return -((points - self.mean) / self.std).square() / 2 - math.log(self.std) - math.log(2 * math.pi) / 2

    @property
    def entropy(self) -> float:
        """In nats."""
        return math.log(2 * math.pi * math.e) / 2 + math.log(self.std)

    def draw(self, count: int, rng: torch.Generator) -> Tensor:
        """Return numbers [count] from it."""
        return torch.randn(count, generator=rng) * self.std + self.mean


@dataclass(frozen=True, eq=False)
class _Comparison:
    """The learnt discriminator beside the best one.

    Attributes:
        points: where they are compared, [n].
        learnt: probability of being real that training gave, [n].
        closed: p_data / (p_data + p_G), [n].
        max_error: the largest difference.
        value: V(D*, G) = E log D* + E log (1 - D*).
        js: the Jensen-Shannon divergence of the two distributions, in nats.
        learnt_value: V of the learnt discriminator, never above V(D*).
    """

    points: Tensor
    learnt: Tensor
    closed: Tensor
    max_error: float
    value: float
    js: float
    learnt_value: float

    @property
    def identity_gap(self) -> float:
        """|V(D*, G) - (2 JSD - log 4)|: two ways to one number."""
        return abs(self.value - (2 * self.js - math.log(4)))


def compare_discriminator(
    data: NormalDensity, generated: NormalDensity, *, steps: int = 600, seed: int = 0
) -> _Comparison:
    """Train a discriminator on samples of two distributions and compare it with p_data / (p_data + p_G).

    Args:
        data: the real distribution.
        generated: the generator's, which stays as it is.
        steps: of training.
        seed: of weights and samples.

    Raises:
        ConfigError: a standard deviation or the number of steps is not above 0, or no line of points has both
            distributions on it.
    """
    if min(data.std, generated.std) <= 0 or steps < 1:
        raise ConfigError(f"standard deviations and --steps must be above 0; got {data}, {generated} and {steps}")
    network = _train(data, generated, steps=steps, seed=seed)
    reach = 10 * max(data.std, generated.std)
    low, high = min(data.mean, generated.mean) - reach, max(data.mean, generated.mean) + reach
    line = torch.linspace(low, high, 40_001, dtype=torch.float64)
    log_p, log_q = data.log_density(line), generated.log_density(line)
    # V comes from D*, the divergence from entropies, JSD = H((p + q) / 2) - (H(p) + H(q)) / 2: by one way only, they
    # would be equal whatever the numbers. log D* is log p - log (p + q), which never divides by a density of zero.
    log_sum = torch.logaddexp(log_p, log_q)
    value = _integral(log_p.exp() * (log_p - log_sum) + log_q.exp() * (log_q - log_sum), line)
    js = _mixture_entropy(log_sum - math.log(2), line) - (data.entropy + generated.entropy) / 2
    with torch.no_grad():
        logit = network(line.float()[:, None]).flatten().double()
    learnt_value = _integral(
        log_p.exp() * functional.logsigmoid(logit) + log_q.exp() * functional.logsigmoid(-logit), line
    )
    closed = (log_p - log_sum).exp()
    mass = ((log_p.exp() + log_q.exp()) / 2 * (line[1] - line[0])).cumsum(dim=0)
    kept = (mass > _TAIL) & (mass < 1 - _TAIL)
    if not kept.any():
        raise ConfigError(
            f"two distributions of finite means and comparable deviations are needed; got {data}, {generated}"
        )
    error = (logit.sigmoid() - closed)[kept].abs().max()
    return _Comparison(line[kept], logit.sigmoid()[kept], closed[kept], float(error), value, js, learnt_value)


def write_optimal(out: Path, *, real: tuple[float, float], fake: tuple[float, float], steps: int, seed: int) -> str:
    """Compare, draw the two curves, write ``optimal-discriminator.json``, and return the line with the differences.

    Args:
        out: the folder.
        real: mean and deviation.
        fake: mean and deviation.
        steps: of training.
        seed: of the draws and weights.

    Raises:
        ConfigError: as `compare_discriminator`.
        StorageError: it has been done there before.
    """
    target = Target(out, "optimal-discriminator")
    found = compare_discriminator(NormalDensity(*real), NormalDensity(*fake), steps=steps, seed=seed)
    line = (
        f"max |D - D*| = {found.max_error:.4f}; V(D*) = {found.value:.6f}, 2 JSD - log 4 differs by "
        f"{found.identity_gap:.1e}; V(D) = {found.learnt_value:.6f}"
    )
    pictures.draw_curves(
        target.folder / f"{target.name}.png",
        found.points,
        {"learnt": found.learnt, "p_data / (p_data + p_G)": found.closed},
        x_label="x",
        y_label="probability of being real",
        title=f"largest difference {found.max_error:.4f}",
    )
    target.numbers(
        {
            "max_error": found.max_error,
            "value": found.value,
            "jensen_shannon": found.js,
            "identity_gap": found.identity_gap,
            "learnt_value": found.learnt_value,
        }
    )
    return line


def _train(data: NormalDensity, generated: NormalDensity, *, steps: int, seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = nn.Sequential(
            nn.Linear(1, _WIDTH), nn.SiLU(), nn.Linear(_WIDTH, _WIDTH), nn.SiLU(), nn.Linear(_WIDTH, 1)
        )
    rng = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=1e-5)
    for _ in range(steps):
        real, fake = data.draw(_BATCH, rng)[:, None], generated.draw(_BATCH, rng)[:, None]
        loss = functional.softplus(-network(real)).mean() + functional.softplus(network(fake)).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    return network


def _mixture_entropy(log_mixture: Tensor, line: Tensor) -> float:
    return -_integral(log_mixture.exp() * log_mixture, line)


def _integral(heights: Tensor, line: Tensor) -> float:
    return float(torch.trapezoid(heights, line))
