"""The nonzero eigenvalues of covariances and of their product, and how the images share in them."""

from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import Factor

Eigenvalues = Float64[Tensor, " r"]
Vectors = Float64[Tensor, "n r"]
NEGLIGIBLE = 1e-13
"""Eigenvalues of a Gram matrix below this share of the largest are rounding: a few hundred eps."""


class Part(NamedTuple):
    """One side of a distance.

    Attributes:
        factor: F with F^T F = covariance, shape [m, d].
        freedom: N, the number of images less one; None if the covariance is exact.
        images: whether the rows of the factor are the centred images over N^(1/2), so that each has a leverage.
    """

    factor: Factor
    freedom: int | None
    images: bool


class Spectrum(NamedTuple):
    """Nonzero eigenvalues, descending, and for each side the left singular vectors that belong to them.

    Attributes:
        eigenvalues: shape [r].
        vectors: for each side of the covariance or product, orthonormal, shape [rows of its factor, r].
    """

    eigenvalues: Eigenvalues
    vectors: tuple[Vectors, ...]


def side_spectrum(part: Part) -> Spectrum:
    """Return the eigenvalues of F^T F, and the left singular vectors of F."""
    factor = part.factor
    rows, width = factor.shape
    most = _most(part, width)
    if rows <= width:
        eigenvalues, vectors = _largest(factor @ factor.mT, most)
        return Spectrum(eigenvalues, (vectors,))
    eigenvalues, right = _largest(factor.mT @ factor, most)
    return Spectrum(eigenvalues, (factor @ (right / eigenvalues.sqrt()),))


def product_spectrum(real: Part, fake: Part) -> Spectrum:
    """Return the eigenvalues of C1 C2, the squares of the singular values of F1 F2^T, and its singular vectors."""
    width = real.factor.shape[1]
    (left, one), (right, other) = _reduced(real.factor), _reduced(fake.factor)
    product = one @ other.mT
    most = min(_most(real, width), _most(fake, width))
    if product.shape[0] <= product.shape[1]:
        eigenvalues, first = _largest(product @ product.mT, most)
        second = product.mT @ (first / eigenvalues.sqrt())
    else:
        eigenvalues, second = _largest(product.mT @ product, most)
        first = product @ (second / eigenvalues.sqrt())
    return Spectrum(
        eigenvalues, (first if left is None else left @ first, second if right is None else right @ second)
    )


def _most(part: Part, width: int) -> int:
    """Return the largest rank that the sampled covariance can have."""
    most = min(len(part.factor), width)
    return most if part.freedom is None else min(most, part.freedom)


def _reduced(factor: Factor) -> tuple[Tensor | None, Tensor]:
    """Return Q with orthonormal columns and R, factor = Q R; without Q where the factor is no higher than wide."""
    if len(factor) <= factor.shape[1]:
        return None, factor
    eigenvalues, right = _largest(factor.mT @ factor, factor.shape[1])
    roots = eigenvalues.sqrt()
    return factor @ (right / roots), (right * roots).mT


def _largest(gram: Tensor, most: int) -> tuple[Tensor, Tensor]:
    eigenvalues, vectors = torch.linalg.eigh(gram)
    eigenvalues, vectors = eigenvalues.flip(0)[:most], vectors.flip(1)[:, :most]
    kept = int((eigenvalues > NEGLIGIBLE * eigenvalues[0]).sum()) if len(eigenvalues) else 0
    return eigenvalues[:kept], vectors[:, :kept]
