"""The Fréchet distance of the populations behind two sets of images, with an interval."""

import math
from dataclasses import dataclass

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_finite_rows
from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.inference.jackknife import Jackknife
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.metrics.frechet.corrected import (
    ScaledSpectrum,
    corrected_by_spectrum,
    least_distance,
    product_spectrum,
    quadratic_variance,
)
from ganmetrics.metrics.frechet.distance import check_moments_agree, distance_by_product, frechet_distance
from ganmetrics.metrics.frechet.sides import FrechetSides
from ganmetrics.metrics.frechet.steps import Stepped, jackknifed_correction

CALIBRATED_PER_FEATURE = 1.5
"""From this many images for each feature the study of coverage (docs/uncertainty.md) bears the interval out,"""
CALIBRATED_COUNT = 40
"""and from this many images, five for each block,"""
CALIBRATED_KURTOSIS = 1.5
"""unless the tails are heavier than this (`relative_kurtosis`)."""
EXCESS, MOST = 0.75, 0.4
"""The jackknife counts the variance that is not of first order about twice. This much of it is taken off, but at most
this share of the whole: set by other draws than those of the study."""


@dataclass(frozen=True)
class BlockEstimate:
    """A Fréchet distance, and what it says of the distance between the populations.

    Attributes:
        value: the plain distance of the two sets, never negative; larger the fewer the images.
        corrected: an estimate that does not depend on the number of images, below 0 only by chance; None if there are
            too few images for one.
        low: lower end of the interval for the populations' distance; it may be negative.
        high: upper end.
        calibrated: whether the study of coverage bears the interval out for these counts.
    """

    value: float
    corrected: float | None
    low: float
    high: float
    calibrated: bool


def frechet_block_estimate(real: ArrayLike | Moments, fake: ArrayLike, *, confidence: float = 0.95) -> BlockEstimate:
    """Return the Fréchet distance of two sets of images, and an interval for that of their populations.

    `corrected` is `corrected_distance`, jackknifed over eight blocks of images (`content_blocks`): what random matrix
    theory leaves of the bias on features that are not Gaussian falls to the jackknife. The interval is Student's,
    from the jackknife's standard error. Each step leaves a block out on both sides at once, so that the sampling of
    both is counted.

    With fewer than 1.5 images for each feature, or 40, the estimate is marked as not calibrated. Where too few images
    remain without a block, `corrected` is not jackknifed, and the interval is the hull of its own and that of the
    jackknifed plain distance. Where there are too few images at all, `corrected` is None; the interval is that of the
    jackknifed plain distance, with a lower end not above that of `least_distance`.

    Args:
        real: features, floating point, shape [n, d]; or moments. Moments without a count are exact and add no error.
            With a count, but without the images to leave out, their part of the error is that of Gaussian features, and
            the interval is marked as not calibrated.
        fake: features, floating point, shape [n, d].
        confidence: probability to cover the populations' distance, between 0 and 1.

    Raises:
        InputError: if the shapes do not fit, or the confidence is not between 0 and 1.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a feature is not finite, naming the row, or a given covariance is not positive semidefinite.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = torch.randn(100, 8, generator=draw), 2 + torch.randn(100, 8, generator=draw)
    >>> estimate = frechet_block_estimate(real, fake)
    >>> estimate.low < 32 < estimate.high, estimate.calibrated
    (True, True)
    """
    if not isinstance(real, Moments):
        check_finite_rows(real, "real features")
    check_finite_rows(fake, "fake features")
    return estimate_from_blocks(real if isinstance(real, Moments) else Blocks.of(real), Blocks.of(fake), confidence)


