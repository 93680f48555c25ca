"""What is supposed of spectra where the images say little: that they are smooth and sorted, and how two go together."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.profile import STEP, Profile

_Rows = Float64[Tensor, "q k3"]


class Weights(NamedTuple):
    """Standard deviations that the priors suppose.

    Attributes:
        bend: of a change of slope of log a over half a unit of logit rank.
        drift: of how much log s changes over one unit of logit rank, a random walk; s is by what the product's spectrum
            differs from the product of both spectra.
        determinant: of the mean of log s: det C1 C2 = det C1 det C2.
        order: by how much of slope an increasing spectrum is punished.
    """

    bend: float = 0.3
    drift: float = 0.1
    determinant: float = 0.05
    order: float = 0.1


class Priors(NamedTuple):
    """Rows of a least-squares problem in the values (log a1, log a2, log s) at the knots.

    Attributes:
        smooth: residuals are smooth @ values.
        order: slopes that must not be positive; residuals are their positive part.
    """

    smooth: _Rows
    order: _Rows


def priors(basis: Profile, weights: Weights) -> Priors:
    """Return the priors over the knots of a profile."""
    count = len(basis.knots)
    gaps = basis.knots.diff()
    slopes = torch.zeros(count - 1, count, dtype=torch.float64)
    at = torch.arange(count - 1)
    slopes[at, at], slopes[at, at + 1] = -1 / gaps, 1 / gaps
    bends = slopes.diff(dim=0) * (math.sqrt(0.5 / STEP) / weights.bend)
    drifts = gaps.sqrt()[:, None] * slopes / weights.drift
    level = basis.weights.mean(0)[None] / weights.determinant
    smooth = block_diagonal(bends, bends, torch.cat([drifts, level]))
    order = torch.cat([block_diagonal(slopes, slopes), slopes.repeat(1, 2)])
    order = torch.cat([order, torch.cat([torch.zeros(2 * (count - 1), count, dtype=torch.float64), slopes])], dim=1)
    return Priors(smooth, order / weights.order)


def block_diagonal(*blocks: Tensor) -> Tensor:
    """Return the matrix with these blocks along its diagonal and zeros elsewhere."""
    heights, widths = ([block.shape[axis] for block in blocks] for axis in (0, 1))
    whole = torch.zeros(sum(heights), sum(widths), dtype=blocks[0].dtype)
    top = left = 0
    for block in blocks:
        whole[top : top + block.shape[0], left : left + block.shape[1]] = block
        top, left = top + block.shape[0], left + block.shape[1]
    return whole
