"""The two kernels: closed forms, an independent oracle, positive semidefiniteness, options that are refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.kernels.functions import GaussianKernel, KernelRows, PolynomialKernel, kernel_matrix
from ganmetrics.errors import InputError
from tests.oracles import gaussian_kernel, polynomial_kernel
from tests.strategies import pairs_of_feature_sets


@given(pairs_of_feature_sets(), st.integers(1, 4), st.sampled_from([None, 0.5]), st.sampled_from([0.0, 2.0]))
def test_the_polynomial_kernel_is_its_formula(pair, degree, gamma, coef0):
    """Centring the rows changes nothing of the kernel: what the centre adds is put back."""
    real, fake = pair
    values = kernel_matrix(*map(torch.from_numpy, pair), PolynomialKernel(degree, gamma, coef0)).numpy()
    expected = polynomial_kernel(real, fake, degree, gamma, coef0)
    # The centre is of both sides, so what is put back is as large as the larger side's own kernel.
    both = np.abs(np.vstack(pair))
    largest = polynomial_kernel(both, both, degree, gamma, coef0).max()
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-12 * largest)


@given(pairs_of_feature_sets(), st.sampled_from([0.1, 1.0, 10.0]))
def test_the_gaussian_kernel_is_its_formula(pair, share):
    """Of any bandwidth, here in units of the features' scale."""
    bandwidth = share * float(np.abs(np.vstack(pair)).max())
    values = kernel_matrix(*map(torch.from_numpy, pair), GaussianKernel(bandwidth)).numpy()
    np.testing.assert_allclose(values, gaussian_kernel(*pair, bandwidth), rtol=1e-7, atol=1e-11)


def test_the_diagonal_is_that_of_the_kernel():
    """k(x, x) is formed apart from the products: 1 for the Gaussian kernel, (|x|^2 / d + 1)^3 for the other."""
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((5, 3)))
    centre = torch.ones(3, dtype=torch.float64)
    assert torch.equal(KernelRows.of(x, centre, GaussianKernel(2.0)).diagonal, torch.ones(5, dtype=torch.float64))
    expected = (x.square().sum(dim=1) / 3 + 1) ** 3
    torch.testing.assert_close(KernelRows.of(x, centre, PolynomialKernel()).diagonal, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("kernel", [PolynomialKernel(), PolynomialKernel(2, 1.5, 0.0), GaussianKernel(1.0)])
def test_the_matrix_of_a_kernel_is_positive_semidefinite(kernel):
    """Otherwise its discrepancy were no distance; the matrix is not singular, so that this could fail."""
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((6, 4)))
    eigenvalues = torch.linalg.eigvalsh(kernel_matrix(x, x, kernel))
    assert eigenvalues.min() > 0


def test_centring_saves_what_single_precision_loses():
    """Features with a large common offset keep seven digits of the kernel's differences; uncentred products do not."""
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((40, 64)) + 30).astype(np.float32)
    exact = polynomial_kernel(x, x, degree=1)
    rows = KernelRows.of(torch.from_numpy(x), torch.from_numpy(x.mean(axis=0)), PolynomialKernel(degree=1))
    spread = exact.std()
    values = torch.cat([strip for _, strip in rows.strips(rows, PolynomialKernel(degree=1))])
    assert np.abs(values.numpy() - exact).max() < 1e-6 * spread
    assert np.abs(x @ x.T / 64 + 1 - exact).max() > 1e-6 * spread


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PolynomialKernel(degree=0), "degree must be at least 1; got 0"),
        (lambda: PolynomialKernel(gamma=0.0), "gamma must be positive and finite; got 0.0"),
        (lambda: PolynomialKernel(coef0=-1.0), "coef0 must be at least 0; got -1.0"),
        (lambda: GaussianKernel(0.0), "bandwidth must be positive and finite; got 0.0"),
        (lambda: GaussianKernel(float("nan")), "bandwidth must be positive and finite; got nan"),
    ],
)
def test_options_that_make_no_kernel_are_refused(make, message):
    """Each by name, with the value."""
    with pytest.raises(InputError, match=message):
        make()
