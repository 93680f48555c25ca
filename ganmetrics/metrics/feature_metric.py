"""A metric that another package adds: what it is called, where it lies, and how it is computed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FeatureMetric:
    """A number of two sets of features; an entry point of the group ``ganmetrics.metrics`` leads to one.

    Attributes:
        title: what messages call it, such as ``an energy distance``.
        compute: real and fake features, float32 tensors [n, d] and [m, d], to a number.
        lower_is_better: its direction.
        low: the least value that it can have.
        high: the greatest.
        least: images a side that it is defined from.

    >>> FeatureMetric("a distance of means", lambda real, fake: abs(float(real.mean() - fake.mean()))).least
    2
    """

    title: str
    compute: Callable[[Any, Any], float]
    lower_is_better: bool = True
    low: float = -math.inf
    high: float = math.inf
    least: int = 2
