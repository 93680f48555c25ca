"""The realism of each image."""

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.neighbours.between import encounters, point_sets
from ganmetrics.core.neighbours.points import MEMORY
from ganmetrics.core.neighbours.within import neighbours


def realism(real: ArrayLike, fake: ArrayLike, *, k: int = 3, memory: int = MEMORY) -> Tensor:
    """Return each fake image's realism (Kynkäänniemi et al., 2019, arXiv 1904.06991, equation 3).

    The largest ratio, over real images, of the distance from a real image to its k-th nearest real neighbour to its
    distance from the fake one: at least 1 inside a ball. As there, only the balls smaller than the median count: large
    ones, of lonely real images, would call much realistic.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary of a real image's ball.
        memory: budget in bytes for all that is allocated beside the features.

    Returns:
        float64 [m], at least 0; infinite for a copy of a real image whose ball counts. Higher is better.

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, or the budget is too small.
        NotEnoughSamples: if there are not more than k real images.
        NumericsError: if a feature is not finite, naming the row.

    >>> real = torch.tensor([[0.0], [1.0], [3.0], [6.0]])
    >>> realism(real, torch.tensor([[0.5], [5.0], [1.0]]), k=1)
    tensor([2.0000, 0.2500,    inf], dtype=torch.float64)
    """
    real_points, fake_points, height = point_sets(real, fake, memory)
    radii = neighbours(real_points, k=k, height=height).squared_radii
    nobody = np.full(len(fake_points.group), -1.0)
    return torch.from_numpy(encounters(real_points, fake_points, radii, nobody, strict=False, height=height).realism)
