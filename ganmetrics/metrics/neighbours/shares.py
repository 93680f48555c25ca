"""Intervals of shares and rates over one set of images that depend on another set, too."""

import math
from dataclasses import dataclass

import numpy as np

from ganmetrics.core.inference.normal import normal_quantile
from ganmetrics.core.neighbours.left_out import Changes


@dataclass(frozen=True)
class ShareEstimate:
    """A share or a rate, and how much it would vary with other images of the same numbers.

    Attributes:
        value: the share or rate.
        error: its standard error, both sides' sampling counted.
        low: lower end of the interval for its expectation at these numbers of images; at least 0.
        high: upper end; of a share at most 1.
    """

    value: float
    error: float
    low: float
    high: float


def share_estimate(hits: int, count: int, other: float, confidence: float) -> ShareEstimate:
    """Return the score interval of a share (Wilson, JASA 22, 1927) of as many images as would vary by as much.

    The variance is that of a share of independent images, at a share drawn in from 0 and 1 (Agresti and Coull, The
    American Statistician 52, 1998), so that none of 100 is not certainty, plus what comes of the other images. The
    ratio of the first to the sum, times the count, is the number of independent images that would vary by as much
    (Korn and Graubard, Survey Methodology 24, 1998).

    Args:
        hits: images that have what is asked for.
        count: images that are asked about.
        other: variance of the share that comes of other images.
        confidence: probability to cover the expectation, between 0 and 1.

    Raises:
        InputError: if the confidence is not between 0 and 1.

    >>> estimate = share_estimate(0, 100, 0.0, 0.95)
    >>> estimate.low, round(estimate.high, 4)
    (0.0, 0.037)
    >>> share_estimate(50, 100, 0.0025, 0.95).error > 2**0.5 * share_estimate(50, 100, 0.0, 0.95).error * 0.99
    True
    """
    squared = normal_quantile(confidence) ** 2
    drawn_in = (hits + squared / 2) / (count + squared)
    within = drawn_in * (1 - drawn_in)
    own, share = within / count, hits / count
    if own == 0:
        # Of a confidence so small that it draws nothing in: such an interval has no width.
        return ShareEstimate(share, math.sqrt(other), share, share)
    independent = within / (own + other)
    centre = (share + squared / independent / 2) / (1 + squared / independent)
    half = math.sqrt(squared * (share * (1 - share) / independent + squared / independent**2 / 4))
    half /= 1 + squared / independent
    # At a share of 0 or 1 one end is the share itself, which rounding may miss.
    low, high = min(centre - half, share), max(centre + half, share)
    return ShareEstimate(share, math.sqrt(own + other), max(low, 0.0), min(high, 1.0))


def rate_estimate(value: float, variance: float, least: float, confidence: float) -> ShareEstimate:
    """Return the score interval of a rate, such as density, whose variance grows in proportion to it.

    The ends D solve (D - value)^2 = z^2 D variance / value: both are at least 0, and the upper one is the further.

    Args:
        value: the rate, at least 0.
        variance: its variance.
        least: variance over rate where the rate is 0 and so tells none.
        confidence: probability to cover the expectation, between 0 and 1.

    >>> estimate = rate_estimate(1.0, 0.01, 0.01, 0.95)
    >>> round(estimate.low, 3), round(estimate.high, 3)
    (0.822, 1.216)
    """
    squared = normal_quantile(confidence) ** 2
    spread = max(variance / value, least) if value > 0 else least
    half = math.sqrt(squared * spread * (value + squared * spread / 4))
    if math.isinf(half):
        # So small a rate beside its variance says nothing of where it lies.
        return ShareEstimate(value, math.sqrt(max(variance, value * least)), 0.0, math.inf)
    centre = value + squared * spread / 2
    # Beside a large spread the lower end, far below the two that it is the difference of, has no digits left.
    low = max(min(centre - half, value), 0.0)
    return ShareEstimate(value, math.sqrt(value * spread), low, centre + half)


def variance_by_left_out(changes: Changes, asked: int) -> float:
    """Return the variance of a mean over `asked` images that comes of the images of which one at a time is left out.

    The jackknife: the sum over the left-out images of the squared change of the mean, about its average. A change is
    itself a mean over the images that are asked about, whose sampling is counted elsewhere: their squares, which are
    due to it, are taken off, and products of two different ones remain, whose expectation is that of the square. The
    jackknife is too large, never too small, in expectation (Efron and Stein, Annals of Statistics 9, 1981).

    >>> variance_by_left_out(Changes(np.array([0, 0, 0, 0]), np.array([4, 0, 0, 0])), 10)
    0.09333333333333332
    """
    net = (changes.gained - changes.lost).astype(np.float64)
    pairs = float((np.square(net) - changes.gained - changes.lost).sum()) / (asked * (asked - 1))
    return max(pairs - float(net.sum()) ** 2 / (len(net) * asked**2), 0.0)
