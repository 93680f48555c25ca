"""The Fréchet distance between the Gaussians that have two feature sets' moments."""

import math

import torch

from ganmetrics.core.checks import of_type, same_width
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.product import FactorProduct, gram_nuclear_norm, nuclear_norm
from ganmetrics.core.gaussian.roots import EPS, squared_procrustes
from ganmetrics.errors import NotEnoughSamples, NumericsError

RELATIVE_ERROR = 1e-10
"""What a cheaper form may be off by; beyond it the next one is taken."""


def frechet_distance(real: Moments, fake: Moments) -> float:
    """Return the squared 2-Wasserstein distance of two Gaussians with these moments.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)): Fréchet (1957) in one dimension, Dowson and Landau (1982) in several,
    and equation 6 of Heusel et al. (2017), arXiv 1706.08500, where the features are Inception's and it is called FID.

    With factors C = F^T F the product C1 C2 has, but for zeros, the eigenvalues of K K^T, K = F1 F2^T, so the trace of
    its root is the sum of K's singular values. The cheapest way to that sum whose error is known to be small enough
    is taken; where the difference would cancel, the distance is a sum of squares instead (`squared_procrustes`).

    Args:
        real: moments of the real images.
        fake: moments of the fake images.

    Returns:
        At least 0, and 0 for equal moments; in squared units of the features.

    Raises:
        InputError: if a side is no `Moments`, or the dimensions differ.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a given covariance is not positive semidefinite, or the distance overflows.

    >>> real = Moments.gaussian(torch.tensor([0.0, 0.0]), torch.diag(torch.tensor([1.0, 4.0])))
    >>> fake = Moments.gaussian(torch.tensor([3.0, 0.0]), torch.diag(torch.tensor([4.0, 4.0])))
    >>> round(frechet_distance(real, fake), 12)
    10.0
    """
    check_moments_agree(real, fake)
    return distance_by_product(real, fake, FactorProduct(real.factor, fake.factor))


def check_moments(real: Moments, fake: Moments) -> None:
    """Refuse what are not the moments of features of one dimension.

    Raises:
        InputError: if a side is no `Moments`, or the dimensions differ.
    """
    for name, side in (("real", real), ("fake", fake)):
        of_type(name, side, Moments, "Moments, such as Moments.of(features)")
    same_width(real.dimension, fake.dimension)


def check_moments_agree(real: Moments, fake: Moments) -> None:
    """Check that there is a distance between moments; see `frechet_distance` for what is raised."""
    check_moments(real, fake)
    for name, side in (("real", real), ("fake", fake)):
        if side.count is not None and side.count <= 1:
            raise NotEnoughSamples(f"frechet_distance needs at least 2 {name} images; got {side.count}")


def distance_by_product(real: Moments, fake: Moments, product: FactorProduct) -> float:
    """Return the distance of checked sides whose factors' product is at hand."""
    squared_shift = float((real.mean - fake.mean).square().sum())
    distance = squared_shift + _between_covariances(real, fake, squared_shift, product)
    if not math.isfinite(distance):
        raise NumericsError(f"the Fréchet distance must be finite; got {distance}: the features are too large")
    return distance


def _between_covariances(real: Moments, fake: Moments, squared_shift: float, product: FactorProduct) -> float:
    """Return |F1|^2 + |F2|^2 - 2 |F1 F2^T|_* within `RELATIVE_ERROR` of the whole distance, by the first that does."""
    if torch.equal(real.factor, fake.factor):
        return 0.0
    total = float(real.factor.square().sum() + fake.factor.square().sum())
    if not math.isfinite(total):
        return total
    # Even d centred rows have a rank below d, hence a zero among the eigenvalues whose roots the first form takes.
    full_rank = all(side.rows is None and len(side.factor) == side.dimension for side in (real, fake))
    for form in (gram_nuclear_norm, nuclear_norm) if full_rank else (nuclear_norm,):
        trace, error = form(product)
        between = total - 2 * trace
        if 2 * error + EPS * total <= RELATIVE_ERROR * (squared_shift + between):
            # Below zero only by rounding, and then beside a squared shift that is larger by far.
            return max(between, 0.0)
    return squared_procrustes(real.factor, fake.factor)
