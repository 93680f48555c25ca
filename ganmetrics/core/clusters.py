"""k-means: points in cells, for metrics that count by cell."""

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from ganmetrics.errors import InputError, NotEnoughSamples

_ROUNDS = 100
_ROWS = 4096


def k_means(
    points: Float64[Tensor, "n d"], k: int, rng: torch.Generator, *, rounds: int = _ROUNDS
) -> Float64[Tensor, "k d"]:
    """Return the centres of k cells by Lloyd's algorithm, started by k-means++ (Arthur and Vassilvitskii, 2007).

    A centre that loses all its points moves to the point that lies furthest from its own.

    Args:
        points: the points.
        k: how many cells.
        rng: chooses the first centres.
        rounds: at most so many; fewer once no point changes its cell.

    Raises:
        InputError: if `k` is below 1.
        NotEnoughSamples: if there are fewer than k different points.

    >>> points = torch.tensor([[0.0], [1.0], [10.0], [11.0]], dtype=torch.float64)
    >>> sorted(k_means(points, 2, torch.Generator().manual_seed(0))[:, 0].tolist())
    [0.5, 10.5]
    """
    if k < 1:
        raise InputError(f"k must be at least 1; got {k}")
    centres, before = _first(points, k, rng), None
    for _ in range(rounds):
        cells, squared = nearest_centres(points, centres)
        if before is not None and torch.equal(cells, before):
            break
        counts = torch.bincount(cells, minlength=k)
        centres = torch.zeros_like(centres).index_add_(0, cells, points) / counts.clamp(min=1)[:, None]
        for empty in (counts == 0).nonzero()[:, 0]:
            furthest = squared.argmax()
            centres[empty] = points[furthest]
            squared[furthest] = 0
        before = cells
    return centres


def nearest_centres(
    points: Float64[Tensor, "n d"], centres: Float64[Tensor, "k d"]
) -> tuple[Int64[Tensor, " n"], Float64[Tensor, " n"]]:
    """Return the cell of each point, and its squared distance to the centre.

    >>> line = torch.tensor([[0.0], [3.0]], dtype=torch.float64)
    >>> nearest_centres(line + 1, line)
    (tensor([0, 1]), tensor([1., 1.], dtype=torch.float64))
    """
    found = [
        torch.cdist(points[start : start + _ROWS], centres).square().min(dim=1)
        for start in range(0, len(points), _ROWS)
    ]
    return torch.cat([part.indices for part in found]), torch.cat([part.values for part in found])


def _first(points: Tensor, k: int, rng: torch.Generator) -> Tensor:
    chosen = [int(torch.randint(len(points), (1,), generator=rng))]
    squared = (points - points[chosen[0]]).square().sum(dim=1)
    for _ in range(k - 1):
        if not squared.any():
            raise NotEnoughSamples(f"{k} cells need {k} different points; got {len(chosen)}")
        # By the cumulative sum, since torch's multinomial takes no more than 2^24 points.
        reached = squared.cumsum(0)
        draw = torch.rand(1, generator=rng, dtype=torch.float64) * reached[-1]
        chosen.append(min(int(torch.searchsorted(reached, draw, right=True)), len(points) - 1))
        squared = torch.minimum(squared, (points - points[chosen[-1]]).square().sum(dim=1))
    return points[chosen].clone()
