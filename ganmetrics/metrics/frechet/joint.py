"""The Fréchet distance of two populations from few images: corrected by a joint fit, with an interval."""

import math
from dataclasses import dataclass

from ganmetrics._types import ArrayLike
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.core.random_matrix.joint.spectra import Part
from ganmetrics.core.random_matrix.joint.subspace import in_basis, known_span, without_constants
from ganmetrics.core.random_matrix.joint.trace import DIRECT, RootTrace, root_by_fit, root_by_law
from ganmetrics.errors import NumericsError
from ganmetrics.metrics.frechet.distance import check_moments_agree, distance_by_product
from ganmetrics.metrics.frechet.sample import Sample, sample_of
from ganmetrics.metrics.frechet.trust import doubts

FEWEST_TO_CORRECT = 16
"""Below so many images on a side nothing is corrected: of eight the error is too small by half and more."""
_LEAST_SHARE = 0.25
"""Means and covariances may err against each other; what is left is at least this share of the variance they have
apart."""
MOST_FREEDOM = 500
"""Student's distribution has as many degrees of freedom as the smaller side; from here on it is the normal one."""


@dataclass(frozen=True)
class Estimate:
    """A Fréchet distance, and what it says of the distance between the populations.

    Attributes:
        value: the plain distance of the two sets, never negative; larger the fewer the images.
        corrected: an estimate that does not depend on the number of images, below 0 only by chance; None if there are
            too few images for one.
        low: lower end of the interval for the populations' distance, possibly negative; None where `corrected` is.
        high: upper end.
        error: standard error of `corrected`.
        calibrated: whether the study of coverage bears the interval out for these counts and images.
        reason: why there is no `corrected`, or why it is not calibrated, in words; empty if it is.
    """

    value: float
    corrected: float | None
    low: float | None
    high: float | None
    error: float | None
    calibrated: bool
    reason: str


def frechet_estimate(
    real: ArrayLike | Moments | Sample, fake: ArrayLike | Moments | Sample, *, confidence: float = 0.95
) -> Estimate:
    """Return the Fréchet distance of two sets of images, corrected for their numbers, with an interval.

    The squared distance of the means is too large by tr C1/n1 + tr C2/n2 on average, which is subtracted; the traces of
    the covariances are unbiased; and the trace of the product's root, which few images make too small, is undone by
    random matrix theory where the sample's eigenvalues tell (`root_by_law`) and by a joint fit of three spectra where
    they do not reach (`root_by_fit`). No images are left out and nothing is drawn.

    Args:
        real: features, floating point, shape [n, d]; or `Moments`; or a `Sample`. Without a count they are exact and
            add no error. With a count but without images their part of the error is that of Gaussian features.
        fake: likewise.
        confidence: probability to cover the populations' distance, between 0 and 1.

    Raises:
        InputError: if the shapes do not fit, or the confidence is not between 0 and 1.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a feature is not finite, naming the row, or a given covariance is not positive semidefinite.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = (torch.randn(40, 64, generator=draw, dtype=torch.float64) for _ in range(2))
    >>> found = frechet_estimate(real, fake)  # two samples of one population: the truth is 0
    >>> found.value > 40, found.low < 0 < found.high
    (True, True)
    """
    student_quantile(confidence, 1)
    sides = sample_of(real), sample_of(fake)
    check_moments_agree(sides[0].moments, sides[1].moments)
    # Its decomposition is the fit's, too, and is found once.
    product = FactorProduct(sides[0].moments.factor, sides[1].moments.factor)

    def plain() -> float:
        return distance_by_product(sides[0].moments, sides[1].moments, product)

    counts = [side.count for side in sides if side.count is not None]
    if min(counts, default=FEWEST_TO_CORRECT) < FEWEST_TO_CORRECT:
        return _uncorrected(plain(), f"a corrected distance needs {FEWEST_TO_CORRECT} images a side; got {min(counts)}")
    different = sides[0].different, sides[1].different
    fewest = min((side.count for side in different if side.count is not None), default=FEWEST_TO_CORRECT)
    if fewest < FEWEST_TO_CORRECT:
        return _uncorrected(
            plain(), f"a corrected distance needs {FEWEST_TO_CORRECT} different images a side; got {fewest}"
        )
    found = distance_from_few(*different, product)
    value = plain()
    if found is None:
        return _uncorrected(value, "the spectra could not be fitted")
    trust = doubts(sides[0], sides[1], found.root, found.value, found.error)
    quantile = student_quantile(confidence, min([count - 1 for count in counts] + [MOST_FREEDOM]))
    half = quantile * found.error
    low, high = found.value - half, found.value + half
    return Estimate(value, found.value, low, high, found.error, trust.calibrated, trust.reason)


def _uncorrected(value: float, reason: str) -> Estimate:
    return Estimate(value, None, None, None, None, calibrated=False, reason=reason)


