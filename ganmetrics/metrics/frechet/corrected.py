"""The Fréchet distance corrected for the numbers of images, and what is known of it besides."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.gaussian.roots import EPS, psd_sqrt
from ganmetrics.core.random_matrix.fluctuation import mean_shift, root_variance
from ganmetrics.core.random_matrix.trace import corrected_trace_sqrt_product
from ganmetrics.metrics.frechet.distance import check_moments

CONDITION = 1e-9
"""While all eigenvalues of K K^T exceed this share of the largest, their roots are good to six digits or better."""


class ScaledSpectrum(NamedTuple):
    """The nonzero eigenvalues of the covariances' product: those given, times the square of `scale`."""

    eigenvalues: Tensor
    scale: float


def corrected_distance(real: Moments, fake: Moments) -> float | None:
    """Return an estimate of the populations' Fréchet distance that does not depend on the number of images.

    The squared distance of two means is too large by tr C1 / n1 + tr C2 / n2 on average, which is subtracted; the trace
    of the product's root is too small, which `corrected_trace_sqrt_product` undoes in the limit and `mean_shift` for
    Gaussian features at finite counts; the traces of the covariances are unbiased. A side without a count is exact:
    nothing is corrected on its account.

    Args:
        real: moments of the real images.
        fake: moments of the fake images.

    Returns:
        The estimate in squared units of the features, below 0 only by chance; None if a count is at most p + 1, p the
        rank of the covariances' product: features that do not vary do not count.

    Raises:
        InputError: if the dimensions differ.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a given covariance is not positive semidefinite.

    >>> real = Moments.gaussian(torch.zeros(2), torch.eye(2))
    >>> fake = Moments.gaussian(torch.tensor([3.0, 0.0]), 4 * torch.eye(2))
    >>> round(corrected_distance(real, fake), 12)
    11.0
    """
    check_moments(real, fake)
    return corrected_by_spectrum(real, fake, product_spectrum(FactorProduct(real.factor, fake.factor)))


def corrected_by_spectrum(real: Moments, fake: Moments, spectrum: ScaledSpectrum) -> float | None:
    """Return the same where the eigenvalues are known."""
    eigenvalues, scale = spectrum
    if any(side.count is not None and side.count <= len(eigenvalues) + 1 for side in (real, fake)):
        return None
    shift = mean_shift(eigenvalues, real.count, fake.count)
    if shift is None:
        return None
    root = corrected_trace_sqrt_product(eigenvalues, real.count, fake.count) + shift
    return squared_shift(real, fake) + _trace(real) + _trace(fake) - 2 * scale * root


def quadratic_variance(real: Moments, fake: Moments, spectrum: ScaledSpectrum) -> float:
    """Return the part of the corrected distance's variance that is not of first order, for Gaussian features.

    Near a distance of 0 the first order vanishes, and this is all. The variance of the traces, the corrected root R and
    their covariances add up to that of the first order (`gaussian_variance`, both sides), plus

        Var(2 R) - 2 (1/N1 + 1/N2) tr C1 C2,

    because the covariance of tr S1 with any estimate without bias of 2 tr (C1 C2)^(1/2) is 2/N1 tr C1 T C1 (Stein's
    identity), T the transport map, which cancels. To it the squared distance of the means adds 2 |C1/n1 + C2/n2|^2.

    Returns:
        At least 0; 0 too where a count is too small for the corrected distance.
    """
    eigenvalues, scale = spectrum
    if any(side.count is not None and side.count <= len(eigenvalues) + 1 for side in (real, fake)):
        return 0.0
    variance = root_variance(eigenvalues, real.count, fake.count)
    if variance is None:
        return 0.0
    sampled = [side for side in (real, fake) if side.count is not None]
    first_order = 2 * sum(1 / (side.count - 1) for side in sampled if side.count) * float(eigenvalues.sum())
    spread = [side.covariance / side.count for side in sampled if side.count]
    means = 2 * float(torch.stack(spread).sum(dim=0).square().sum()) if spread else 0.0
    return max(scale**2 * (4 * variance - first_order) + means, 0.0)


def squared_shift(real: Moments, fake: Moments) -> float:
    """Return the unbiased squared distance of the means: |m1 - m2|^2 - tr S1 / n1 - tr S2 / n2."""
    noise = sum(_trace(side) / side.count for side in (real, fake) if side.count is not None)
    return float((real.mean - fake.mean).square().sum()) - noise


def root_within(real: Moments, fake: Moments, corrected: float) -> float:
    """Return the trace of the root of the covariances' product that a corrected distance has in it."""
    return (squared_shift(real, fake) + _trace(real) + _trace(fake) - corrected) / 2


def least_distance(real: Moments, fake: Moments) -> float:
    """Return what the populations' distance is at least, estimated for any number of images.

    |tr (C1 C2)^(1/2)|^2 <= tr C1 tr C2 (Cauchy and Schwarz), and traces need no more images than variances do.
    """
    return squared_shift(real, fake) + (math.sqrt(_trace(real)) - math.sqrt(_trace(fake))) ** 2


def gaussian_variance(real: Moments, fake: Moments) -> float:
    """Return the variance of the distance by the sampling of the real side, were its features Gaussian.

    To first order one real image x moves the distance by 1/n of 2 (x - m1).(m1 - m2) + (x - m1)' (I - T) (x - m1) less
    its mean, T the optimal transport map from real to fake. For Gaussian x the two terms are uncorrelated, with
    variances 4 (m1 - m2)' C1 (m1 - m2) and 2 tr (C1 - T C1)^2. With C1 = F1' F1 and K = F1 F2' that trace is
    |F1 F1' - (K K')^(1/2)|^2 (Frobenius), where nothing is inverted.
    """
    if real.count is None or len(real.factor) == 0:
        return 0.0
    shift = real.factor @ (real.mean - fake.mean)
    product = real.factor @ fake.factor.mT
    change = real.factor @ real.factor.mT - psd_sqrt(product @ product.mT)
    return float(4 * shift.square().sum() + 2 * change.square().sum()) / real.count


def _trace(side: Moments) -> float:
    return float(side.factor.square().sum())


def product_spectrum(product: FactorProduct) -> ScaledSpectrum:
    """Return the squares of the singular values of K = F1 F2^T that are not zero, for K of largest entry 1."""
    if product.scale == 0:
        return ScaledSpectrum(product.scaled.new_zeros(0), 0.0)
    eigenvalues = product.eigenvalues
    if eigenvalues[0] <= CONDITION * eigenvalues[-1]:
        singular = product.singular_values
        eigenvalues = singular[singular > len(singular) * EPS * singular[0]].square()
    return ScaledSpectrum(eigenvalues, product.scale)
