"""Spectra of p eigenvalues by a few numbers: piecewise linear in the logit of the rank."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

STEP = 0.5
"""Distance of the knots in the logit of the rank; half of it changes nothing but the time."""


class Profile(NamedTuple):
    """How p logarithms of eigenvalues hang on the values at the knots.

    Attributes:
        knots: logits of rank, ascending, shape [k].
        weights: log eigenvalues = weights @ values, shape [p, k].
        ranks: logit of each rank, shape [p].
    """

    knots: Float64[Tensor, " k"]
    weights: Float64[Tensor, "p k"]
    ranks: Float64[Tensor, " p"]


def profile(size: int) -> Profile:
    """Return the knots for p eigenvalues, at u(j) = log((j - 1/2)/(p - j + 1/2)).

    Largest and smallest eigenvalues get a knot for a few of them, those between one for many: spectra bend at their
    ends.

    >>> profile(100).weights.sum(dim=1).unique()
    tensor([1.], dtype=torch.float64)
    """
    number = torch.arange(1, size + 1, dtype=torch.float64)
    ranks = torch.log((number - 0.5) / (size - number + 0.5))
    pieces = max(math.ceil(float(ranks[-1] - ranks[0]) / STEP), 1)
    last = max(float(ranks[-1]), float(ranks[0]) + STEP)
    knots = torch.linspace(float(ranks[0]), last, pieces + 1, dtype=torch.float64)
    left = (torch.searchsorted(knots, ranks, right=True) - 1).clamp(0, pieces - 1)
    part = (ranks - knots[left]) / (knots[left + 1] - knots[left])
    weights = torch.zeros(size, pieces + 1, dtype=torch.float64)
    at = torch.arange(size)
    weights[at, left] = 1 - part
    weights[at, left + 1] += part
    return Profile(knots, weights, ranks)
