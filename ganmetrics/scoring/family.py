"""What a family of metrics gives: its scores by name, and tables of what lies behind them."""

import math
from dataclasses import dataclass, field

from torch import Tensor

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.references.sides import Side
from ganmetrics.report import Score, Table


@dataclass(frozen=True)
class Scored:
    """The scores that one computation gives.

    Attributes:
        scores: by the metric's name in the catalogue.
        tables: what lies behind them.
    """

    scores: dict[str, Score] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()


def features_of(metric: Metric, side: Side) -> Tensor:
    """Return all features of a side.

    Raises:
        InputError: they were not kept, since statistics stand for the images.
    """
    if side.features is None:
        raise InputError(
            f"{metric.title} needs {side.reference.things}; {side.reference.name} holds only their mean and covariance"
        )
    return side.features


def label_of(side: Side, row: int) -> str:
    """Return what the image of a row is called."""
    return f"row {row}" if side.rows is None else side.rows.label(row)


def finite(value: float) -> float | None:
    """Return a number, or None for what is infinite or undefined: JSON has no words for these."""
    return value if math.isfinite(value) else None


def classes_of(metric: Metric, side: Side) -> list[str]:
    """Return the class of each row of a side.

    Raises:
        InputError: an image has none.
    """
    rows = side.rows
    found = [] if rows is None else [rows.class_of(row) for row in range(len(rows))]
    named = [name for name in found if name is not None]
    if not named or len(named) != len(found):
        raise InputError(f"{metric.title} needs a class folder or label for each image; {side.reference.name} has none")
    return named
