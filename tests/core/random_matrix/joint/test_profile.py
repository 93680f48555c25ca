"""Profiles: piecewise linear between knots, whatever the number of eigenvalues."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.random_matrix.joint.profile import STEP, profile


@given(st.integers(1, 300))
def test_weights_are_those_of_interpolation(size):
    """Rows are shares that sum to 1, and a straight line stays one."""
    basis = profile(size)
    assert basis.weights.shape == (size, len(basis.knots))
    assert float(basis.weights.min()) >= -1e-12
    assert torch.allclose(basis.weights.sum(1), torch.ones(size, dtype=torch.float64))
    assert torch.allclose(basis.weights @ basis.knots, basis.ranks, atol=1e-9)


@pytest.mark.parametrize("size", [64, 2048])
def test_ends_have_the_knots(size):
    """The first knot's eigenvalues are few and the middle's many, for the logit of the rank is steep at the ends."""
    basis = profile(size)
    touched = (basis.weights > 0).sum(0)
    assert int(touched[0]) <= 2
    assert int(touched.max()) > size // 8
    assert float(basis.knots.diff().max()) <= STEP + 1e-9
    assert torch.allclose(basis.ranks, -basis.ranks.flip(0))
