"""Student's t distribution, for intervals from few blocks."""

import math

from ganmetrics.core.checks import probability
from ganmetrics.errors import InputError


def student_quantile(confidence: float, freedom: int) -> float:
    """Return q with P(|t| <= q) = confidence for Student's t with a whole number of degrees of freedom.

    The probability is a finite sum of powers of a cosine (Abramowitz and Stegun, 26.7.3 and 26.7.4) of the angle
    arctan(q / freedom^(1/2)), and is inverted by bisection over that angle.

    Raises:
        InputError: if the confidence is not between 0 and 1, or there is no degree of freedom.

    >>> round(student_quantile(0.95, 7), 6)
    2.364624
    """
    confidence = probability("confidence", confidence)
    if freedom < 1:
        raise InputError(f"a Student interval needs a degree of freedom; got {freedom}")
    low, high = 0.0, math.pi / 2
    for _ in range(80):
        middle = (low + high) / 2
        if _probability(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan(low)


def _probability(angle: float, freedom: int) -> float:
    """Return P(|t| <= freedom^(1/2) tan(angle))."""
    odd = freedom % 2
    term, total = math.cos(angle) if odd else 1.0, 0.0
    for power in range(1 + odd, freedom, 2):
        total += term
        term *= math.cos(angle) ** 2 * power / (power + 1)
    if odd:
        return (angle + math.sin(angle) * total) * 2 / math.pi
    return math.sin(angle) * total
