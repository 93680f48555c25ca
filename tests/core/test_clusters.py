"""k-means: separated groups, the property of its fixed points, refusals."""

import pytest
import torch

from ganmetrics.core.clusters import k_means, nearest_centres
from ganmetrics.errors import InputError, NotEnoughSamples


def rng(seed=0):
    """A seeded generator."""
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", range(5))
def test_separated_groups_are_found(seed):
    """Whatever the first centres, by k-means++ one in each of four distant groups."""
    corners = torch.tensor([[0.0, 0.0], [0.0, 100.0], [100.0, 0.0], [100.0, 100.0]], dtype=torch.float64)
    points = corners.repeat(30, 1) + torch.randn(120, 2, generator=rng(seed), dtype=torch.float64)
    cells, squared = nearest_centres(points, k_means(points, 4, rng(seed)))
    assert torch.equal(cells.view(30, 4), cells[:4].expand(30, 4))
    assert sorted(cells[:4].tolist()) == [0, 1, 2, 3]
    assert squared.max() < 50


def test_centres_are_the_means_of_their_cells():
    """The fixed point of Lloyd's algorithm, and no worse than the first centres."""
    points = torch.randn(300, 3, generator=rng(), dtype=torch.float64)
    centres = k_means(points, 6, rng(1))
    cells, squared = nearest_centres(points, centres)
    for cell in range(6):
        torch.testing.assert_close(points[cells == cell].mean(dim=0), centres[cell], rtol=1e-12, atol=1e-12)
    once = k_means(points, 6, rng(1), rounds=1)
    assert squared.sum() < nearest_centres(points, once)[1].sum()


def test_a_cell_that_empties_is_filled_again():
    """Two equal first centres would leave one cell empty: it takes the furthest point."""
    points = torch.tensor([[0.0]] * 9 + [[1.0], [50.0]], dtype=torch.float64)
    cells, _ = nearest_centres(points, k_means(points, 3, rng(3)))
    assert len(cells.unique()) == 3


def test_what_has_no_answer_is_refused():
    """More cells than different points, or none."""
    points = torch.ones(5, 2, dtype=torch.float64)
    with pytest.raises(NotEnoughSamples, match="2 cells need 2 different points; got 1"):
        k_means(points, 2, rng())
    with pytest.raises(InputError, match="k must be at least 1; got 0"):
        k_means(points, 0, rng())
