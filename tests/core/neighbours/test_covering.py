"""What balls cover: against a loop over all pairs."""

import numpy as np
import pytest
import torch

from ganmetrics.core.neighbours import covering as module
from ganmetrics.core.neighbours.covering import covering


@pytest.mark.parametrize("size", [3, 4096])
def test_it_is_what_a_loop_over_all_pairs_finds(monkeypatch, size):
    """Whatever the size of the blocks; the features lie far from the origin."""
    monkeypatch.setattr(module, "_ROWS", size)
    monkeypatch.setattr(module, "_COLUMNS", size)
    rng = np.random.default_rng(0)
    images, centres = rng.standard_normal((20, 3)) + 1000, rng.standard_normal((11, 3)) + 1000
    squared_radii = rng.uniform(0.5, 3, 11)
    inside = ((images[:, None] - centres[None]) ** 2).sum(axis=2) <= squared_radii
    balls = inside.sum(axis=1)
    assert len(set(balls.tolist())) > 2
    found = covering(torch.from_numpy(images), centres, squared_radii)
    np.testing.assert_allclose(found.credit.numpy(), (inside / np.maximum(balls, 1)[:, None]).sum(axis=0), rtol=1e-12)
    assert found.alone.tolist() == inside[balls == 1].sum(axis=0).tolist()
    assert float(found.credit.sum()) == pytest.approx((balls > 0).sum())
