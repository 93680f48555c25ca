"""FID-infinity: the Fréchet distance extrapolated in the number of fake images."""

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_finite_rows
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.metrics.frechet.distance import frechet_distance

_LEAST_SHARE = 10
"""The smallest subset is a tenth of the fake images, as 5,000 of 50,000 are in the paper."""
FEWEST_POINTS = 2


def frechet_infinity(real: ArrayLike | Moments, fake: ArrayLike, *, points: int = 15, seed: int = 0) -> float:
    """Return the Fréchet distance extrapolated to infinitely many fake images (Chong and Forsyth, arXiv 1911.07023).

    The distance is computed for subsets of the fake images, of sizes at equal steps from a tenth to all of them, each
    from the front of a new random order. A line in 1/n through these distances, by least squares, is read off at 0.
    The real side is left as it is: the bias by its own count stays. `frechet_estimate` undoes both sides' sampling,
    and has an interval; this is the published alternative, for comparison.

    Args:
        real: features, floating point, shape [n, d]; or moments.
        fake: features, floating point, shape [n, d].
        points: the number of subsets, at least 2.
        seed: of the random orders.

    Returns:
        The intercept, in squared units of the features; it may be negative.

    Raises:
        InputError: if the shapes do not fit, or there are fewer than 2 points.
        NotEnoughSamples: if a tenth of the fake images is less than 2, or the subsets are not all of different sizes.
        NumericsError: if a feature is not finite, naming the row.

    >>> draw = torch.Generator().manual_seed(0)
    >>> real = Moments.gaussian(torch.zeros(4), torch.eye(4))
    >>> round(frechet_infinity(real, 1 + torch.randn(2000, 4, generator=draw)), 1)
    4.0
    """
    points, seed = whole("points", points, least=FEWEST_POINTS), seed_number("seed", seed)
    if not isinstance(real, Moments):
        check_finite_rows(real, "real features")
    # Before the rows are shuffled: a row that is not finite is named by its number in the caller's array.
    check_finite_rows(fake, "fake features")
    count = fake.shape[0]
    sizes = np.linspace(count // _LEAST_SHARE, count, min(points, count + 1)).astype(int)
    if sizes[0] <= 1 or len(set(sizes)) < points:
        raise NotEnoughSamples(
            f"{points} subsets of different sizes of at least 2 images are needed; got {count} images"
        )
    real_side = real if isinstance(real, Moments) else Moments.of(real)
    rng = np.random.default_rng(seed)
    distances = [frechet_distance(real_side, Moments.of(_rows(fake, rng.permutation(count)[:size]))) for size in sizes]
    return float(np.polynomial.Polynomial.fit(1 / sizes, distances, 1)(0.0))


def _rows(features: ArrayLike, rows: np.ndarray) -> ArrayLike:
    return features[torch.from_numpy(rows).to(features.device)] if isinstance(features, Tensor) else features[rows]
