"""Eigenvalues of symmetric matrices, by numpy's LAPACK.

Torch's wheels for x86 bring MKL, which on a processor that is not Intel's measures the clock before its first
tridiagonalisation by threads: it spins until up to a second has passed. The first 2048 x 2048 matrix of a process
took 0.7 to 1.3 s on two cores of an AMD EPYC, every later one 0.32 s; numpy's OpenBLAS takes 0.33 s from the first on,
and 0.9 s in place of 1.0 with the vectors.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.errors import NumericsError

_Symmetric = Float64[Tensor, "n n"]


class Eigensystem(NamedTuple):
    """Eigenvalues, ascending, and their vectors as columns."""

    eigenvalues: Float64[Tensor, " n"]
    vectors: Float64[Tensor, "n n"]


def symmetric_eigenvalues(matrix: _Symmetric) -> Float64[Tensor, " n"]:
    """Return the eigenvalues of a symmetric matrix, ascending; only its lower triangle is read.

    Raises:
        NumericsError: they do not converge, as where an entry is not finite.

    >>> symmetric_eigenvalues(torch.tensor([[2.0, 9.0], [1.0, 2.0]], dtype=torch.float64)).tolist()
    [1.0, 3.0]
    """
    try:
        return torch.from_numpy(np.linalg.eigvalsh(matrix.numpy()))
    except np.linalg.LinAlgError as error:
        raise _refusal(matrix, error) from None


def symmetric_eigensystem(matrix: _Symmetric) -> Eigensystem:
    """Return the eigenvalues with their vectors; only the lower triangle is read.

    Raises:
        NumericsError: they do not converge, as where an entry is not finite.

    >>> eigenvalues, vectors = symmetric_eigensystem(torch.diag(torch.tensor([3.0, 1.0], dtype=torch.float64)))
    >>> eigenvalues.tolist(), vectors.abs().tolist()
    ([1.0, 3.0], [[0.0, 1.0], [1.0, 0.0]])
    """
    try:
        eigenvalues, vectors = np.linalg.eigh(matrix.numpy())
    except np.linalg.LinAlgError as error:
        raise _refusal(matrix, error) from None
    return Eigensystem(torch.from_numpy(eigenvalues), torch.from_numpy(vectors))


def _refusal(matrix: Tensor, error: Exception) -> NumericsError:
    return NumericsError(f"the eigenvalues of a {len(matrix)} x {len(matrix)} matrix cannot be found: {error}")
