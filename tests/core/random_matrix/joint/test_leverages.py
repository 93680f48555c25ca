"""Leverages: equal ones are the law of Gaussian features, unequal ones widen it."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import hadamard

from ganmetrics.core.random_matrix.joint.gaussian import gaussian_law
from ganmetrics.core.random_matrix.joint.leverages import _matching, leverages

EIGENVALUES = torch.tensor([3.0, 1.0, 0.5], dtype=torch.float64)
T = torch.tensor([0.1, 1.0, 10.0], dtype=torch.float64)
SHARES = EIGENVALUES[:, None] / (EIGENVALUES[:, None] + T)


def seen(count, scales=None):
    """Orthonormal columns whose rows weigh the same, or by their scales."""
    columns = torch.from_numpy(hadamard(count)[:, 1:4] / math.sqrt(count)).double()
    if scales is None:
        return columns
    return torch.linalg.qr(scales[:, None] * columns).Q


def of(vectors, count):
    return leverages(vectors, EIGENVALUES, SHARES, count - 1, gaussian_law(EIGENVALUES, T, [count - 1]))


def test_equal_leverages_are_the_gaussian_law():
    """Where every image has h = F/N, the logarithms are those of 1 - F/N, and no image adds anything."""
    found, bulk = of(seen(16), 16), gaussian_law(EIGENVALUES, T, [15])
    assert torch.allclose(found.log_kept, bulk.log_kept[0])
    assert torch.allclose(found.log_widening, -bulk.log_kept[0])
    assert float(found.rows.abs().max()) < 1e-9
    assert torch.allclose(found.odds, torch.ones_like(found.odds))


def test_unequal_leverages_widen():
    """Images of two scales: the heavy ones have the larger odds, and the mean of log(1 - h) is below, by Jensen."""
    scales = torch.cat([torch.full((32,), 3.0), torch.full((32,), 0.3)]).double()
    found, bulk = of(seen(64, scales), 64), gaussian_law(EIGENVALUES, T, [63])
    assert bool((found.odds[:32] > 1).all()) and bool((found.odds[32:] < 1).all())
    assert bool((found.log_kept < bulk.log_kept[0]).all())
    assert bool((found.log_widening > -bulk.log_kept[0]).all())
    assert torch.allclose(found.rows.mean(0), torch.zeros(3, dtype=torch.float64), atol=1e-9)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_chance_is_that_of_gaussian_samples():
    """The relative variance of the odds over Gaussian samples is what is taken off for chance."""
    generator, count, width = torch.Generator().manual_seed(0), 64, 3
    ratios = []
    for _ in range(200):
        features = torch.randn(count, width, generator=generator, dtype=torch.float64)
        rows = (features - features.mean(0)) / math.sqrt(count - 1)
        left, values, _ = torch.linalg.svd(rows, full_matrices=False)
        eigenvalues = values.square()
        bulk = gaussian_law(eigenvalues, T, [count - 1])
        found = leverages(left, eigenvalues, eigenvalues[:, None] / (eigenvalues[:, None] + T), count - 1, bulk)
        ratios.append(found.odds.var(0) / found.chance)
    mean = torch.stack(ratios).mean(0)
    assert torch.allclose(mean, torch.ones_like(mean), atol=0.1)


@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=8), st.floats(0.01, 0.95))
def test_matching_solves_its_equation(odds, filled):
    """The mean of c g / (1 + c g) is what was asked for."""
    column = torch.tensor(odds, dtype=torch.float64)[:, None]
    goal = torch.tensor([filled], dtype=torch.float64)
    scaled = column * _matching(column, goal)
    assert float((scaled / (1 + scaled)).mean()) == pytest.approx(filled, rel=1e-9)
