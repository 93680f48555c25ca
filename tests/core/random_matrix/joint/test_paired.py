"""Two estimates that share their real side: how they err together."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.joint.paired import shared_covariance
from ganmetrics.core.random_matrix.joint.spectra import Part
from ganmetrics.core.random_matrix.joint.trace import root_by_fit, root_by_law

WIDTH = 12


def side(count, seed):
    """A Gaussian side whose images are not known one by one."""
    features = torch.from_numpy(np.random.default_rng(seed).standard_normal((count, WIDTH)))
    rows = (features - features.mean(0)) / math.sqrt(count - 1)
    if count <= WIDTH:
        return Part(rows, count - 1)
    eigenvalues, vectors = torch.linalg.eigh(rows.mT @ rows)
    return Part((vectors * eigenvalues.clamp(min=0).sqrt()).mT, count - 1)


EXACT = Part(torch.diag(torch.linspace(0.5, 2, WIDTH, dtype=torch.float64)).sqrt(), None)


@pytest.mark.parametrize("count", [8, 60])
def test_with_itself_it_is_the_variance(count):
    """Against a fake side that is known, all that errs is the real side: the covariance with itself is the variance."""
    found = root_by_fit(side(count, 1), EXACT, WIDTH)
    assert shared_covariance(found.known, found.known) == pytest.approx(found.gaussian, rel=1e-6)


def test_it_is_symmetric_and_below_the_variances():
    """Of two sampled fake sides: the same either way round, and no more than a correlation of 1."""
    real = side(60, 1)
    first, second = (root_by_fit(real, side(20, seed), WIDTH) for seed in (2, 3))
    one, other = shared_covariance(first.known, second.known), shared_covariance(second.known, first.known)
    assert one == pytest.approx(other, rel=1e-9)
    assert 0 < one < math.sqrt(first.gaussian * second.gaussian)


def test_an_exact_real_side_shares_no_error():
    """What is known errs in neither."""
    first, second = (root_by_fit(EXACT, side(20, seed), WIDTH) for seed in (2, 3))
    assert shared_covariance(first.known, second.known) == 0


def test_other_real_sides_are_not_compared():
    """A fit and a law, or two shapes of the real side, have no covariance that could be told."""
    real = side(60, 1)
    by_fit, by_law = root_by_fit(real, side(60, 2), WIDTH), root_by_law(real, side(60, 3))
    assert shared_covariance(by_fit.known, by_law.known) is None
    assert shared_covariance(by_fit.known, root_by_fit(side(8, 1), side(60, 2), WIDTH).known) is None
