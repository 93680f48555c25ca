"""Eigenvalues of symmetric matrices."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.symmetric import symmetric_eigensystem, symmetric_eigenvalues
from ganmetrics.errors import NumericsError


def drawn(size, seed):
    """Return a symmetric matrix."""
    matrix = torch.randn(size, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return matrix + matrix.mT


@given(st.integers(1, 40), st.integers(0, 2**31))
def test_the_matrix_comes_back(size, seed):
    """V L V^T is the matrix, V is orthogonal, and the eigenvalues rise."""
    matrix = drawn(size, seed)
    eigenvalues, vectors = symmetric_eigensystem(matrix)
    assert torch.allclose((vectors * eigenvalues) @ vectors.mT, matrix, atol=1e-12)
    assert torch.allclose(vectors.mT @ vectors, torch.eye(size, dtype=torch.float64), atol=1e-12)
    assert (eigenvalues.diff() >= 0).all()
    assert torch.allclose(symmetric_eigenvalues(matrix), eigenvalues, atol=1e-12)


def test_the_upper_triangle_is_not_read():
    """A Gram matrix of which one half was computed is enough; and the matrix stays as it was."""
    matrix = drawn(8, 0)
    half = matrix.tril()
    assert torch.equal(symmetric_eigenvalues(half), symmetric_eigenvalues(matrix))
    assert torch.equal(symmetric_eigensystem(half).vectors, symmetric_eigensystem(matrix).vectors)
    assert torch.equal(half, matrix.tril())


def test_a_transposed_view_is_read_as_it_is():
    """Columns may lie in memory as rows do."""
    matrix = drawn(8, 1).tril().mT
    assert torch.allclose(symmetric_eigenvalues(matrix), matrix.diagonal().sort().values, atol=1e-12)


@pytest.mark.parametrize("find", [symmetric_eigenvalues, symmetric_eigensystem])
def test_what_is_not_finite_has_no_eigenvalues(find):
    """An error of this library, in one line; never numbers."""
    with pytest.raises(NumericsError, match="of a 3 x 3 matrix cannot be found"):
        find(torch.full((3, 3), float("nan"), dtype=torch.float64))
