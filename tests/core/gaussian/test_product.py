"""The product of two factors, its singular values, and bounds on their sum."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.product import FactorProduct, gram_nuclear_norm, nuclear_norm
from tests.strategies import rotation


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
    for library, name in ((np.linalg, "eigvalsh"), (torch.linalg, "svdvals")):
        real = getattr(library, name)
        monkeypatch.setattr(library, name, lambda m, name=name, real=real: calls.append(name) or real(m))
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


def product_of(singular):
    """Return a product with these singular values: one factor has them all, the other is a rotation."""
    return FactorProduct(torch.from_numpy(rotation(60, 0) * singular), torch.from_numpy(rotation(60, 1).T))


@pytest.mark.parametrize("norm", [gram_nuclear_norm, nuclear_norm])
@pytest.mark.parametrize("condition", [1e1, 1e3, 1e5, 1e7])
@pytest.mark.parametrize("plateau", [False, True])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_the_nuclear_norm_is_within_its_own_bound(norm, condition, plateau, size):
    """Of known singular values the sum is met within the error that comes with it, and the bound is not vacuous."""
    singular = size * np.logspace(0, -np.log10(condition), 60)
    if plateau:
        singular[8:] = size / condition
    value, error = norm(product_of(singular))
    assert abs(value - singular.sum()) <= error
    assert error < 1e-4 * size


def test_the_cheap_norm_knows_when_it_is_wrong():
    """For a singular product the eigenvalues' noise shows in the sum, and the bound covers it."""
    product = product_of(np.r_[np.ones(30), np.zeros(30)])
    value, error = gram_nuclear_norm(product)
    assert 1e-10 < abs(value - 30) <= error
    assert abs(nuclear_norm(product).value - 30) < 1e-13


@pytest.mark.parametrize("shape", [(3, 5), (0, 5)])
def test_a_product_of_nothing_has_none(shape):
    """A covariance of zero has a factor of zeros, or of no rows at all."""
    product = FactorProduct(torch.zeros(shape, dtype=torch.float64), torch.ones(3, 5, dtype=torch.float64))
    assert gram_nuclear_norm(product) == nuclear_norm(product) == (0.0, 0.0)


@pytest.mark.parametrize("shape", [(30, 20), (20, 30)])
def test_a_decomposition_serves_the_eigenvalues(shape):
    """Found first or not, they are the same to rounding; the vectors are those of the smaller Gram matrix."""
    rng = np.random.default_rng(3)
    factors = [torch.from_numpy(rng.standard_normal((count, 40))) for count in shape]
    product, other = FactorProduct(*factors), FactorProduct(*factors)
    eigenvalues, vectors = product.decomposed
    assert product.eigenvalues is eigenvalues
    torch.testing.assert_close(other.eigenvalues, eigenvalues, rtol=1e-12, atol=1e-14)
    gram = (product.scaled if shape[0] < shape[1] else product.scaled.mT) @ (
        product.scaled.mT if shape[0] < shape[1] else product.scaled
    )
    torch.testing.assert_close((vectors * eigenvalues) @ vectors.mT, gram, rtol=1e-12, atol=1e-12)
    assert product.is_of(*factors)
    assert not product.is_of(factors[0], factors[1].clone())
