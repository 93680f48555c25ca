"""The law of Gaussian features: what sampling does to a spectrum at some points."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.spectra import Eigenvalues

_Points = Float64[Tensor, " m"]

_HALF = 0.5
"""Where F/N is below, log(1 - F/N) is taken from F, and above from N - F."""


class GaussianLaw(NamedTuple):
    """The law of Gaussian features at points t.

    Attributes:
        filled: F = sum u, u = l / (l + t), shape [m].
        change: sum u (1 - u), shape [m].
        log_kept: for each sampled side log(1 - F / N), shape [sides, m].
        slope: d log x / d log t, shape [m].
    """

    filled: _Points
    change: _Points
    log_kept: Tensor
    slope: _Points


def gaussian_law(eigenvalues: Eigenvalues, t: _Points, freedoms: Sequence[int]) -> GaussianLaw:
    """Return the law for Gaussian features; `freedoms` are those of the sampled sides."""
    shares = eigenvalues[:, None] / (eigenvalues[:, None] + t)
    filled, left, change = shares.sum(0), (1 - shares).sum(0), (shares * (1 - shares)).sum(0)
    log_kept, slope = torch.zeros(len(freedoms), len(t), dtype=t.dtype), torch.ones_like(t)
    for number, freedom in enumerate(freedoms):
        # N - F has its digits as (N - r) + (r - F) where F is near r, and log1p(-F / N) where F is near 0.
        rest, part = (freedom - len(eigenvalues)) + left, filled / freedom
        log_kept[number] = torch.where(part < _HALF, torch.log1p(-part.clamp(max=_HALF)), torch.log(rest / freedom))
        slope = slope - change / rest
    return GaussianLaw(filled, change, log_kept, slope)
