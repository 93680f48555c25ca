"""What sampling does to the trace of a root of a product of two covariances, undone by random matrix theory."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError

_STEP = 0.25
"""Distance of the points in log τ; the error falls as exp(-π² / step), here 1e-17."""
_TAIL = 38.0
"""How far the points reach past the roots of the extreme eigenvalues in log τ: exp(-38) is 3e-17."""
AGREEMENT = 1e-11
"""The relative difference allowed between two rules of half as many points each."""

ProductEigenvalues = Float64[Tensor, " p"]
Points = Float64[Tensor, " m"]


def corrected_trace_sqrt_product(
    eigenvalues: ProductEigenvalues, real_count: int | None, fake_count: int | None
) -> float:
    """Return a consistent estimate of tr (C1 C2)^(1/2) from the nonzero eigenvalues of the sample covariances' product.

    The plain sum of roots of eigenvalues is too small for finite counts, by a share that stays when counts and
    dimension grow together. With degrees of freedom Ni = ni - 1 and

        F(t) = sum_j l_j / (l_j + t),    H(x) = sum_j b_j / (b_j + x),

    l the eigenvalues of S1 S2 and b those of C1 C2, the two limits obey one law, for every t > 0:

        H(x) = F(t)   at   x = t / ((1 - F(t)/N1) (1 - F(t)/N2)).

    It is the fixed-point equation of Marchenko and Pastur (Silverstein's form), once for each side. Since
    sum_j b_j^(1/2) is the integral of H(x) x^(-1/2) / π over x > 0, exchanging x for t gives

        tr (C1 C2)^(1/2)  ~  (2/π) ∫ h(F(τ²)) dτ  over τ > 0,    dh/dF = ((1 - F/N1) (1 - F/N2))^(-1/2),  h(0) = 0.

    This equals the contour integrals of Mestre (2008) and of Tiomoko and Couillet (2019, arXiv 1903.03447), but is
    real, positive, and needs no contour: docs/uncertainty.md has the steps. In log τ the integrand is analytic in a
    strip of half-width π/2 and falls off exponentially, so that equidistant points give all digits.

    Args:
        eigenvalues: the p nonzero eigenvalues of S1 S2 (covariances divided by n - 1), all positive, shape [p].
        real_count: number of images behind S1; None if S1 is exact.
        fake_count: number of images behind S2; None if S2 is exact.

    Returns:
        The estimate, in the eigenvalues' units to the power 1/2; 0 if there are no eigenvalues.

    Raises:
        InputError: if an eigenvalue is not positive and finite.
        NotEnoughSamples: if a count is at most p + 1.
        NumericsError: if two rules for the integral differ by more than 1e-11.

    >>> sample = torch.full((4,), 9.0, dtype=torch.float64)
    >>> corrected_trace_sqrt_product(sample, None, None)
    12.0
    >>> corrected_trace_sqrt_product(sample, 21, 11) > 12
    True
    """
    if len(eigenvalues) == 0:
        return 0.0
    if not (eigenvalues.isfinite() & (eigenvalues > 0)).all():
        raise InputError(f"eigenvalues must be positive and finite; got {float(eigenvalues.min())} for the smallest")
    for name, count in (("real", real_count), ("fake", fake_count)):
        if count is not None and count <= len(eigenvalues) + 1:
            raise NotEnoughSamples(
                f"{len(eigenvalues)} eigenvalues need at least {len(eigenvalues) + 2} {name} images; got {count}"
            )
    largest = float(eigenvalues.max())
    halves = _integrals(eigenvalues / largest, *(0.0 if n is None else 1 / (n - 1) for n in (real_count, fake_count)))
    if abs(halves[0] - halves[1]) > AGREEMENT * halves[1]:
        raise NumericsError(f"the integral must have converged, but two rules give {halves[0]:.12g}, {halves[1]:.12g}")
    return math.sqrt(largest) * (halves[0] + halves[1]) / 2


def log_points(eigenvalues: ProductEigenvalues) -> tuple[Points, float]:
    """Return points τ from below the roots of all eigenvalues to above, and the step between their logarithms.

    Args:
        eigenvalues: positive, at most 1, shape [p].

    >>> tau, step = log_points(torch.tensor([1.0, 0.25], dtype=torch.float64))
    >>> bool(tau[0] < 1e-15), bool(tau[-1] > 1e15), step
    (True, True, 0.125)
    """
    low = math.log(float(eigenvalues.min())) / 2 - _TAIL
    pairs = math.ceil((_TAIL - low) / _STEP)
    return torch.exp(low + _STEP / 2 * torch.arange(2 * pairs, dtype=torch.float64)), _STEP / 2


def _integrals(eigenvalues: ProductEigenvalues, real_share: float, fake_share: float) -> tuple[float, float]:
    """Return (2/π) ∫ h(F(τ²)) dτ by every second point, and by the points between; eigenvalues are at most 1."""
    tau, _ = log_points(eigenvalues)
    squared = tau[:, None].square()
    shrunk = (eigenvalues / (eigenvalues + squared)).sum(dim=1)
    left = (squared / (eigenvalues + squared)).sum(dim=1)
    values = _undone(shrunk, left, len(eigenvalues), real_share, fake_share)
    rules = (2 / math.pi) * _STEP * (values * tau).view(-1, 2).sum(dim=0)
    return float(rules[0]), float(rules[1])


def _undone(shrunk: Points, left: Points, size: int, real_share: float, fake_share: float) -> Points:
    """Return h(F) = -2 / g log((r2 A + r1 B) / (r1 + r2)).

    Here r1 = N1^(-1/2), r2 = N2^(-1/2), g = r1 r2, A = (1 - F/N1)^(1/2) and B = (1 - F/N2)^(1/2). Where F nears p these
    are roots of differences of nearly equal numbers, and where a share is 0 so is g. Hence they are computed from
    p - F, which is known without cancellation, and the logarithm by how far its argument is from 1.
    """
    real_root, fake_root = math.sqrt(real_share), math.sqrt(fake_share)
    if real_root + fake_root == 0:
        return shrunk
    real_part = real_root / (1 + (1 - size * real_share + left * real_share).sqrt())
    fake_part = fake_root / (1 + (1 - size * fake_share + left * fake_share).sqrt())
    weighted = shrunk * (real_part + fake_part) / (real_root + fake_root)
    reduction = real_root * fake_root * weighted
    series = torch.where(reduction > 0, -torch.log1p(-reduction) / reduction, 1.0)
    return 2 * weighted * series
