"""Quantiles of the normal distribution."""

from statistics import NormalDist

from ganmetrics.core.checks import probability


def normal_quantile(confidence: float) -> float:
    """Return q with P(|z| <= q) = confidence for a standard normal z.

    Raises:
        InputError: if the confidence is not between 0 and 1.

    >>> round(normal_quantile(0.95), 6), round(normal_quantile(1 - 1e-16), 3)
    (1.959964, 8.292)
    """
    confidence = probability("confidence", confidence)
    below = (1 + confidence) / 2
    # Next to 1 the sum is rounded to 1; the other tail is not.
    return NormalDist().inv_cdf(below) if below < 1 else -NormalDist().inv_cdf((1 - confidence) / 2)
