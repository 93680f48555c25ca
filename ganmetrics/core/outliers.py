"""A row that is so far from all others that sums over rows are of it alone."""

import torch
from torch import Tensor

FAR = 1000.0
"""Times the median length: from here on the square of one row outweighs a million others together."""
_ROWS = 8192
"""Rows whose lengths are taken at once: 128 MB of float64 at 2048 features."""


def outlying_row(rows: Tensor) -> tuple[int, float] | None:
    """Return the longest of the rows [n, d] and how many times the median it is; None where that is no more than `FAR`.

    No statistic of means, nor a screening of distances in float32, which has 24 bits, bears such a row.

    >>> outlying_row(torch.tensor([[1.0, 0.0], [0.0, 1.0], [3e9, 4e9]]))
    (2, 5000000000.0)
    >>> outlying_row(torch.tensor([[1.0, 0.0], [0.0, 1.0], [30.0, 40.0]]))
    """
    if not len(rows):
        return None
    starts = range(0, len(rows), _ROWS)
    lengths = torch.cat([rows[start : start + _ROWS].double().norm(dim=1) for start in starts])
    longest, row = lengths.max(dim=0)
    median = float(lengths.median())
    times = float(longest) / median if median > 0 else 0.0
    return (int(row), times) if times > FAR else None