def estimate_from_blocks(real: Blocks | Moments, fake: Blocks | Moments, confidence: float) -> BlockEstimate:
    """Return the same from the moments of blocks, which can be stored and merged; see `frechet_block_estimate`.

    Either side may be given by its moments alone: exact without a count, else with the sampling error of Gaussian
    features, and then not calibrated.
    """
    quantile = student_quantile(confidence, BLOCKS - 1)
    sides = FrechetSides(real, fake)
    real_moments, fake_moments = sides.whole
    check_moments_agree(real_moments, fake_moments)
    product = FactorProduct(real_moments.factor, fake_moments.factor)
    plain = distance_by_product(real_moments, fake_moments, product)
    spectrum = product_spectrum(product)
    corrected = corrected_by_spectrum(real_moments, fake_moments, spectrum)
    if corrected is None:
        return _without_correction(sides, plain, quantile)
    stepped = jackknifed_correction(sides, corrected, len(spectrum.eigenvalues))
    if stepped is None:
        return _with_both(sides, plain, corrected, quantile)
    return _with_correction(sides, plain, stepped, spectrum, quantile)


def _with_correction(
    sides: FrechetSides, plain: float, stepped: Stepped, spectrum: ScaledSpectrum, quantile: float
) -> BlockEstimate:
    """Return the estimate where the corrected distance is defined with and without each block."""
    unmeasured = sides.gaussian_variance(with_blocks=False)
    variance = stepped.error**2
    counted_twice = EXCESS * quadratic_variance(*sides.whole, spectrum)
    error = math.sqrt(max(variance - counted_twice, (1 - MOST) * variance))
    half = quantile * math.hypot(error, math.sqrt(unmeasured))
    calibrated = unmeasured == 0 and _enough(*sides.whole) and stepped.kurtosis <= CALIBRATED_KURTOSIS
    return BlockEstimate(plain, stepped.value, stepped.value - half, stepped.value + half, calibrated)


def _with_both(sides: FrechetSides, plain: float, corrected: float, quantile: float) -> BlockEstimate:
    """Return the estimate where too few images remain without a block to correct the distance.

    Corrected and jackknifed plain distance are two estimates of unknown merit: the interval is the hull of both's.
    """
    jackknifed, unmeasured = _jackknifed_plain(sides, plain)
    half = quantile * math.hypot(jackknifed.error, math.sqrt(unmeasured))
    centres = (corrected, jackknifed.value)
    return BlockEstimate(plain, corrected, min(centres) - half, max(centres) + half, calibrated=False)


def _without_correction(sides: FrechetSides, plain: float, quantile: float) -> BlockEstimate:
    """Return the estimate where there are too few images to correct the distance at all.

    The lower end is that of the plain distance or that of `least_distance`, whichever is lower.
    """
    jackknifed, unmeasured = _jackknifed_plain(sides, plain)
    least = least_distance(*sides.whole)
    jackknifed_least = sides.jackknifed(least_distance, least) or Jackknife(least, 0.0)
    half, half_of_least = (
        quantile * math.hypot(of.error, math.sqrt(unmeasured)) for of in (jackknifed, jackknifed_least)
    )
    low = min(jackknifed.value - half, jackknifed_least.value - half_of_least)
    return BlockEstimate(plain, None, low, jackknifed.value + half, calibrated=False)


def _jackknifed_plain(sides: FrechetSides, plain: float) -> tuple[Jackknife, float]:
    """Return the jackknifed plain distance, and the variance that the jackknife does not measure.

    Where a block cannot be left out it measures none: the distance stays as it is, and both sides' variance is that of
    Gaussian features.
    """
    jackknifed = sides.jackknifed(frechet_distance, plain)
    if jackknifed is None:
        return Jackknife(plain, 0.0), sides.gaussian_variance(with_blocks=True)
    return jackknifed, sides.gaussian_variance(with_blocks=False)


def _enough(real: Moments, fake: Moments) -> bool:
    rank = min(len(real.factor), len(fake.factor))
    needed = max(CALIBRATED_COUNT, CALIBRATED_PER_FEATURE * rank)
    return all(side.count is None or side.count >= needed for side in (real, fake))
