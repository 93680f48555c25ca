"""The Inception Score with an interval: how much it would vary with other images."""

import math
from dataclasses import dataclass

import torch

from ganmetrics._types import ArrayLike, Logits
from ganmetrics.core.arrays import check_rows
from ganmetrics.core.checks import named_in, probability
from ganmetrics.core.entropy import class_dispersion, divergence_without_each, mean_divergence_from_marginal
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.metrics.inception.score import (
    INCEPTION_CONVENTIONS,
    InceptionScore,
    InceptionScoreConvention,
    score_of_splits,
    split_logits,
)

_NORMAL_FROM = 1000
"""Degrees of freedom from which Student's distribution is the normal one, to three digits."""


@dataclass(frozen=True)
class InceptionScoreEstimate(InceptionScore):
    """An Inception Score, and how much it would vary with other images of the same number in the same splits.

    Attributes:
        error: its standard error; None where the images do not vary at all and so tell none.
        low: lower end of the interval for its expectation, at least 1; None without a standard error.
        high: upper end, at most the number of classes; None without a standard error.
    """

    error: float | None
    low: float | None
    high: float | None


def inception_score_estimate(
    logits: ArrayLike,
    *,
    splits: int | None = None,
    convention: str | InceptionScoreConvention = "improved-gan",
    rng: torch.Generator | None = None,
    confidence: float = 0.95,
) -> InceptionScoreEstimate:
    """Return `inception_score` with a Student interval for its expectation at this number of images and splits.

    The standard deviation over the splits is no standard error: it is that of one split's score, of a tenth of the
    images. To first order an image x moves the log of its split's score by 1/count of KL(p(y|x) || p(y)) less the mean
    of that; here each image is left out of its split exactly (`divergence_without_each`), which counts what p(y) of few
    images adds. Splits of fewer images have lower scores: the interval is of the score of these splits, not of the
    score that more images tend to.

    Args:
        logits: class scores before the softmax, floating point, shape [n, c].
        splits: number of splits; None for the convention's own.
        convention: a name in `INCEPTION_CONVENTIONS`, or a convention of your own.
        rng: shuffles the images where the convention does so without a seed of its own, and only there.
        confidence: probability to cover the expectation, between 0 and 1.

    Raises:
        InputError: as `inception_score`, or if the confidence is not between 0 and 1.
        NotEnoughSamples: if there are fewer images than splits.
        NumericsError: if a logit is not finite, naming the row.

    >>> logits = 3 * torch.randn(500, 10, generator=torch.Generator().manual_seed(0))
    >>> found = inception_score_estimate(logits)
    >>> found.low < found.value < found.high
    True
    """
    chosen = named_in("convention", convention, INCEPTION_CONVENTIONS)
    check_rows(logits, "logits")
    confidence = probability("confidence", confidence)
    divergences, variances, dispersions, classes = [], [], [], logits.shape[1]
    for part in split_logits(logits, splits, chosen, rng):
        divergences.append(mean_divergence_from_marginal(part))
        variances.append(_variance(part))
        dispersions.append(class_dispersion(part) / (2 * len(part) ** 2))
    score = score_of_splits(divergences, chosen.ddof)
    factors = [math.exp(2 * divergence) for divergence in divergences]
    # Where leaving an image out changes nothing (certain of classes equally frequent), what is left is of second order.
    for parts in (variances, dispersions):
        total = sum(factor * part for factor, part in zip(factors, parts, strict=True))
        if total > 1e-20 * len(factors):
            break
    else:
        return InceptionScoreEstimate(score.value, score.std, None, None, None)
    error = math.sqrt(total) / len(factors)
    freedom = min(max(len(logits) - len(factors), 1), _NORMAL_FROM)
    reach = math.exp(student_quantile(confidence, freedom) * error / score.value)
    low, high = max(score.value / reach, 1.0), min(score.value * reach, float(classes))
    return InceptionScoreEstimate(score.value, score.std, error, low, max(high, score.value))


def _variance(logits: Logits) -> float:
    """Return the jackknife's variance of a split's mean divergence; of a single image it is always 0."""
    if len(logits) == 1:
        return 0.0
    without = divergence_without_each(logits)
    return float((without - without.mean()).square().sum()) * (len(logits) - 1) / len(logits)
