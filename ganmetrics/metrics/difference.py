"""The difference of two generators' scores on one reference: an interval and a p-value."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import as_torch, check_finite_rows
from ganmetrics.core.checks import probability, same_width
from ganmetrics.core.inference.normal import normal_quantile


@dataclass(frozen=True)
class Difference:
    """Two generators' scores on one real set, and what their difference says of the generators.

    Attributes:
        first: the first generator's score.
        second: the second's.
        low: lower end of the interval for the difference of the populations' scores; None where there is none.
        high: upper end.
        p_value: of the hypothesis that both sets of fakes come from one generator, given the real set: above 0, at
            most 1.
        estimate: what the scores are, such as ``corrected``.
        calibrated: whether a study of coverage bears the interval out for these counts; False where there is none.
    """

    first: float
    second: float
    low: float | None
    high: float | None
    p_value: float
    estimate: str
    calibrated: bool

    @property
    def value(self) -> float:
        """The first score less the second."""
        return self.first - self.second

    def better(self, *, lower_is_better: bool, level: float) -> str | None:
        """Return ``first`` or ``second`` if it is better beyond doubt: p-value at most `level`, interval without 0.

        >>> Difference(1.0, 2.0, -1.5, -0.5, 0.01, "plain", True).better(lower_is_better=True, level=0.05)
        'first'
        """
        if self.low is None or self.high is None or self.low <= 0 <= self.high or self.p_value > level:
            return None
        return "first" if (self.high < 0) == lower_is_better else "second"


def check_sets(real: ArrayLike, first: ArrayLike, second: ArrayLike) -> None:
    """Refuse sets that cannot be compared: a row is named by its number in the caller's array.

    Raises:
        InputError: if a set is not a floating-point array of shape [n, d], or the dimensions differ.
        NumericsError: if a feature is not finite, naming the set and the row.
    """
    for name, features in (("real", real), ("first", first), ("second", second)):
        check_finite_rows(features, f"{name} features")
    for features in (first, second):
        same_width(real.shape[1], features.shape[1])


def join_features(first: ArrayLike, second: ArrayLike) -> Tensor:
    """Return both sets of features as one tensor on the CPU, in memory.

    >>> join_features(torch.tensor([[1.0]]), torch.tensor([[2.0]]))
    tensor([[1.],
            [2.]])
    """
    return torch.cat([_tensor(first), _tensor(second)])


def _tensor(features: ArrayLike) -> Tensor:
    if isinstance(features, Tensor):
        return features.detach().cpu()
    width = min(features.dtype.itemsize, np.dtype(np.float64).itemsize)
    # In the machine's order of bytes, no wider than a double, and writable, as torch asks for.
    return as_torch(np.require(features, f"=f{width}", ["C", "A", "W"]))


def normal_interval(centre: float, variance: float, confidence: float) -> tuple[float, float]:
    """Return the ends of a normal interval.

    Raises:
        InputError: if the confidence is not between 0 and 1.

    >>> [round(end, 3) for end in normal_interval(1.0, 4.0, 0.95)]
    [-2.92, 4.92]
    """
    confidence = probability("confidence", confidence)
    half = normal_quantile(confidence) * math.sqrt(variance)
    return centre - half, centre + half
