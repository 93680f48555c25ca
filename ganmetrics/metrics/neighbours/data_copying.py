"""C_T: whether fakes are nearer to the training images than held-out images are."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.core.clusters import k_means, nearest_centres
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import nearest_real, point_sets
from ganmetrics.core.neighbours.points import Values
from ganmetrics.core.symmetric import symmetric_eigensystem
from ganmetrics.errors import InputError, NotEnoughSamples

CELLS = 3
COMPONENTS = 64
_LEAST = 20
"""What the programs that report C_T choose: cells, principal components, fakes that a cell needs more than."""
STARTS = 10


@dataclass(frozen=True)
class DataCopying:
    """C_T and what it is made of.

    Attributes:
        value: mean over cells of the z-scores, weighted by the test images in each; below 0 the fakes are too near.
        p_value: probability of as low a value, or a lower one, if fakes and test images were drawn alike.
        z_scores: of each cell; nan where it has too few fakes.
        weights: share of the test images in each cell that counts.
    """

    value: float
    p_value: float
    z_scores: tuple[float, ...]
    weights: tuple[float, ...]


def data_copying(
    train: ArrayLike,
    test: ArrayLike,
    fake: ArrayLike,
    *,
    cells: int = CELLS,
    components: int = COMPONENTS,
    seed: int = 0,
    memory: int = MEMORY,
) -> DataCopying:
    """Return C_T (Meehan, Chaudhuri and Dasgupta, AISTATS 2020, arXiv 2004.05675).

    The training images are put into cells by k-means. In each cell the distances of fakes to their nearest training
    image are compared with those of test images by Mann and Whitney's U, as a z-score; cells with no more than 20 fakes
    are left out. Far below 0 says copying, far above 0 that fakes are too far away. With more than 64 features all are
    first projected on the principal components of the training images, as the programs do that report it.

    The p-value takes the z-scores for independent and normal: the mean then has the variance of the squared weights.
    A generator of few kinds of images, near the middle of each, is near the training images without copying one: C_T
    cannot tell (`copied_share` can).

    Args:
        train: features of the images that the generator was trained on, floating point, shape [n, d].
        test: of held-out images of the same distribution, shape [t, d].
        fake: of its images, shape [m, d].
        cells: how many, at least 1.
        components: how many principal components; d at most.
        seed: of the first centres.
        memory: budget in bytes for distances.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if a cell has no training or test image, or none has enough fakes.
        NumericsError: if a feature is not finite, naming the row.

    >>> draw = torch.Generator().manual_seed(0)
    >>> train, test, fresh = (torch.randn(300, 4, generator=draw) for _ in range(3))
    >>> copies = train + 0.01 * torch.randn(300, 4, generator=draw)
    >>> data_copying(train, test, copies).p_value < 1e-9 < data_copying(train, test, fresh).p_value
    True
    """
    _check(train, test, fake)
    components, cells = whole("components", components, least=1), whole("cells", cells, least=1)
    seed = seed_number("seed", seed)
    sides = _projected(
        [_double(side, name) for side, name in zip((train, test, fake), _NAMES, strict=True)], components
    )
    centres = _best_centres(sides[0], cells, seed)
    cell_of = [nearest_centres(side, centres)[0] for side in sides]
    scores, weights = [], []
    for cell in range(cells):
        inside = [side[of == cell] for side, of in zip(sides, cell_of, strict=True)]
        if not len(inside[0]) or not len(inside[1]):
            raise NotEnoughSamples(f"cell {cell} of {cells} needs training and test images: choose fewer cells")
        enough = len(inside[2]) > _LEAST
        scores.append(_z_score(inside[0], inside[1], inside[2], memory) if enough else math.nan)
        weights.append(len(inside[1]) / len(sides[1]) if enough else 0.0)
    total = sum(weights)
    if total == 0:
        raise NotEnoughSamples(f"C_T needs a cell with more than {_LEAST} fakes; got {len(sides[2])} in {cells} cells")
    weights = [weight / total for weight in weights]
    value = sum(weight * score for weight, score in zip(weights, scores, strict=True) if weight)
    spread = math.sqrt(sum(weight**2 for weight in weights))
    return DataCopying(value, NormalDist().cdf(value / spread), tuple(scores), tuple(weights))


def nearest_distances(among: ArrayLike, of: ArrayLike, memory: int = MEMORY) -> Values:
    """Return the squared distance of each row of `of` to the nearest row of `among`.

    >>> nearest_distances(torch.tensor([[0.0], [4.0]]), torch.tensor([[1.0], [7.0]])).tolist()
    [1.0, 9.0]
    """
    ones, others, height = point_sets(among, of, memory)
    return nearest_real(ones, others, height=height).squared_nearest


_NAMES = ("train features", "test features", "fake features")


def _check(train: ArrayLike, test: ArrayLike, fake: ArrayLike) -> None:
    for name, side in zip(_NAMES, (train, test, fake), strict=True):
        check_rows(side, name)
        if side.shape[1] != train.shape[1]:
            raise InputError(f"all sides need one dimension; got train {train.shape[1]} and {name} {side.shape[1]}")


def _double(side: ArrayLike, name: str) -> Tensor:
    return torch.cat([block.cpu() for block in double_blocks(side, name)])


def _projected(sides: list[Tensor], components: int) -> list[Tensor]:
    """Return the sides on the first principal components of the first; as they are, if there are no more features."""
    if sides[0].shape[1] <= components:
        return sides
    mean = sides[0].mean(dim=0)
    centred = sides[0] - mean
    _, vectors = symmetric_eigensystem(centred.mT @ centred)
    return [(side - mean) @ vectors[:, -components:] for side in sides]


def _best_centres(points: Tensor, cells: int, seed: int) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    tried = [k_means(points, cells, rng) for _ in range(STARTS)]
    return min(tried, key=lambda centres: float(nearest_centres(points, centres)[1].sum()))


def _z_score(train: Tensor, test: Tensor, fake: Tensor, memory: int) -> float:
    of_test, of_fake = (nearest_distances(train, side, memory) for side in (test, fake))
    pooled = np.concatenate([of_fake, of_test])
    _, group, count = np.unique(pooled, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2
    m, n = len(of_fake), len(of_test)
    statistic = float(middle[group[:m]].sum()) - m * (m + 1) / 2
    # Half a step of continuity, as in the published program.
    return (statistic - (n * m / 2 - 0.5)) / math.sqrt(n * m * (n + m + 1) / 12)