@dataclass(frozen=True)
class Corrected:
    """A corrected distance with its error.

    Attributes:
        value: the estimate.
        error: its standard error.
        root: what is known of the trace of the root.
    """

    value: float
    error: float
    root: RootTrace


def distance_from_few(real: Sample, fake: Sample, product: FactorProduct | None = None) -> Corrected | None:
    """Return the corrected distance; None if its numerics fail. `product` is that of the factors, where it is known."""
    shift = float((real.moments.mean - fake.moments.mean).square().sum())
    noise = sum(side.trace / side.count for side in (real, fake) if side.count is not None)
    means = shift - noise
    if min(real.trace, fake.trace) == 0:
        root = _no_root(real.part, fake.part)
    else:
        found = _root(real, fake, product)
        if found is None:
            return None
        root = found
    value = means + real.trace + fake.trace - 2 * root.value
    common = None if root.known is None else float(root.known.product.spectrum.eigenvalues.sum())
    apart = means_variance(real, fake, common) + root.gaussian + sum(root.scales) + root.supposed
    apart += root.leverages**2 + sum(root.chosen)
    variance = max(apart + _together(real, fake, root), _LEAST_SHARE * apart)
    if not (math.isfinite(value) and math.isfinite(variance)):
        return None
    return Corrected(value, math.sqrt(variance), root)


def means_variance(real: Sample, fake: Sample, common: float | None = None) -> float:
    """Return the variance of the squared distance of the means, freed of its noise.

    `common` is tr S1 S2, where it is at hand.

    It is 4 d' M d + 2 |M|^2 with M = C1/n1 + C2/n2 and d the distance of the populations' means. The samples' own d
    is longer by noise, which adds 4 |M|^2 to the first term on average, so that 4 d' M d - 2 |M|^2 is right on average.
    By chance that may be below 2 |M|^2, the least that the variance can be, and |M|^2 is taken at least. A bound of 2
    |M|^2 would be right for each draw and too large on average (twice, where nothing is apart and one direction has
    most of the variance); and where the estimate is too small, d is too short, and the distance is near the truth.
    """
    sampled = [(side, side.count) for side in (real, fake) if side.count is not None]
    shift = real.moments.mean - fake.moments.mean
    along = 4.0 * sum(float((side.moments.factor @ shift).square().sum()) / count for side, count in sampled)
    noise = sum((side.squared / count**2 for side, count in sampled), 0.0)
    if real.count is not None and fake.count is not None:
        if common is None:
            common = float((real.moments.factor @ fake.moments.factor.mT).square().sum())
        noise += 2 * common / (real.count * fake.count)
    return max(along - 2 * noise, noise)


def _together(real: Sample, fake: Sample, root: RootTrace) -> float:
    """Return twice the covariance of the means' part with the covariances' part.

    It is 0 for Gaussian features. Where images far out on one side are also the long ones (skewed features, clusters of
    unlike size, rare outliers) both parts move together. Each image's effect on the means' part is 2 (x - m).d, d
    without the image's own share of it.
    """
    shift, total = real.moments.mean - fake.moments.mean, 0.0
    for side, apart, pulls in ((real, shift, root.pulls[0]), (fake, -shift, root.pulls[1])):
        if pulls is not None and side.images is not None and side.count is not None:
            along = 2 * (side.images @ apart - side.images.square().sum(1) / side.count)
            total += 2 * float(((along - along.mean()) * (pulls - pulls.mean())).sum()) / (len(pulls) - 1) / side.count
    return total


def _no_root(real: Part, fake: Part) -> RootTrace:
    """Return what is known where one side does not vary in any direction of the other's: the traces err alone."""
    variance = real.trace_variance + fake.trace_variance
    return RootTrace(0.0, variance, (0.0, 0.0), 0.0, (None, None), 0.0, (0.0, 0.0), 0.0, 0.0, None)


def _root(real: Sample, fake: Sample, product: FactorProduct | None) -> RootTrace | None:
    parts = list(without_constants(real.part, fake.part))
    for number, side in enumerate((real, fake)):
        basis = known_span(parts[number], None if side.count is None else side.count - 1)
        if basis is not None:
            parts = [in_basis(part, basis) for part in parts]
    if any(part.trace == 0 for part in parts):
        return _no_root(*parts)
    size = parts[0].factor.shape[1]
    known = product if product is not None and product.is_of(parts[0].factor, parts[1].factor) else None
    try:
        if all(part.freedom is None or part.freedom >= DIRECT * size for part in parts):
            return root_by_law(*parts, product=known)
        return root_by_fit(parts[0], parts[1], size, product=known)
    except (RuntimeError, NumericsError):
        # What torch raises where a decomposition does not converge is a RuntimeError.
        return None
