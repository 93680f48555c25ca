"""The corrected trace of a root: closed form, contour integral, population limit, and what must be refused."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.random_matrix.trace import corrected_trace_sqrt_product
from ganmetrics.errors import InputError, NotEnoughSamples

SIZE = 24


def zeros_of(eigenvalues, freedom):
    """The eigenvalues of diag(l) - sqrt(l) sqrt(l)' / N."""
    root = np.sqrt(eigenvalues)
    return np.linalg.eigvalsh(np.diag(eigenvalues) - np.outer(root, root) / freedom)


def by_residues(eigenvalues, freedom):
    """Equal counts: 2 N sum (sqrt(l) - sqrt(xi))."""
    return 2 * freedom * (np.sqrt(eigenvalues) - np.sqrt(zeros_of(eigenvalues, freedom))).sum()


def by_contour(values, real_freedom, fake_freedom, points=20_000):
    """The contour integral of Tiomoko and Couillet (2019), step by step; an infinite freedom is an exact side."""
    size, c1, c2 = len(values), len(values) / real_freedom, len(values) / fake_freedom
    least = min(zeros_of(values, freedom)[0] for freedom in (real_freedom, fake_freedom))
    left, right = math.log(0.9 * least), math.log(1.5 * values.max())
    height, angle = min(1.3, (right - left) / 2), 2 * np.pi * (np.arange(points) + 0.5) / points
    z = np.exp((left + right) / 2 + (right - left) / 2 * np.cos(angle) + 1j * height * np.sin(angle))
    dz = z * (1j * height * np.cos(angle) - (right - left) / 2 * np.sin(angle)) / points / 1j
    gaps = values - z[:, None]
    m, dm = (1 / gaps).mean(axis=1), (1 / gaps**2).mean(axis=1)
    u, du = c2 * m - (1 - c2) / z, c2 * dm + (1 - c2) / z**2
    w, dw = -1 / u, du / u**2
    if np.isinf(real_freedom):
        return float((size / c2 * (np.sqrt(w) * z * du * dz).sum()).real)
    m1 = ((w - z) / (c2 * w) - 1) / w
    dm1 = ((dw - 1) / (c2 * w) - (w - z) * dw / (c2 * w**2)) / w - m1 * dw / w
    u1, du1 = c1 * m1 - (1 - c1) / w, c1 * dm1 + (1 - c1) * dw / w**2
    return float((size / c1 * (np.sqrt(-1 / u1) * w * du1 * dz).sum()).real)


def drawn(real_count, fake_count, seed=0, scales=1.0, size=SIZE):
    """Nonzero eigenvalues of the product of two sample covariances of Gaussians with these standard deviations."""
    rng = np.random.default_rng(seed)
    factors = []
    for count in (real_count, fake_count):
        rows = rng.standard_normal((count - 1, size)) / math.sqrt(count - 1)
        factors.append(np.linalg.qr(rows * scales, mode="r"))
    return np.linalg.svd(factors[0] @ factors[1].T, compute_uv=False)[:size] ** 2


def corrected(eigenvalues, real_count, fake_count):
    """The estimate under test, from a NumPy array."""
    return corrected_trace_sqrt_product(torch.from_numpy(np.asarray(eigenvalues)), real_count, fake_count)


@pytest.mark.parametrize("count", [SIZE + 2, SIZE + 6, 2 * SIZE, 40 * SIZE])
def test_equal_counts_agree_with_the_closed_form(count):
    """With equal counts the integral is a sum over residues, down to n = d + 2."""
    eigenvalues = drawn(count, count)
    assert corrected(eigenvalues, count, count) == pytest.approx(by_residues(eigenvalues, count - 1), rel=1e-9)


@pytest.mark.parametrize(("real_count", "fake_count"), [(48, 48), (40, 400), (900, 36), (30, 30_000)])
def test_unequal_counts_agree_with_the_contour(real_count, fake_count):
    """The real integral is the published contour integral, for counts however unequal."""
    eigenvalues = drawn(real_count, fake_count)
    expected = by_contour(eigenvalues, real_count - 1, fake_count - 1)
    assert corrected(eigenvalues, real_count, fake_count) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [36, 60, 2400])
