"""Roots and factors of positive semidefinite matrices, in double precision."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import ArrayLike, Covariance, Factor
from ganmetrics.core.arrays import check_rows, to_double
from ganmetrics.core.symmetric import Eigensystem, symmetric_eigensystem
from ganmetrics.errors import InputError, NumericsError

EPS = torch.finfo(torch.float64).eps
SYMMETRY_TOLERANCE = 1e-8
SMALL = 1e-11
"""Of the largest eigenvalue: from here on an eigenvalue has four digits at least."""

OtherFactor = Float64[Tensor, "q d"]
"""The factor of a second covariance: as wide as the first, of another height."""


def check_symmetric(matrix: ArrayLike, name: str) -> Tensor:
    """Return a finite symmetric matrix as float64 on the CPU, made symmetric to the last bit.

    The average of two mirrored entries removes what rounding left; an asymmetry above 1e-8 of the largest entry is
    a mistake and not rounding, and is refused.

    Raises:
        InputError: if the matrix is not square, not floating point, or not symmetric.
        NumericsError: if an entry is not finite, naming its row.
    """
    check_rows(matrix, name)
    if matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"{name} must be square; got {list(matrix.shape)}")
    double = to_double(matrix).cpu()
    finite = double.isfinite().all(dim=1)
    if not finite.all():
        raise NumericsError(f"{name} must be finite, but row {int((~finite).nonzero()[0, 0])} is not")
    asymmetry = float((double - double.mT).abs().max())
    largest = float(double.abs().max())
    if asymmetry > SYMMETRY_TOLERANCE * largest:
        raise InputError(f"{name} must be symmetric, but mirrored entries differ by {asymmetry:.3g}")
    return double.lerp(double.mT, 0.5)


def psd_sqrt(matrix: ArrayLike) -> Tensor:
    """Return the symmetric positive semidefinite square root, also of a singular matrix.

    With the eigendecomposition M = V L V^T the root is V L^(1/2) V^T. Eigenvalues of at most d * eps * largest, which
    rounding cannot tell from zero, count as zero.

    Args:
        matrix: symmetric positive semidefinite, shape [d, d].

    Returns:
        float64, shape [d, d]; its square is `matrix` within 1e-12 of the largest eigenvalue.

    Raises:
        InputError: if `matrix` is not square, floating point and symmetric.
        NumericsError: if it is not finite or not positive semidefinite, naming the row or the eigenvalue.

    >>> psd_sqrt(torch.tensor([[5.0, 4.0], [4.0, 5.0]])).round(decimals=12)
    tensor([[2., 1.],
            [1., 2.]], dtype=torch.float64)
    """
    eigenvalues, vectors = _psd_eigh(check_symmetric(matrix, "matrix"))
    root = (vectors * eigenvalues.sqrt()) @ vectors.mT
    return root.lerp(root.mT, 0.5)


def psd_factor(covariance: Covariance) -> Factor:
    """Return F with F^T F = covariance, of as many rows as the covariance has rank.

    Features that do not vary are left out first. What remains is factored by Cholesky where it is safely definite,
    for a third of the price of eigenvectors. Its squared pivot over the feature's variance is the share of that
    variance which the features before it do not explain: a ratio free of units, so features of very different
    scale do no harm. Rounding disturbs such a share by up to d * eps over the smallest share before it. Only while all
    shares exceed sqrt(d * eps) is each certainly more than its own error; below, the rank is in doubt, and
    eigenvalues decide it: those of at most d * eps * largest count as zero.

    Raises:
        NumericsError: if an eigenvalue is negative beyond rounding, naming it.

    >>> F = psd_factor(torch.tensor([[4.0, 2.0], [2.0, 1.0]], dtype=torch.float64))
    >>> F.shape, (F.mT @ F).round(decimals=12)
    (torch.Size([1, 2]), tensor([[4., 2.],
            [2., 1.]], dtype=torch.float64))
    """
    return _without_constants(covariance, _cheapest_factor)


def eigen_factor(covariance: Covariance) -> Factor:
    """Return F with F^T F = covariance and orthogonal rows: eigenvectors times the roots of their eigenvalues.

    It costs three times what `psd_factor` does, and saves whoever needs the spectrum, too, to find it again.
    Eigenvalues are off by eps of the largest, so where one is below `SMALL` of it, `psd_factor` is taken, which keeps
    the digits of features of very different scales.

    Raises:
        NumericsError: if an eigenvalue is negative beyond rounding, naming it.

    >>> F = eigen_factor(torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64))
    >>> (F @ F.mT).round(decimals=12).diagonal()
    tensor([1., 3.], dtype=torch.float64)
    """
    if not covariance.any():
        return psd_factor(covariance)
    factor = _without_constants(covariance, _eigenvectors_factor)
    eigenvalues = factor.square().sum(1)
    if float(eigenvalues.min()) <= SMALL * float(eigenvalues.max()):
        return psd_factor(covariance)
    return factor


def _without_constants(covariance: Covariance, factor_of: Callable[[Covariance], Factor]) -> Factor:
    """Return the factor of a covariance, found without the features that do not vary."""
    varies = (covariance != 0).any(dim=0)
    if varies.all():
        return factor_of(covariance)
    varying = factor_of(covariance[varies][:, varies])
    factor = covariance.new_zeros(varying.shape[0], covariance.shape[0])
    factor[:, varies] = varying
    return factor


def _cheapest_factor(covariance: Covariance) -> Factor:
    triangle, failed = torch.linalg.cholesky_ex(covariance, upper=True)
    if not failed:
        unexplained = triangle.diagonal().square() / covariance.diagonal()
        if (unexplained > math.sqrt(len(covariance) * EPS)).all():
            factor: Factor = triangle
            return factor
    del triangle
    return _eigenvectors_factor(covariance)


def _eigenvectors_factor(covariance: Covariance) -> Factor:
    eigenvalues, vectors = _psd_eigh(covariance)
    kept = eigenvalues > 0
    scaled: Tensor = vectors[:, kept] * eigenvalues[kept].sqrt()
    return scaled.mT.contiguous()


def _psd_eigh(matrix: Covariance) -> Eigensystem:
    """Return eigenvalues, those within rounding of zero set to zero, and eigenvectors."""
    eigenvalues, vectors = symmetric_eigensystem(matrix)
    negligible = len(matrix) * EPS * float(eigenvalues.abs().max())
    smallest = float(eigenvalues[0])
    if smallest < -negligible:
        raise NumericsError(f"a positive semidefinite matrix is needed, but its smallest eigenvalue is {smallest:.6g}")
    return Eigensystem(eigenvalues.where(eigenvalues > negligible, 0.0), vectors)


def squared_procrustes(real: Factor, fake: OtherFactor) -> float:
    """Return |F1|^2 + |F2|^2 - 2 |F1 F2^T|_* (Frobenius and nuclear norms) as a sum of squares.

    Let F1 have at least as many rows as F2, else exchange them, and F1 F2^T = U S V^T be the singular value
    decomposition. Q = U V^T has orthonormal columns, so |Q F2| = |F2|, and tr(F1^T Q F2) = tr S: the value is
    |F1 - Q F2|^2, the least over all such Q (Schönemann, 1966). It cannot be negative, and nothing cancels.
    """
    if len(real) < len(fake):
        real, fake = fake, real
    left, _, right = torch.linalg.svd(real @ fake.mT, full_matrices=False)
    return float(torch.addmm(real, left @ right, fake, alpha=-1).square_().sum())
