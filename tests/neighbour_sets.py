"""Sets of images for the tests of neighbours: ties, copies, clusters and odd scales."""

import numpy as np

from ganmetrics.core.neighbours.points import PointSet


def points(features):
    """Return a set of points."""
    return PointSet.of(features, "features")


def drawn(count, dimension, seed=0, offset=0.0):
    """Gaussian features in single precision, some far from the origin."""
    return (offset + np.random.default_rng(seed).standard_normal((count, dimension))).astype(np.float32)


def clustered(count, dimension, spread, seed=0):
    """Five tight clusters far apart: single precision does not tell which of a cluster is nearest."""
    rng = np.random.default_rng(seed)
    centres = 10 * np.random.default_rng(0).standard_normal((5, dimension))
    return (centres[rng.integers(0, 5, count)] + spread * rng.standard_normal((count, dimension))).astype(np.float32)


CASES = {
    "spread": lambda seed: drawn(60, 12, seed),
    "far from the origin": lambda seed: drawn(60, 12, seed, offset=1000.0),
    "clusters": lambda seed: clustered(60, 12, 1e-3, seed),
    "copies": lambda seed: drawn(40, 3, 0)[np.random.default_rng(seed).integers(0, 40, 60)],
    "lattice": lambda seed: np.random.default_rng(seed).integers(0, 4, (60, 3)).astype(np.float32),
    "one column": lambda seed: drawn(60, 1, seed),
    "double precision": lambda seed: np.random.default_rng(seed).standard_normal((60, 5)) * 1e40,
    "tiny": lambda seed: np.random.default_rng(seed).standard_normal((60, 5)) * 1e-30,
}
