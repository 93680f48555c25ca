"""Roots, factors and nuclear norms against what defines them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.roots import eigen_factor, psd_factor, psd_sqrt, squared_procrustes
from ganmetrics.errors import InputError, NumericsError
from tests.strategies import rotation


def with_spectrum(eigenvalues, seed=0):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    basis = rotation(len(eigenvalues), seed)
    matrix = torch.from_numpy((basis * np.asarray(eigenvalues)) @ basis.T)
    return (matrix + matrix.mT) / 2


SPECTRA = {
    "well conditioned": np.linspace(1, 5, 40),
    "condition 1e12": np.logspace(0, -12, 40),
    "singular": np.r_[np.zeros(15), np.linspace(1, 2, 25)],
    "one direction": np.r_[np.zeros(39), 3.0],
    "large": 1e12 * np.linspace(1, 5, 40),
    "zero": np.zeros(40),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_the_root_squared_is_the_matrix(name):
    """Within 1e-12 of the largest eigenvalue, also for a singular matrix, and the root is symmetric."""
    matrix = with_spectrum(SPECTRA[name])
    root = psd_sqrt(matrix)
    assert torch.equal(root, root.mT)
    assert float((root @ root - matrix).abs().max()) <= 1e-12 * SPECTRA[name].max()
    assert float(torch.linalg.eigvalsh(root).min()) >= -1e-14 * max(1.0, SPECTRA[name].max() ** 0.5)


def test_the_elementwise_root_is_not_the_root():
    """Control: what a hurried reader takes for the root of a matrix fails the same check."""
    matrix = with_spectrum(SPECTRA["well conditioned"]).abs()
    assert float((matrix.sqrt() @ matrix.sqrt() - matrix).abs().max()) > 1e-3


def test_single_precision_is_promoted_and_not_computed_in():
    """The root of a float32 matrix is that of its exact promotion."""
    matrix = with_spectrum(SPECTRA["well conditioned"]).float()
    assert torch.equal(psd_sqrt(matrix), psd_sqrt(matrix.double()))
    assert torch.equal(psd_sqrt(matrix.numpy()), psd_sqrt(matrix))


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (torch.ones(2, 3), InputError, r"matrix must be square; got \[2, 3\]"),
        (torch.tensor([[1.0, 2.0], [0.0, 1.0]]), InputError, "must be symmetric, but mirrored entries differ by 2"),
        (torch.tensor([[1.0, 0.0], [0.0, float("nan")]]), NumericsError, "matrix must be finite, but row 1 is not"),
        (torch.diag(torch.tensor([1.0, -0.5])), NumericsError, "its smallest eigenvalue is -0.5"),
    ],
)
def test_a_matrix_without_such_a_root_is_refused(matrix, error, message):
    """Not square, not symmetric, not finite or indefinite: refused, naming what is wrong."""
    with pytest.raises(error, match=message):
        psd_sqrt(matrix)


@pytest.mark.parametrize("name", SPECTRA)
def test_a_factor_gives_the_covariance_back(name):
    """F^T F is the covariance within rounding, and F has as many rows as the covariance has rank."""
    matrix = with_spectrum(SPECTRA[name])
    factor = psd_factor(matrix)
    assert float((factor.mT @ factor - matrix).abs().max()) <= 1e-13 * SPECTRA[name].max()
    assert len(factor) == (SPECTRA[name] > 0).sum()


@pytest.mark.parametrize("name", SPECTRA)
def test_a_factor_by_eigenvectors_gives_the_covariance_back(name):
    """And its rows are orthogonal."""
    matrix = with_spectrum(SPECTRA[name])
    factor = eigen_factor(matrix)
    assert float((factor.mT @ factor - matrix).abs().max()) <= 1e-13 * SPECTRA[name].max()
    assert len(factor) == (SPECTRA[name] > 0).sum()
    gram = factor @ factor.mT
    assert (gram - torch.diag(gram.diagonal())).abs().sum() <= 1e-11 * SPECTRA[name].max()


def test_features_that_never_vary_are_left_out():
    """Dead features become zero columns, and the others keep the cheap triangular factor."""
    live = with_spectrum(SPECTRA["well conditioned"])
    covariance = torch.zeros(43, 43, dtype=torch.float64)
    covariance[:40, :40] = live
    factor = psd_factor(covariance)
    assert factor.shape == (40, 43)
    assert torch.equal(factor[:, :40], factor[:, :40].triu())
    assert not factor[:, 40:].any()


@pytest.mark.parametrize("factor_of", [psd_factor, eigen_factor])
def test_very_different_scales_lose_no_digits(factor_of):
    """With variances from 1e-12 to 1e6 every covariance is met to 1e-13 of its own scale."""
    scales = torch.logspace(-6, 3, 40, dtype=torch.float64)
    covariance = with_spectrum(SPECTRA["well conditioned"]) * scales * scales[:, None]
    factor = factor_of(covariance)
    error = (factor.mT @ factor - covariance) / scales / scales[:, None]
    assert float(error.abs().max()) < 1e-13


@pytest.mark.parametrize("eigenvalue", [-1e-3, -1.0])
def test_an_indefinite_covariance_is_refused(eigenvalue):
    """The negative eigenvalue is named."""
    with pytest.raises(NumericsError, match=f"smallest eigenvalue is {eigenvalue:g}"):
        psd_factor(with_spectrum(np.r_[eigenvalue, np.ones(9)]))


def test_a_rounding_sized_negative_eigenvalue_counts_as_zero():
    """What subtracting large numbers leaves behind is not taken for indefinite."""
    assert len(psd_factor(with_spectrum(np.r_[-1e-17, np.ones(9)]))) == 9


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000))
def test_no_orthonormal_matrix_comes_closer_than_procrustes(height, other, dimension, seed):
    """The least squares over all Q are at most those of a random Q, and |F1|^2 + |F2|^2 - 2 |F1 F2^T|_*."""
    rng = np.random.default_rng(seed)
    real, fake = (torch.from_numpy(rng.standard_normal((rows, dimension))) for rows in (height, other))
    least = squared_procrustes(real, fake)
    size = max(height, other)
    padded = [torch.cat([f, torch.zeros(size - len(f), dimension, dtype=torch.float64)]) for f in (real, fake)]
    turned = torch.from_numpy(rotation(size, seed)) @ padded[1]
    assert least <= float((padded[0] - turned).square().sum()) * (1 + 1e-12) + 1e-24
    total = float(real.square().sum() + fake.square().sum())
    assert least == pytest.approx(total - 2 * float(torch.linalg.svdvals(real @ fake.mT).sum()), abs=1e-13 * total)
