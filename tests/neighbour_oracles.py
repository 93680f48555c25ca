"""Neighbour metrics with dense matrices in NumPy, written from the papers."""

import numpy as np


def squared_distances(one, other):
    """Return all squared distances by differences, row by row."""
    return np.stack([((np.asarray(other, dtype=np.float64) - row) ** 2).sum(axis=1) for row in one.astype(np.float64)])


def squared_radii(features, k):
    """Return the squared distance to the k-th nearest other row."""
    squared = squared_distances(features, features)
    np.fill_diagonal(squared, np.inf)
    return np.sort(squared, axis=1)[:, k - 1]


def precision_recall(real, fake, k, strict=False):
    """Return precision, recall (Kynkäänniemi et al., 2019), density and coverage (Naeem et al., 2020)."""
    inside = np.less if strict else np.less_equal
    squared = squared_distances(real, fake)
    in_real = inside(squared, squared_radii(real, k)[:, None])
    in_fake = inside(squared, squared_radii(fake, k)[None])
    return in_real.any(axis=0).mean(), in_fake.any(axis=1).mean(), in_real.sum() / k / len(fake), in_real.any(1).mean()


def realism(real, fake, k):
    """Return equation 3 of Kynkäänniemi et al. over the balls smaller than the median."""
    squared, radii = squared_distances(real, fake), squared_radii(real, k)
    kept = radii < np.median(radii)
    return np.sqrt((radii[kept, None] / squared[kept]).max(axis=0))


def authenticity(real, fake):
    """Return the share of fakes farther from the nearest real image than that is from its own (Alaa et al., 2021)."""
    squared = squared_distances(real, fake)
    nearest = squared.argmin(axis=0)
    return (squared.min(axis=0) > squared_radii(real, 1)[nearest]).mean()


def memorisation_distance(real, fake):
    """Return the mean over fakes of the least 1 - |cos| (Bai et al., 2021)."""
    one, other = (
        side.astype(np.float64) / np.linalg.norm(side.astype(np.float64), axis=1)[:, None] for side in (fake, real)
    )
    return (1 - np.abs(one @ other.T)).min(axis=1).mean()


def near_pairs(one, other, distance):
    """Return how many pairs are no farther apart than that, equal ones not counted."""
    squared = squared_distances(one, other)
    return int(((squared <= distance**2) & (squared > 0)).sum())
