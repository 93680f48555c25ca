"""The share of fakes that are nearer to the training images than chance allows."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_finite_rows, check_rows
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.core.inference.permutation import MOST_PERMUTATIONS
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.nearest import nearest_among
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values, block_rows
from ganmetrics.errors import InputError
from ganmetrics.metrics.difference import join_features

COPIED_PERMUTATIONS = 999
_NEIGHBOURS = 32
"""Nearest images of each fake that are looked at, of both sets together."""
RATIOS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 100.0, np.inf)
"""How many times nearer to one set than to the other a fake is, for it to count."""

_Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CopiedShare:
    """How many fakes lie at training images, beyond what lies at held-out ones, and how sure that is.

    Attributes:
        share: of the fakes, 0 to 1: those at training images only because these are training images.
        p_value: probability of as striking a number, if the generator knew training and held-out images equally well.
        suspects: the fakes that are as many times nearer to a training image as was most striking, the nearest by that
            measure first, int64.
        ratio: distance to the nearest held-out image over that to the nearest training image, float64 [m]; infinite for
            a copy.
    """

    share: float
    p_value: float
    suspects: Tensor
    ratio: Tensor


def copied_share(
    train: ArrayLike,
    test: ArrayLike,
    fake: ArrayLike,
    *,
    permutations: int = COPIED_PERMUTATIONS,
    seed: int = 0,
    memory: int = MEMORY,
) -> CopiedShare:
    """Return the share of fakes that are nearer to training images than chance allows.

    Training and held-out images are drawn alike, so to a generator that copies none it does not matter which is which:
    wherever its images lie, and however few kinds it makes. Counted are the fakes that are 1.1, ..., 100 times nearer
    to the nearest training image than to any held-out one, or exact copies; each count is compared with what it is
    when all images are given to the two sets at random, and the most striking of them, in units of its deviation, has
    its p-value from the same exchanges. The test is exact for any numbers of images. A crowd of fakes at one image
    counts once, since that image changes sides as a whole.

    With n training and t held-out images, c copies among otherwise honest fakes cannot have a p-value below about
    (n / (n + t))^c: so many of them would be nearer to training images anyway. The share is the excess over that.

    Args:
        train: features of the images that the generator was trained on, floating point, shape [n, d].
        test: of held-out images of the same distribution, shape [t, d].
        fake: of its images, shape [m, d].
        permutations: random exchanges; the p-value is a multiple of 1 / (permutations + 1).
        seed: of the exchanges.
        memory: budget in bytes for distances.

    Raises:
        InputError: if the shapes do not fit, or `permutations` is not from 1 to a million.
        NumericsError: if a feature is not finite, naming the row.

    >>> draw = torch.Generator().manual_seed(0)
    >>> train, test, fake = (torch.randn(500, 16, generator=draw) for _ in range(3))
    >>> before = copied_share(train, test, fake).p_value
    >>> fake[:15] = train[:15]
    >>> found = copied_share(train, test, fake)
    >>> before > 0.05, found.p_value < 0.01, round(found.share, 2), found.suspects[:15].sort().values.tolist()[-1]
    (True, True, 0.03, 14)
    """
    permutations = whole("permutations", permutations, least=1, most=MOST_PERMUTATIONS)
    seed = seed_number("seed", seed)
    around = _nearest(train, test, fake, memory)
    trained = np.arange(around.images) < train.shape[0]
    observed = _logs(around, trained)
    counts = [_counts(observed)]
    rng = np.random.default_rng(seed)
    counts += [_counts(_logs(around, rng.permutation(trained))) for _ in range(permutations)]
    table = np.array(counts, dtype=np.float64)
    spread = table.std(axis=0)
    mean = table.mean(axis=0)
    scores = np.divide(table - mean, spread, out=np.zeros_like(table), where=spread > 0)
    at = int(scores[0].argmax())
    highest = scores.max(axis=1)
    p_value = float((highest >= highest[0] - _TIES).mean())
    exchanged = float(test.shape[0]) / around.images
    share = max(float(table[0, at] - mean[at]), 0.0) / exchanged / len(observed)
    striking = np.flatnonzero(observed >= _LOGS[at])
    first = striking[np.argsort(-observed[striking], kind="stable")]
    return CopiedShare(min(share, 1.0), p_value, torch.from_numpy(first), torch.from_numpy(np.exp(observed)))


_LOGS = np.log(RATIOS)
_TIES = 1e-9


class _Around(NamedTuple):
    """The images near each fake, nearest first: their numbers among all, and their distances."""

    numbers: Numbers
    distances: Values
    images: int


def _nearest(train: ArrayLike, test: ArrayLike, fake: ArrayLike, memory: int) -> _Around:
    for name, side in (("train features", train), ("test features", test), ("fake features", fake)):
        check_rows(side, name)
        if side.shape[1] != train.shape[1]:
            raise InputError(f"all sides need one dimension; got train {train.shape[1]} and {name} {side.shape[1]}")
    for name, side in (("train features", train), ("test features", test)):
        check_finite_rows(side, name)
    both = PointSet.of(join_features(train, test), "train and test features")
    fakes = PointSet.of(fake, "fake features")
    # Equal images are one place, which changes sides as the first of them does.
    count = len(both.group)
    height = block_rows(memory, both.dimension, count + len(fakes.group))
    k = min(_NEIGHBOURS, len(both))
    found = nearest_among(fakes, np.arange(len(fakes)), both, k=k, space=Euclidean(fakes, both), height=height)
    numbers = both.first[found.numbers[:, :k]][fakes.group]
    return _Around(numbers, np.sqrt(found.squared[:, :k])[fakes.group], count)


def _logs(around: _Around, trained: _Labels) -> Values:
    """Return the logarithm of each fake's distance to the nearest other image over that to the nearest training one.

    Where all that are near are of one set, the last distance stands for the other set: it is no nearer.
    """
    labels = trained[around.numbers]
    to_train, to_test = (_first(around.distances, of) for of in (labels, ~labels))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(to_test) - np.log(to_train)
    return np.where((to_train == 0) & (to_test == 0), 0.0, logs)


def _first(distances: Values, labels: _Labels) -> Values:
    column = np.where(labels.any(axis=1), labels.argmax(axis=1), distances.shape[1] - 1)
    return np.take_along_axis(distances, column[:, None], 1)[:, 0]


def _counts(logs: Values) -> Numbers:
    """Return how many fakes are nearer to training images by each of `RATIOS`."""
    reached: Numbers = (logs[:, None] >= _LOGS).sum(axis=0)
    return reached
