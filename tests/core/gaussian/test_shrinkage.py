"""Ledoit and Wolf's covariance: near the truth where images are few, the sample's where they are many."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.shrinkage import shrunk_covariance


def centred(count, dimension, *, seed=0, spread=None):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, dimension)) * (1 if spread is None else spread)
    return rows - rows.mean(axis=0)


def oracle(rows):
    """The paper's estimator, term by term over the images (its equations 14 to 19)."""
    count, dimension = rows.shape
    sample = rows.T @ rows / count
    target = np.trace(sample) / dimension * np.eye(dimension)
    from_target = ((sample - target) ** 2).sum()
    noise = sum(((np.outer(row, row) - sample) ** 2).sum() for row in rows) / count**2
    share = min(noise, from_target) / from_target
    return share * target + (1 - share) * sample


@pytest.mark.parametrize(("count", "dimension"), [(5, 8), (40, 8), (4000, 3), (7, 7)])
def test_it_is_the_papers(count, dimension):
    """An independent sum over images gives the same."""
    rows = centred(count, dimension, spread=np.arange(1, dimension + 1))
    found = shrunk_covariance(torch.from_numpy(rows))
    np.testing.assert_allclose(found, oracle(rows), rtol=1e-10, atol=1e-12)


def test_few_images_still_give_a_definite_matrix():
    """The sample's own covariance is singular then, which is the control."""
    rows = torch.from_numpy(centred(5, 20))
    assert torch.linalg.eigvalsh(shrunk_covariance(rows))[0] > 0.01
    assert torch.linalg.eigvalsh(rows.mT @ rows / 5)[0].abs() < 1e-12


def test_many_images_are_left_alone():
    """The share falls as 1/n."""
    rows = torch.from_numpy(centred(20_000, 3, spread=np.array([1.0, 2.0, 4.0])))
    torch.testing.assert_close(shrunk_covariance(rows), rows.mT @ rows / len(rows), rtol=1e-3, atol=2e-3)


def test_images_that_do_not_vary_have_no_spread():
    """Nothing is made up: the matrix is zero."""
    assert shrunk_covariance(torch.zeros(4, 3, dtype=torch.float64)).count_nonzero() == 0
