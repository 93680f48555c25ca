"""The corrected trace of a root at finite counts: its mean shift and its variance, for Gaussian features."""

import math
from typing import NamedTuple

import torch

from ganmetrics.core.random_matrix.trace import Points, ProductEigenvalues, log_points

_HALF = 0.5
"""Where F / N is below, 1 - F / N is taken from F, and above from p - F."""
COARSER = 2
"""Every second point is enough: either half is a rule of its own with an error of 1e-17."""


class _Law(NamedTuple):
    """The points t of the sample, and where x(t) of the population is."""

    t: Points
    log_ratio: Points
    """log (x / t), without cancellation where x is near t."""
    log_slope: Points
    """log (dx / dt); not a number where x does not grow with t."""
    weights: Points
    """d x^(1/2) for each point."""


def mean_shift(eigenvalues: ProductEigenvalues, real_count: int | None, fake_count: int | None) -> float | None:
    """Return how much too small `corrected_trace_sqrt_product` is on average over Gaussian features.

    The law H(x(t)) = F(t) holds in the limit; for finite counts F is off by a little that does not grow with them. For
    one sampled side, Bai and Silverstein (Annals of Probability 32, 2004, theorem 1.1) give that mean: the sum
    L(t) = sum_j log(1 + l_j / t), whose slope in log t is -F, is too small by log(dx / dt) / 2. A second sampled side
    takes the population of the first for its sample, and L is stationary in it, so that the slopes multiply and the law
    stays the same with x(t) of both. With R = (1/π) ∫ L d(x^(1/2)),

        shift = (1/2π) ∫ log(dx / dt) d(x^(1/2)).

    Args:
        eigenvalues: the p nonzero eigenvalues of S1 S2, as there, shape [p].
        real_count: number of images behind S1, above p + 1; None if S1 is exact.
        fake_count: number of images behind S2, likewise.

    Returns:
        The shift, at least 0, in the eigenvalues' units to the power 1/2; None where x(t) is not increasing: the
        eigenvalues are too alike to be those of samples of so few.

    >>> sample = torch.linspace(1, 4, 50, dtype=torch.float64)
    >>> mean_shift(sample, None, None), mean_shift(sample, 200, 200) > mean_shift(sample, 2000, 2000) > 0
    (0.0, True)
    """
    if len(eigenvalues) == 0:
        return 0.0
    largest = float(eigenvalues.max())
    law = _law(eigenvalues / largest, real_count, fake_count)
    shift = float(law.log_slope @ law.weights) / (2 * math.pi)
    return math.sqrt(largest) * shift if math.isfinite(shift) else None


def root_variance(eigenvalues: ProductEigenvalues, real_count: int | None, fake_count: int | None) -> float | None:
    """Return the variance of `corrected_trace_sqrt_product` over Gaussian features.

    Bai and Silverstein's covariance, integrated twice, is that of the sums L at two points:
    2 log((x1 - x2) / (t1 - t2)). As for `mean_shift` it holds for two sampled sides with x(t) of both. Hence

        variance = (2/π²) ∫∫ log((x1 - x2) / (t1 - t2)) d(x1^(1/2)) d(x2^(1/2)).

    Args and what is returned are those of `mean_shift`, in the eigenvalues' units.

    >>> sample = torch.linspace(1, 4, 50, dtype=torch.float64)
    >>> root_variance(sample, None, None), root_variance(sample, 200, 200) > root_variance(sample, 2000, 2000) > 0
    (0.0, True)
    """
    if len(eigenvalues) == 0:
        return 0.0
    largest = float(eigenvalues.max())
    law = _law(eigenvalues / largest, real_count, fake_count)
    moved = law.t * torch.expm1(law.log_ratio)
    gaps = law.t[:, None] - law.t
    # (x1 - x2) / (t1 - t2) = 1 + the quotient of what is added to each t; on the diagonal it is the slope.
    logarithms = torch.log1p((moved[:, None] - moved) / gaps.fill_diagonal_(1.0))
    logarithms.diagonal().copy_(law.log_slope)
    variance = float(law.weights @ logarithms @ law.weights) * 2 / math.pi**2
    return largest * variance if math.isfinite(variance) else None


def _law(eigenvalues: ProductEigenvalues, real_count: int | None, fake_count: int | None) -> _Law:
    tau, step = log_points(eigenvalues)
    tau, step = tau[::COARSER], COARSER * step
    t = tau.square()
    shrunk = eigenvalues / (eigenvalues + t[:, None])
    filled, left, change = shrunk.sum(dim=1), (1 - shrunk).sum(dim=1), (shrunk * (1 - shrunk)).sum(dim=1)
    log_ratio, slowing = torch.zeros_like(t), torch.zeros_like(t)
    for count in (real_count, fake_count):
        if count is not None:
            # N - F = (N - p) + (p - F) has its digits where F is near p, and log1p(-F / N) where F is near 0.
            rest = (count - 1 - len(eigenvalues)) + left
            small = filled / (count - 1)
            log_ratio -= torch.where(small < _HALF, torch.log1p(-small.clamp(max=_HALF)), torch.log(rest / (count - 1)))
            slowing += change / rest
    root = tau * torch.exp(log_ratio / 2)
    # d log x / d log t = 1 - slowing, and equal steps in log tau are half those in log t.
    return _Law(t, log_ratio, log_ratio + torch.log1p(-slowing), root * (1 - slowing) * step)
