"""Holm's correction of several p-values for their number."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that may be compared with one level, however many there are, in the same order.

    Of m hypotheses the one with the k-th smallest p-value gets the largest of (m - i + 1) p_(i) over i up to k, at
    most 1: rejecting where that is at most the level rejects any true hypothesis with no more than that probability,
    whatever depends on what (Holm, Scand. J. Statist. 6, 1979, section 3).

    Args:
        p_values: each between 0 and 1.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    >>> holm([])
    []
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted
