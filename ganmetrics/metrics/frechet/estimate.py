"""The Fréchet distance of the populations behind two sets of images, with an interval."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ganmetrics._types import ArrayLike
from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.inference.jackknife import Jackknife, jackknife, shrunk_changes
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.core.random_matrix.kurtosis import Tails, part_lengths, relative_kurtosis, tail_bias
from ganmetrics.metrics.frechet.corrected import (
    corrected_by_spectrum,
    corrected_distance,
    gaussian_variance,
    least_distance,
    product_spectrum,
    quadratic_variance,
    root_within,
)
from ganmetrics.metrics.frechet.distance import check_sides, distance_by_product, frechet_distance

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
class Estimate:
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


def frechet_estimate(real: ArrayLike | Moments, fake: ArrayLike, *, confidence: float = 0.95) -> Estimate:
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
    >>> estimate = frechet_estimate(real, fake)
    >>> estimate.low < 32 < estimate.high, estimate.calibrated
    (True, True)
    """
    return estimate_from_blocks(real if isinstance(real, Moments) else Blocks.of(real), Blocks.of(fake), confidence)


def estimate_from_blocks(real: Blocks | Moments, fake: Blocks | Moments, confidence: float) -> Estimate:
    """Return the same from the moments of blocks, which can be stored and merged; see `frechet_estimate`.

    Either side may be given by its moments alone: exact without a count, else with the sampling error of Gaussian
    features, and then not calibrated.
    """
    quantile = student_quantile(confidence, BLOCKS - 1)
    real_side, fake_side = (_total(side) for side in (real, fake))
    check_sides(real_side, fake_side)
    product = FactorProduct(real_side.factor, fake_side.factor)
    value = distance_by_product(real_side, fake_side, product)
    variance = 0.0 if isinstance(real, Blocks) else gaussian_variance(real_side, fake_side)
    variance += 0.0 if isinstance(fake, Blocks) else gaussian_variance(fake_side, real_side)

    def reach(error: float) -> float:
        return quantile * math.hypot(error, math.sqrt(variance))

    spectrum = product_spectrum(product)
    corrected = corrected_by_spectrum(real_side, fake_side, spectrum)
    steps = None if corrected is None else _corrected_steps(corrected, len(spectrum.eigenvalues), real, fake)
    if steps is not None:
        value_now, squared_error = steps.value, steps.error**2
        excess = EXCESS * quadratic_variance(real_side, fake_side, spectrum)
        half = reach(math.sqrt(max(squared_error - excess, (1 - MOST) * squared_error)))
        calibrated = variance == 0 and _enough(real_side, fake_side) and steps.kurtosis <= CALIBRATED_KURTOSIS
        return Estimate(value, value_now, value_now - half, value_now + half, calibrated)
    plain = _jackknifed(frechet_distance, value, real, fake)
    if plain is None:
        variance = gaussian_variance(real_side, fake_side) + gaussian_variance(fake_side, real_side)
        plain = Jackknife(value, 0.0)
    half = reach(plain.error)
    if corrected is not None:
        # Two estimates of unknown merit: the interval is the hull of both's.
        centres = (corrected, plain.value)
        return Estimate(value, corrected, min(centres) - half, max(centres) + half, calibrated=False)
    floor = least_distance(real_side, fake_side)
    least = _jackknifed(least_distance, floor, real, fake) or Jackknife(floor, 0.0)
    low = min(plain.value - half, least.value - reach(least.error))
    return Estimate(value, None, low, plain.value + half, calibrated=False)


class _Steps(NamedTuple):
    """The jackknifed corrected distance, its standard error, and the larger kurtosis of the two sides."""

    value: float
    error: float
    kurtosis: float


