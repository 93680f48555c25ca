"""Rényi kernel entropy: the whole matrix, its relation to the Vendi score, closed forms."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.kernel.renyi import mode_count
from tests.oracles import gaussian_kernel


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


@pytest.mark.parametrize("bandwidth", [0.3, 1.0, 5.0])
def test_it_is_one_over_the_mean_square_of_the_kernel(bandwidth):
    """And the exponential of the order-2 entropy of the eigenvalues of K/n."""
    features = drawn(60, 4)
    kernel = gaussian_kernel(features, features, bandwidth)
    found = mode_count(features, bandwidth=bandwidth)
    assert found == pytest.approx(1 / (kernel**2).mean(), rel=1e-10)
    assert found == pytest.approx(1 / (np.linalg.eigvalsh(kernel / 60) ** 2).sum(), rel=1e-10)


@pytest.mark.parametrize("shares", [(5, 5, 5), (8, 1, 1)])
def test_distant_modes_count_by_their_shares(shares):
    """1 over the sum of squared shares."""
    features = np.concatenate([np.full((count, 2), 1e3 * at) for at, count in enumerate(shares)])
    expected = sum(shares) ** 2 / sum(count**2 for count in shares)
    assert mode_count(features, bandwidth=1.0) == pytest.approx(expected, rel=1e-9)


def test_the_bandwidth_decides_from_one_to_all():
    """A huge one sees one mode, a tiny one as many as images."""
    features = drawn(30, 3)
    assert mode_count(features, bandwidth=1e6) == pytest.approx(1, rel=1e-9)
    assert mode_count(features, bandwidth=1e-6) == pytest.approx(30, rel=1e-12)
    assert mode_count(torch.ones(5, 2), bandwidth=1.0) == pytest.approx(1)


def test_a_bandwidth_must_be_positive():
    """One line."""
    with pytest.raises(InputError, match="bandwidth must be positive and finite; got 0"):
        mode_count(drawn(5, 2), bandwidth=0.0)
