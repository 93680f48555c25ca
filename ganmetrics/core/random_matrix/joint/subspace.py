"""The directions that a population varies in, where its images show all of them."""

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.spectra import Part
from ganmetrics.core.symmetric import symmetric_eigensystem

Basis = Float64[Tensor, "d p"]

CONSTANT = 1e-24
"""A feature of so small a share of the largest one's variance is constant but for rounding."""


def known_span(part: Part, freedom: int | None) -> Basis | None:
    """Return the directions that a side's population lives in; None if there may be more than its images show.

    N degrees of freedom show a rank of N at most. A rank below both N and d is the population's own: one more direction
    would have shown. Equal images spoil the argument, so `freedom` counts different ones only. To the trace of the root
    only directions matter in which both sides vary.

    Args:
        part: a side.
        freedom: its degrees of freedom by different images; None if the covariance is exact.
    """
    height, width = part.factor.shape
    if height == width and part.images is not part.factor:
        # A factor of a covariance has as many rows as that has rank.
        return None
    eigenvalues, (vectors,) = part.spectrum.eigenvalues, part.spectrum.vectors
    if len(eigenvalues) >= (width if freedom is None else min(width, freedom)):
        return None
    return part.factor.mT @ (vectors / eigenvalues.sqrt())


def without_constants(real: Part, fake: Part) -> tuple[Part, Part]:
    """Return both sides without the features that vary on neither: they are none of the p features of the fit."""
    variances = torch.stack([part.factor.square().sum(0) for part in (real, fake)])
    varies = (variances > CONSTANT * variances.max(dim=1, keepdim=True).values).any(dim=0)
    if bool(varies.all()):
        return real, fake
    return _of(real, varies), _of(fake, varies)


def _of(part: Part, chosen: Tensor) -> Part:
    factor = part.factor[:, chosen]
    images = None if part.images is None else part.images[:, chosen]
    if len(factor) <= factor.shape[1]:
        return Part(factor, part.freedom, factor if part.images is part.factor else images)
    return in_basis(part, torch.eye(part.factor.shape[1], dtype=torch.float64)[:, chosen])


def in_basis(part: Part, basis: Basis) -> Part:
    """Return the side in the coordinates of a basis."""
    factor, images = part.factor @ basis, None if part.images is None else part.images @ basis
    if part.images is part.factor:
        images = factor
    if len(factor) <= factor.shape[1]:
        return Part(factor, part.freedom, images)
    eigenvalues, vectors = symmetric_eigensystem(factor.mT @ factor)
    return Part((vectors * eigenvalues.clamp(min=0).sqrt()).mT, part.freedom, images)
