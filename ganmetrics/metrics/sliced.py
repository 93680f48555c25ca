"""The sliced Wasserstein distance of features: MIND, with Inception's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import of_type, positive, probability, seed_number, whole
from ganmetrics.core.inference.jackknife import jackknife
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError, NotEnoughSamples

DIRECTIONS = 1000
SEED = 2020
FACTOR = 3
"""The factor of the distance is this times the number of features (arXiv 2605.06797)."""
_BLOCKS = 8
_COPIES = 8
"""Projections, their order, and what is left of them without a block, at a time."""

_Sides = tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True)
class SlicedEstimate:
    """A sliced distance, and what it says of the populations.

    Attributes:
        value: the distance of these images.
        corrected: the value freed of its bias, which falls as 1/n; it may be below 0.
        error: its standard error, both sides' sampling counted.
        low: lower end of the interval for the populations' distance; it may be negative.
        high: upper end.
    """

    value: float
    corrected: float
    error: float
    low: float
    high: float


def sliced_distance(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    directions: int = DIRECTIONS,
    seed: int = SEED,
    factor: float | None = None,
    memory: int = MEMORY,
) -> float:
    """Return the squared sliced 2-Wasserstein distance, times 3 d: MIND (Berthet et al., 2026, arXiv 2605.06797).

    Both sides are projected on random unit vectors. On a line the optimal transport is that of sorted values, so the
    squared distance is the mean of squared differences of the quantile functions; the mean over vectors, times 3 d, is
    the result. Where the numbers of images differ the two step functions are compared as they are, with no image left
    out and none drawn.

    Args:
        real: features, floating point, shape [n, d].
        fake: features, floating point, shape [m, d].
        directions: how many unit vectors.
        seed: of the vectors, which are the same for all comparisons in d dimensions.
        factor: of the mean; None for 3 d.
        memory: bytes to work in, besides the features: so many directions are looked along at a time.

    Returns:
        At least 0, and 0 for equal sets. Lower is better.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NumericsError: if a feature is not finite, naming the row.

    >>> real = torch.tensor([[0.0], [1.0]])
    >>> sliced_distance(real, real + 2)  # on a line all directions are alike: 2^2, times 3
    12.0
    """
    _check(real, fake, directions)
    scale, vectors = _scaled(real, factor), unit_vectors(real.shape[1], directions, seed_number("seed", seed))
    memory = whole("memory", memory, least=1)
    return scale * _mean_squares((real, fake), vectors, (), memory)[0]


def sliced_estimate(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    directions: int = DIRECTIONS,
    seed: int = SEED,
    factor: float | None = None,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
    memory: int = MEMORY,
) -> SlicedEstimate:
    """Return the same with a value corrected for the numbers of images, and an interval for the populations'.

    The jackknife over 8 blocks of each side, drawn by `rng`: the k-th blocks of both are left out together. The
    interval is Student's with 7 degrees of freedom. It does not count the choice of directions, which the seed fixes.

    Raises:
        InputError: if the shapes do not fit, or an option is out of range.
        NotEnoughSamples: if a side has fewer than 16 images.
        NumericsError: if a feature is not finite, naming the row.

    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = torch.randn(300, 4, generator=draw), torch.randn(300, 4, generator=draw)
    >>> found = sliced_estimate(real, fake)
    >>> found.corrected < found.value, found.low < 0 < found.high
    (True, True)
    """
    _check(real, fake, directions)
    fewest = min(real.shape[0], fake.shape[0])
    if fewest < 2 * _BLOCKS:
        raise NotEnoughSamples(f"an interval needs at least {2 * _BLOCKS} images a side; got {fewest}")
    memory, seed = whole("memory", memory, least=1), seed_number("seed", seed)
    confidence = probability("confidence", confidence)
    rng = np.random.default_rng(0) if rng is None else rng
    of_type("rng", rng, np.random.Generator, "a numpy.random.Generator")
    blocks = [torch.from_numpy(rng.permutation(side.shape[0]) % _BLOCKS) for side in (real, fake)]
    kept = [(blocks[0] != block, blocks[1] != block) for block in range(_BLOCKS)]
    scale, vectors = _scaled(real, factor), unit_vectors(real.shape[1], directions, seed)
    all_images, *left_out = (scale * mean for mean in _mean_squares((real, fake), vectors, kept, memory))
    found = jackknife(all_images, left_out, [1 / _BLOCKS] * _BLOCKS)
    half = student_quantile(confidence, _BLOCKS - 1) * found.error
    return SlicedEstimate(all_images, found.value, found.error, found.value - half, found.value + half)


def unit_vectors(dimension: int, directions: int, seed: int) -> Tensor:
    """Return random directions, float64 [d, directions], each of length 1: normal vectors over their lengths.

    >>> bool((unit_vectors(3, 5, 0).norm(dim=0) - 1).abs().max() < 1e-12)
    True
    """
    rng = torch.Generator().manual_seed(seed)
    vectors = torch.randn(directions, dimension, generator=rng, dtype=torch.float64)
    unit: Tensor = vectors / torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
    return unit.mT.contiguous()


_MOST_DIRECTIONS = 10**9
"""More unit vectors fit no memory."""


def _scaled(real: ArrayLike, factor: float | None) -> float:
    if factor is None:
        return float(FACTOR * real.shape[1])
    factor = positive("factor", factor)
    return float(factor)


def _check(real: ArrayLike, fake: ArrayLike, directions: int) -> None:
    for name, features in (("real features", real), ("fake features", fake)):
        check_rows(features, name)
    if real.shape[1] != fake.shape[1]:
        raise InputError(f"both sides need one dimension; got real {real.shape[1]} and fake {fake.shape[1]}")
    whole("directions", directions, least=1, most=_MOST_DIRECTIONS)


def _mean_squares(sides: _Sides, vectors: Tensor, kept: Sequence[tuple[Tensor, Tensor]], memory: int) -> list[float]:
    """Return the mean square of all images, and of those that each pair of flags keeps; some directions at a time."""
    totals = [0.0] * (1 + len(kept))
    height = max(1, memory // (_COPIES * vectors.itemsize * sum(side.shape[0] for side in sides)))
    for start in range(0, vectors.shape[1], height):
        some = vectors[:, start : start + height]
        one, other = (
            torch.cat([block.cpu() @ some for block in double_blocks(side, name)])
            for side, name in zip(sides, ("real features", "fake features"), strict=True)
        )
        totals[0] += _sum_of_squares(one, other)
        for at, (ones, others) in enumerate(kept, 1):
            totals[at] += _sum_of_squares(one[ones], other[others])
    return [total / vectors.shape[1] for total in totals]


class _Steps(NamedTuple):
    """Where two quantile functions are constant together: which value of each, and over which share."""

    one: Tensor
    other: Tensor
    width: Tensor


def _steps(one: int, other: int) -> _Steps:
    ends = np.union1d(np.arange(1, one + 1) * other, np.arange(1, other + 1) * one)
    starts = np.concatenate([[0], ends[:-1]])
    width = (ends - starts) / (one * other)
    return _Steps(torch.from_numpy(starts // other), torch.from_numpy(starts // one), torch.from_numpy(width))


def _sum_of_squares(one: Tensor, other: Tensor) -> float:
    """Return the sum over columns of the squared 2-Wasserstein distance of two columns of values."""
    left, right = (side.sort(dim=0).values for side in (one, other))
    if len(one) == len(other):
        return float((left - right).square().mean(dim=0).sum())
    steps = _steps(len(one), len(other))
    return float((steps.width @ (left[steps.one] - right[steps.other]).square()).sum())
