"""Exact and near duplicates, within a set of images and between two, by features.

Equal features are not equal files: images that differ in bytes, container or compression may have equal features, and
the same file may have features that differ in the last digits where batches or devices do. Files that are equal byte
for byte are known from fingerprints; what is found here looks alike to the extractor.
"""

from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import positive, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import nearest_real, point_sets
from ganmetrics.core.neighbours.pairs import Candidates, Pairs, pairs_within
from ganmetrics.core.neighbours.points import PointSet, Values, block_rows
from ganmetrics.core.neighbours.within import find_within
from ganmetrics.errors import NotEnoughSamples

SHARE_OF_MEDIAN = 0.5
"""Of the real images' median distance to their nearest neighbour: nearer pairs are near duplicates."""
LIMIT = 100
_LEAST = 3


@dataclass(frozen=True, eq=False)
class DuplicatePairs:
    """Pairs of images, nearest first.

    Attributes:
        first: images of the set, or of the real one, int64 [p].
        second: images of the set, later than `first`; or of the fake one, int64 [p].
        distance: in units of the features, float64 [p].
        total: the number of pairs found, of which at most `limit` are listed.
    """

    first: Tensor
    second: Tensor
    distance: Tensor
    total: int


_NONE = DuplicatePairs(torch.empty(0, dtype=torch.int64), torch.empty(0, dtype=torch.int64), torch.empty(0).double(), 0)


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Duplicates within a set, or between two.

    Attributes:
        exact: pairs of equal features.
        near: pairs of different features, no farther from each other than `threshold`; of equal images within a set
            the first stands for all.
        threshold: the distance, in units of the features.
    """

    exact: DuplicatePairs
    near: DuplicatePairs
    threshold: float


def duplicates(
    features: ArrayLike, *, share: float = SHARE_OF_MEDIAN, limit: int = LIMIT, memory: int = MEMORY
) -> Duplicates:
    """Return the duplicates within a set of images.

    Near means nearer than a share of the median distance of distinct images to their nearest neighbour: so the
    threshold has no unit, and a few duplicates do not move it. (Of a set in which most images have a duplicate, it says
    little: take the threshold of the real set, as `duplicates_between` does.) A set of one or two distinct images, such
    as a collapsed generator's, has no such median: the threshold is then 0, and exact duplicates are all that there is.

    Args:
        features: floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        share: of that median, above 0.
        limit: how many pairs to list of each kind; all are counted.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the array, `share` or `limit` is not as above, or the budget is too small.
        NumericsError: if a feature is not finite, naming the row.

    >>> found = duplicates(torch.tensor([[0.0], [1.0], [2.0], [2.1], [3.0], [5.0], [0.0]]))
    >>> found.exact.first.tolist(), found.exact.second.tolist(), found.near.first.tolist(), found.near.second.tolist()
    ([0], [6], [2], [3])
    """
    share = positive("share", share)
    limit = whole("limit", limit, least=0)
    points = PointSet.of(features, "features")
    height = block_rows(memory, points.dimension, len(points.group))
    exact = _listed(_copies(points, limit))
    if len(points) < _LEAST:
        return Duplicates(exact, _NONE, 0.0)
    nearest, threshold = _threshold(points, share, height)
    candidates = Candidates(points, np.flatnonzero(nearest <= threshold**2))
    near = pairs_within(candidates, candidates, threshold**2, limit=limit, height=height, same_set=True)
    return Duplicates(exact, _listed(near), threshold)


def duplicates_between(
    real: ArrayLike, fake: ArrayLike, *, share: float = SHARE_OF_MEDIAN, limit: int = LIMIT, memory: int = MEMORY
) -> Duplicates:
    """Return the fake images that duplicate real ones; the threshold is that of the real set (see `duplicates`).

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        share: of the median distance of distinct real images to their nearest neighbour, above 0.
        limit: how many pairs to list of each kind; all are counted.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, `share` or `limit` is not as above, or the budget is too small.
        NotEnoughSamples: if there are fewer than three distinct real images.
        NumericsError: if a feature is not finite, naming the row.

    >>> real = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    >>> found = duplicates_between(real, torch.tensor([[9.0], [2.0], [0.9]]))
    >>> found.exact.first.tolist(), found.exact.second.tolist(), found.near.first.tolist(), found.near.second.tolist()
    ([2], [1], [1], [2])
    """
    share = positive("share", share)
    limit = whole("limit", limit, least=0)
    real_points, fake_points, height = point_sets(real, fake, memory)
    _, threshold = _threshold(real_points, share, height)
    found = nearest_real(real_points, fake_points, height=height)
    copies = np.flatnonzero(found.squared_nearest == 0)
    listed = copies[:limit]
    exact = Pairs(found.nearest[listed], listed, np.zeros(len(listed)), len(copies))
    squared = found.squared_nearest[fake_points.first]
    # A fake image equals one distinct real image at most: that pair is found as well, and taken out again.
    equal = int((squared == 0).sum())
    everyone = Candidates(real_points, np.arange(len(real_points)))
    close = Candidates(fake_points, np.flatnonzero(squared <= threshold**2))
    near = pairs_within(everyone, close, threshold**2, limit=limit + equal, height=height)
    kept = np.flatnonzero(near.squared > 0)[:limit]
    near = Pairs(near.first[kept], near.second[kept], near.squared[kept], near.total - equal)
    return Duplicates(_listed(exact), _listed(near), threshold)


def _threshold(points: PointSet, share: float, height: int) -> tuple[Values, float]:
    """Return each distinct image's squared distance to the nearest other, and the threshold."""
    if len(points) < _LEAST:
        raise NotEnoughSamples(f"duplicates need {_LEAST} distinct rows of {points.name}; got {len(points)}")
    nearest = find_within(points.distinct(), k=1, height=height).squared_nearest
    return nearest, share * float(np.median(np.sqrt(nearest)))


def _copies(points: PointSet, limit: int) -> Pairs:
    """Return the pairs of equal rows."""
    total = int((points.count * (points.count - 1) // 2).sum())
    copied = (np.flatnonzero(points.group == number).tolist() for number in np.flatnonzero(points.count > 1))
    pairs = (pair for rows in copied for pair in combinations(rows, 2))
    listed = np.array(list(islice(pairs, limit)), dtype=np.int64).reshape(-1, 2)
    return Pairs(listed[:, 0], listed[:, 1], np.zeros(len(listed)), total)


def _listed(pairs: Pairs) -> DuplicatePairs:
    first, second, distance = (torch.from_numpy(of) for of in (pairs.first, pairs.second, np.sqrt(pairs.squared)))
    return DuplicatePairs(first, second, distance, pairs.total)