def test_one_exact_side_agrees_with_the_contour(count):
    """An exact side has an infinite count, on either side."""
    eigenvalues = drawn(count, 1_000_000 // SIZE, seed=1)
    expected = by_contour(eigenvalues, np.inf, count - 1)
    assert corrected(eigenvalues, None, count) == pytest.approx(expected, rel=1e-9)
    assert corrected(eigenvalues, count, None) == pytest.approx(expected, rel=1e-9)


def test_an_exact_side_is_the_limit_of_many_images():
    """Nothing jumps between a huge count and none."""
    eigenvalues = drawn(60, 60)
    assert corrected(eigenvalues, 10**14, 60) == pytest.approx(corrected(eigenvalues, None, 60), rel=1e-10)
    assert corrected(eigenvalues, 10**14, 10**14) == pytest.approx(np.sqrt(eigenvalues).sum(), rel=1e-10)


def test_two_exact_sides_are_not_corrected():
    """Without sampling the estimate is the plain sum of roots, over any spectrum."""
    eigenvalues = np.logspace(-25, 3, SIZE)
    assert corrected(eigenvalues, None, None) == pytest.approx(np.sqrt(eigenvalues).sum(), rel=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize(("real_count", "fake_count"), [(26, 26), (36, 36), (48, 48), (36, 240), (None, 32)])
@pytest.mark.parametrize("spectrum", ["flat", "clustered", "decaying"])
@pytest.mark.usefixtures("unchecked")
def test_mean_over_draws_is_the_population_value(spectrum, real_count, fake_count):
    """Over many draws the mean meets the population's trace, which the plain sum of roots misses by far."""
    scales = {
        "flat": np.ones(SIZE),
        "clustered": np.repeat([1.0, 30.0], SIZE // 2),
        "decaying": np.logspace(0, -2, SIZE),
    }[spectrum]
    draws = []
    for seed in range(300):
        if real_count is None:
            rows = np.random.default_rng(seed).standard_normal((fake_count - 1, SIZE)) / math.sqrt(fake_count - 1)
            draws.append(np.linalg.svd(rows * scales, compute_uv=False) ** 2)
        else:
            draws.append(drawn(real_count, fake_count, seed, np.sqrt(scales)))
    estimates = np.array([corrected(eigenvalues, real_count, fake_count) for eigenvalues in draws])
    plain = np.array([np.sqrt(eigenvalues).sum() for eigenvalues in draws])
    error = estimates.std() / math.sqrt(len(draws))
    assert abs(estimates.mean() - scales.sum()) < 0.02 * scales.sum() + 3 * error
    assert scales.sum() - plain.mean() > 0.02 * scales.sum() + 10 * error


@pytest.mark.slow
@given(st.integers(0, 1000), st.integers(2, 400), st.integers(2, 400), st.integers(-60, 60))
def test_symmetric_and_of_degree_one_half(seed, more_real, more_fake, exponent):
    """Exchanging the sides changes nothing; eigenvalues times s² give s times the estimate, above the plain sum."""
    eigenvalues = drawn(200, 200, seed, size=12) ** 2
    real_count, fake_count = 12 + more_real, 12 + more_fake
    estimate = corrected(eigenvalues, real_count, fake_count)
    assert estimate == pytest.approx(corrected(eigenvalues, fake_count, real_count), rel=1e-13)
    assert estimate * 2.0**exponent == pytest.approx(
        corrected(eigenvalues * 4.0**exponent, real_count, fake_count), rel=1e-12
    )
    assert estimate > np.sqrt(eigenvalues).sum()


def test_negligible_eigenvalues_change_nothing():
    """Eigenvalues at the level of rounding add what their roots are, as a noisy rank must not matter."""
    eigenvalues = drawn(60, 60)
    padded = np.concatenate([eigenvalues, np.full(6, 1e-24)])
    assert corrected(padded, 60, 60) == pytest.approx(corrected(eigenvalues, 60, 60), rel=1e-9)


def test_equal_eigenvalues_agree_with_the_closed_form():
    """Clusters, down to exactly equal eigenvalues, are no special case."""
    eigenvalues = np.repeat([1e-6, 1.0, 1.0 + 1e-13], 8)
    assert corrected(eigenvalues, 30, 30) == pytest.approx(by_residues(eigenvalues, 29), rel=1e-9)


def test_no_eigenvalues_give_zero():
    """A product of rank 0 has trace 0."""
    assert corrected(np.empty(0), 5, 5) == 0


def test_too_few_images_are_refused():
    """With p + 1 images or fewer there is no estimate, and the message names the side."""
    eigenvalues = np.ones(SIZE)
    with pytest.raises(NotEnoughSamples, match=r"24 eigenvalues need at least 26 fake images; got 25"):
        corrected(eigenvalues, 100, SIZE + 1)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_wrong_eigenvalues_are_refused(wrong):
    """Eigenvalues must be positive and finite."""
    with pytest.raises(InputError, match="positive and finite"):
        corrected(np.array([1.0, wrong]), 100, 100)
