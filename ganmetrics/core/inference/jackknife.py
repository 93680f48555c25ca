"""The jackknife over blocks of unequal size."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch

CLEAR = 5.0
"""An amount is clearly told apart from 0 from this many of its errors on."""


class Jackknife(NamedTuple):
    """A value without its bias of first order in 1/n, and its standard error."""

    value: float
    error: float


def jackknife(whole: float, left_out: Sequence[float], shares: Sequence[float]) -> Jackknife:
    """Return an estimate's jackknife over groups (Busing, Meijer, van der Leeden, Statistics and Computing 9, 1999).

    Leaving out the share f of n images changes a bias a / n into a / (n (1 - f)). With B blocks the combination

        B whole - sum_b (1 - f_b) left_out_b

    therefore keeps the value and loses the bias. Each block's pseudo-value is whole / f_b - (1 / f_b - 1) left_out_b,
    and the variance the mean of their squared deviations from the combination over (1 / f_b - 1).

    Args:
        whole: the estimate from all images.
        left_out: the estimates without one block each, at least two.
        shares: the share of the images that each block holds, between 0 and 1, with sum 1.

    >>> values = torch.tensor([1.0, 3.0, 8.0])
    >>> mean, error = jackknife(4.0, [5.5, 4.5, 2.0], [1 / 3] * 3)
    >>> round(mean, 12), round(error, 6), round(float(values.std()) / 3**0.5, 6)
    (4.0, 2.081666, 2.081666)
    """
    rest = torch.tensor(left_out, dtype=torch.float64)
    odds = 1 / torch.tensor(shares, dtype=torch.float64) - 1
    value = len(rest) * whole - float((rest * odds / (odds + 1)).sum())
    pseudo = (odds + 1) * whole - odds * rest
    return Jackknife(value, math.sqrt(float(((pseudo - value).square() / odds).mean())))


def shrunk_changes(whole: float, left_out: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Return by what part of itself an amount changes without each block, shrunk towards no change by its own error.

    An amount that is not clearly told apart from 0 has no relative changes to speak of, only noise. With its jackknife
    error e, the change is multiplied by whole / (whole^2 + (5 e)^2) and not by 1 / whole: so the changes have an error
    of a tenth at most.

    Args:
        whole: the amount from all images; 0 or less has no relative changes.
        left_out: the amounts without one block each, at least two.
        shares: the share of the images that each block holds.

    >>> [round(change, 3) for change in shrunk_changes(2.0, [2.01, 1.99], [0.5, 0.5])]
    [0.005, -0.005]
    >>> shrunk_changes(0.0, [0.1, -0.1], [0.5, 0.5])
    [0.0, 0.0]
    """
    if whole <= 0:
        return [0.0] * len(left_out)
    gain = whole / (whole**2 + (CLEAR * jackknife(whole, left_out, shares).error) ** 2)
    return [gain * (value - whole) for value in left_out]
