"""Mean shift and variance of the corrected trace: against draws, and against one sampled side's closed forms."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.fluctuation import mean_shift, root_variance
from ganmetrics.core.random_matrix.trace import corrected_trace_sqrt_product

SIZE = 16


def drawn(real_count, fake_count, seed):
    """Eigenvalues of the product of two sample covariances of Gaussians; None leaves a side exact."""
    rng = np.random.default_rng(seed)
    covariances = []
    for count, scales in ((real_count, np.linspace(0.5, 2, SIZE)), (fake_count, np.linspace(3, 1, SIZE))):
        rows = math.sqrt(SIZE) * np.eye(SIZE) if count is None else rng.standard_normal((count, SIZE))
        covariances.append(np.cov((rows * scales).T) if count else np.diag(scales**2))
    return torch.from_numpy(np.linalg.eigvals(covariances[0] @ covariances[1]).real.copy())


@pytest.mark.slow
@pytest.mark.parametrize(("real_count", "fake_count"), [(24, 24), (24, 120), (None, 24), (48, None)])
@pytest.mark.usefixtures("unchecked")
def test_mean_and_variance_over_draws(real_count, fake_count):
    """The shift is what the corrected trace lacks, and its variance is the spread: over 400 draws of Gaussians."""
    truth = float(drawn(None, None, 0).sqrt().sum())
    values, shifts, variances = [], [], []
    for seed in range(400):
        sample = drawn(real_count, fake_count, seed)
        values.append(corrected_trace_sqrt_product(sample, real_count, fake_count))
        shifts.append(mean_shift(sample, real_count, fake_count))
        variances.append(root_variance(sample, real_count, fake_count))
    error = math.sqrt(np.mean(variances) / len(values))
    assert np.mean(shifts) > 0.1 * error
    assert np.mean(values) + np.mean(shifts) == pytest.approx(truth, abs=3 * error + 0.15 * np.mean(shifts))
    assert np.var(values) == pytest.approx(np.mean(variances), rel=0.25)


def test_scaling_and_order_do_not_matter():
    """Eigenvalues times s give s^(1/2) times the shift and s times the variance."""
    sample = drawn(30, 60, 0)
    for scale in (1e-12, 1e12):
        assert mean_shift(scale * sample.flip(0), 30, 60) == pytest.approx(scale**0.5 * mean_shift(sample, 30, 60))
        assert root_variance(scale * sample.flip(0), 30, 60) == pytest.approx(scale * root_variance(sample, 30, 60))


def test_many_images_leave_nothing():
    """Both vanish as 1/n."""
    sample = drawn(None, None, 0)
    for function in (mean_shift, root_variance):
        assert function(sample, 10**6, 10**6) * 1000 == pytest.approx(function(sample, 1001, 1001), rel=0.05)
        assert function(sample[:0], 10, 10) == 0


def test_eigenvalues_too_alike_have_no_law():
    """A hundred equal eigenvalues from 102 images: no population has such samples, and it is said so."""
    alike = torch.ones(100, dtype=torch.float64)
    assert mean_shift(alike, 102, 102) is None
    assert root_variance(alike, 102, 102) is None
    assert mean_shift(alike, 1000, 1000) is not None