class _Kurtoses:
    """The tails of both sides, whole and without one block; those of Gaussian features where there are no blocks."""

    def __init__(self, real: Blocks | Moments, fake: Blocks | Moments, size: int) -> None:
        self._lengths = [part_lengths(side.parts) if isinstance(side, Blocks) else [] for side in (real, fake)]
        self._size = size

    def of(self, sides: tuple[Moments, Moments], without: int | None = None) -> Tails:
        """Return the tails of both sides' moments."""
        kurtoses = []
        for moments, known in zip(sides, self._lengths, strict=True):
            lengths = [length for number, length in enumerate(known) if number != without]
            kurtoses.append(relative_kurtosis(moments, lengths) if lengths else 1.0)
        return Tails(kurtoses, [0.0 if side.count is None else self._size / side.count for side in sides])


class _Rest(NamedTuple):
    """What is left without one block: the corrected distance, the block's share of the images, and the tails."""

    value: float
    share: float
    tails: Tails


def _corrected_steps(whole: float, size: int, real: Blocks | Moments, fake: Blocks | Moments) -> _Steps | None:
    """Return the jackknife of the corrected distance; None if it is undefined without one of the blocks."""
    kurtoses, sides = _Kurtoses(real, fake, size), (_total(real), _total(fake))
    rests = []
    for number, share, rest in _left_out(real, fake):
        value = corrected_distance(*rest) if rest else None
        if value is None or rest is None:
            return None
        rests.append(_Rest(value, share, kurtoses.of(rest, number)))
    tails = kurtoses.of(sides)
    if not rests:
        return _Steps(whole, 0.0, max(tails.kurtoses))
    return _stretched(whole, rests, tails, tail_bias(root_within(*sides, whole), tails.level))


def _stretched(whole: float, rests: list[_Rest], tails: Tails, bias: float) -> _Steps:
    """Return the jackknife, its step stretched by as much as tails make it fall short (`Tails.stretch`).

    Stretching is part of the estimate, so each block is left out of it, too. So it is of the step: heavy tails make the
    bias that the step takes away, and vary from block to block. The part of the step that they explain, `bias` at most,
    is without a block in proportion to the `Tails.level` that is left.
    """
    shares = [rest.share for rest in rests]
    step = jackknife(whole, [rest.value for rest in rests], shares).value - whole
    of_tails = min(max(step, -bias), 0.0)
    changes = shrunk_changes(tails.level, [rest.tails.level for rest in rests], shares)
    stretched = [
        rest.value + (rest.tails.stretch - 1) * step + change * of_tails
        for rest, change in zip(rests, changes, strict=True)
    ]
    error = jackknife(whole + (tails.stretch - 1) * step, stretched, shares).error
    return _Steps(whole + tails.stretch * step, error, max(tails.kurtoses))


def _jackknifed(
    distance: Callable[[Moments, Moments], float], whole: float, real: Blocks | Moments, fake: Blocks | Moments
) -> Jackknife | None:
    """Return the jackknife over the blocks of the sampled sides; None if one image remains without a block."""
    left_out, shares = [], []
    for _, share, rest in _left_out(real, fake):
        if rest is None:
            return None
        left_out.append(distance(*rest))
        shares.append(share)
    return jackknife(whole, left_out, shares) if left_out else Jackknife(whole, 0.0)


def _left_out(
    real: Blocks | Moments, fake: Blocks | Moments
) -> Iterator[tuple[int, float, tuple[Moments, Moments] | None]]:
    """Yield each block's number, its share of the images, and both sides without it; None if too few remain."""
    sampled = [side for side in (real, fake) if isinstance(side, Blocks)]
    for number in range(BLOCKS):
        share = sum(side.share(number) for side in sampled) / (len(sampled) or 1)
        if share > 0:
            one, other = (side.without(number) if isinstance(side, Blocks) else side for side in (real, fake))
            yield number, share, (one, other) if one and other else None


def _total(side: Blocks | Moments) -> Moments:
    return side.total if isinstance(side, Blocks) else side


def _enough(real: Moments, fake: Moments) -> bool:
    rank = min(len(real.factor), len(fake.factor))
    needed = max(CALIBRATED_COUNT, CALIBRATED_PER_FEATURE * rank)
    return all(side.count is None or side.count >= needed for side in (real, fake))
