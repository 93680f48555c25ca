"""What each of some balls covers, and covers alone."""

from dataclasses import dataclass

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import to_double
from ganmetrics.core.neighbours.points import Values

_ROWS = 512
_COLUMNS = 4096


@dataclass(frozen=True, eq=False)
class Covering:
    """What the balls around a set of centres cover of a set of images.

    Attributes:
        credit: images in each ball, each counted by 1 over the number of balls that it is in, float64 [m]. Their sum is
            the number of images that are covered.
        alone: images that are in each ball and in no other, int64 [m].
    """

    credit: Float64[Tensor, " m"]
    alone: Int64[Tensor, " m"]


def covering(images: ArrayLike, centres: ArrayLike, squared_radii: Values) -> Covering:
    """Return what each ball covers, the boundary included.

    Distances come from products in double precision, so that an image on a boundary may fall on either side of it: good
    enough for variances and tests, not for counting ties (`ganmetrics.core.neighbours.balls` is).

    Args:
        images: features, shape [n, d].
        centres: features, shape [m, d].
        squared_radii: of the balls, shape [m].

    >>> line = torch.arange(4.0)[:, None]
    >>> found = covering(line, torch.tensor([[0.5], [1.5]]), torch.tensor([1.0, 1.0]).double().numpy())
    >>> found.credit.tolist(), found.alone.tolist()
    ([1.5, 1.5], [1, 1])
    """
    limits = torch.from_numpy(squared_radii)
    count = len(limits)
    # A shift changes no distance, and small norms cancel less.
    origin = to_double(centres[: min(count, _COLUMNS)]).cpu().mean(dim=0)
    credit, alone = torch.zeros(count, dtype=torch.float64), torch.zeros(count, dtype=torch.int64)
    for start in range(0, images.shape[0], _ROWS):
        rows = to_double(images[start : start + _ROWS]).cpu() - origin
        inside = torch.cat([_inside(rows, part, limits, centres, origin) for part in _parts(count)], dim=1)
        balls = inside.sum(dim=1)
        credit += inside.double().mT @ (1 / balls.clamp(min=1).double())
        alone += inside[balls == 1].sum(dim=0)
    return Covering(credit, alone)


def _parts(count: int) -> list[slice]:
    return [slice(start, start + _COLUMNS) for start in range(0, count, _COLUMNS)]


def _inside(rows: Tensor, part: slice, limits: Tensor, centres: ArrayLike, origin: Tensor) -> Tensor:
    columns = to_double(centres[part]).cpu() - origin
    squared = rows.square().sum(dim=1)[:, None] + columns.square().sum(dim=1) - 2 * rows @ columns.mT
    return squared <= limits[part]
