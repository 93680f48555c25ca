"""The nonzero eigenvalues of covariances and of their product, and how the images share in them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import Factor
from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.gaussian.roots import EPS
from ganmetrics.core.symmetric import symmetric_eigensystem
from ganmetrics.errors import NumericsError

Eigenvalues = Float64[Tensor, " r"]
Vectors = Float64[Tensor, "n r"]
NEGLIGIBLE = 1e-13
"""Eigenvalues of a Gram matrix below this share of the largest are rounding: a few hundred eps."""


class SingularParts(NamedTuple):
    """Nonzero eigenvalues, descending, and the left singular vectors that belong to them.

    Attributes:
        eigenvalues: shape [r].
        vectors: for each side, of its factor: orthonormal columns, shape [rows of the factor, r].
        seen: for each side, of its images, shape [images, r]; None where they are not known.
        along: for each side |F^T v|^2 of each of its vectors v, shape [r]: how much of its trace lies there.
        lost: what all eigenvalues may have together that rounding hides; 0 where none is hidden.
    """

    eigenvalues: Eigenvalues
    vectors: tuple[Vectors, ...]
    seen: tuple[Vectors | None, ...]
    along: tuple[Eigenvalues, ...]
    lost: float


@dataclass(frozen=True, eq=False)
class Part:
    """One side of a distance.

    Attributes:
        factor: F with F^T F = covariance, no higher than wide, shape [m, d].
        freedom: N, the number of images less one; None if the covariance is exact.
        images: centred images over N^(1/2), shape [k, d]: all of them (then it is the factor), or some chosen without
            regard to what they are; None if none are known.
        square: the sum of squares of the covariance's entries, where it is at hand.
    """

    factor: Factor
    freedom: int | None
    images: Tensor | None = None
    square: float | None = None

    @property
    def rank(self) -> int:
        """The largest rank that the sampled covariance can have."""
        most = min(self.factor.shape)
        return most if self.freedom is None else min(most, self.freedom)

    @cached_property
    def trace(self) -> float:
        """The trace of the covariance."""
        return float(self.factor.square().sum())

    @cached_property
    def gram(self) -> Tensor:
        """F F^T, shape [m, m]: for images, their inner products over N."""
        return self.factor @ self.factor.mT

    @cached_property
    def squared(self) -> float:
        """An estimate of tr C^2, at least 0; for Gaussian features its mean is (1 + 1/N - 2/N^2) of it."""
        square = self.square
        if square is None:
            square = float(self.gram.square().sum())
        return square if self.freedom is None else max(square - self.trace**2 / self.freedom, 0.0)

    @property
    def trace_variance(self) -> float:
        """The variance of the trace, for Gaussian features."""
        return 0.0 if self.freedom is None else 2 / self.freedom * self.squared

    @cached_property
    def spectrum(self) -> SingularParts:
        """The eigenvalues of F^T F, and the left singular vectors of F."""
        eigenvalues, vectors, lost = _largest(self.gram, self.rank)
        if self.images is not None and self.images is not self.factor and _is_diagonal(self.gram):
            rows = vectors.argmax(0)
            seen: Tensor | None = self.images @ (self.factor[rows].mT / eigenvalues)
        elif self.images is None or self.images is self.factor:
            seen = None if self.images is None else vectors
        else:
            seen = (self.images @ self.factor.mT) @ (vectors / eigenvalues)
        return SingularParts(eigenvalues, (vectors,), (seen,), (eigenvalues,), lost)


def product_parts(real: Part, fake: Part, known: FactorProduct | None = None) -> SingularParts:
    """Return the eigenvalues of C1 C2, the squares of the singular values of F1 F2^T, and its singular vectors.

    `known` is the product of the sides' factors, where its decomposition serves others, too.
    """
    shared = FactorProduct(real.factor, fake.factor) if known is None else known
    product, most = shared.scaled, min(real.rank, fake.rank)
    ascending, columns = shared.decomposed
    eigenvalues, vectors, lost = _kept(ascending.flip(-1), columns.flip(-1), most)
    if product.shape[0] <= product.shape[1]:
        first, second = vectors, product.mT @ (vectors / eigenvalues.sqrt())
    else:
        first, second = product @ (vectors / eigenvalues.sqrt()), vectors
    eigenvalues, lost = eigenvalues * shared.scale * shared.scale, lost * shared.scale * shared.scale
    if not (eigenvalues.isfinite() & (eigenvalues > 0)).all():
        raise NumericsError(
            "the product of both covariances must be within float64; the features are too large or small"
        )
    pulled = (real.factor.mT @ first, fake.factor.mT @ second)
    seen = (_seen(real, first, pulled[1], eigenvalues), _seen(fake, second, pulled[0], eigenvalues))
    along = (pulled[0].square().sum(0), pulled[1].square().sum(0))
    return SingularParts(eigenvalues, (first, second), seen, along, lost)


def _seen(part: Part, own: Tensor, pulled: Tensor, eigenvalues: Eigenvalues) -> Tensor | None:
    """Return the images' left singular vectors: those of X F2^T, X the images; `pulled` is F2^T V2, shape [d, r]."""
    if part.images is None or part.images is part.factor:
        return None if part.images is None else own
    return part.images @ (pulled / eigenvalues.sqrt())


class _Kept(NamedTuple):
    eigenvalues: Tensor
    vectors: Tensor
    lost: float


def _largest(gram: Tensor, most: int) -> _Kept:
    """Return the nonzero eigenvalues of a Gram matrix, descending, `most` at most, and their vectors."""
    if _is_diagonal(gram):
        # The factor's rows are orthogonal: it was made of eigenvectors, and they need not be found again.
        eigenvalues, order = gram.diagonal().sort(descending=True)
        vectors = torch.eye(len(gram), dtype=gram.dtype)[:, order]
    else:
        eigenvalues, vectors = (found.flip(-1) for found in symmetric_eigensystem(gram))
    return _kept(eigenvalues, vectors, most)


def _kept(eigenvalues: Tensor, vectors: Tensor, most: int) -> _Kept:
    """Return those of descending eigenvalues that are not rounding, `most` at most, and their vectors."""
    least = NEGLIGIBLE * float(eigenvalues[0])
    kept = int((eigenvalues[:most] > least).sum())
    if kept == 0:
        raise NumericsError("both sides need a direction in which they vary; there is none")
    hidden = min(most, len(eigenvalues)) - kept
    return _Kept(eigenvalues[:kept], vectors[:, :kept], hidden * least)


def _is_diagonal(gram: Tensor) -> bool:
    diagonal = gram.diagonal()
    return float((gram - torch.diag(diagonal)).abs().max()) <= len(gram) * EPS * float(diagonal.max())
