"""The product of two factors and its singular values."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.product import FactorProduct


@given(
    st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000), st.sampled_from([1e-6, 1.0, 1e6])
)
def test_both_ways_give_the_singular_values(height, other, dimension, seed, size):
    """Of the product at its own scale, in either orientation."""
    draw = torch.Generator().manual_seed(seed)
    real, fake = (size * torch.randn(rows, dimension, generator=draw, dtype=torch.float64) for rows in (height, other))
    product = FactorProduct(real, fake)
    exact = torch.linalg.svdvals(real @ fake.mT)
    assert torch.allclose(product.scale * product.singular_values, exact, rtol=0, atol=1e-13 * float(exact[0]))
    squares = product.scale**2 * product.eigenvalues.flip(0)
    assert torch.allclose(squares, exact.square(), rtol=0, atol=1e-13 * float(exact[0]) ** 2)


def test_each_way_is_gone_once(monkeypatch):
    """They are what the distance costs."""
    calls = []
    for name in ("eigvalsh", "svdvals"):
        real = getattr(torch.linalg, name)
        monkeypatch.setattr(torch.linalg, name, lambda m, name=name, real=real: calls.append(name) or real(m))
    product = FactorProduct(torch.eye(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64))
    for _ in range(2):
        assert product.eigenvalues.tolist() == product.singular_values.tolist() == [1.0, 1.0, 1.0]
    assert calls == ["eigvalsh", "svdvals"]


def test_no_square_overflows():
    """Entries near the end of the range are scaled first."""
    large = 1e120 * torch.eye(2, dtype=torch.float64)
    product = FactorProduct(large, large)
    assert product.scale == pytest.approx(1e240)
    assert product.eigenvalues.tolist() == [1.0, 1.0]
