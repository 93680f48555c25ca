"""A row that outweighs all others is found, whatever the number of rows, and ordinary ones are not."""

import pytest
import torch

from ganmetrics.core.outliers import FAR, outlying_row

ROWS = torch.randn(50, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("count", [50, 20_000])
def test_the_far_row_is_named(count):
    """With how many times the median it is; also past one block of rows."""
    rows = ROWS.repeat(count // 50, 1).clone()
    rows[-3] *= 1e6
    row, times = outlying_row(rows)
    assert row == count - 3
    assert times > 1e5


def test_heavy_tails_are_not_far():
    """A hundred times the median is no reason to speak."""
    rows = ROWS.clone()
    rows[4] *= 100
    assert outlying_row(rows) is None
    assert outlying_row(ROWS) is None


def test_nothing_to_compare_with():
    """No rows, and rows of which most are 0."""
    assert outlying_row(torch.zeros(0, 3)) is None
    assert outlying_row(torch.tensor([[0.0], [0.0], [2 * FAR]])) is None
