"""`Grid`: a table of a page, whose cells are text that is ready to be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from ganmetrics.errors import InputError


@dataclass(frozen=True)
class Grid:
    """A table with headers.

    Attributes:
        caption: above it; says what the rows are.
        columns: their headers.
        rows: a cell for each column; the first one is the row's header.
        note: below it.
        numeric: whether a column is of numbers, which stand at the right; None for all but the first.
        quiet: rows to be told apart as less important.

    Raises:
        InputError: a row has not one cell for each column.

    >>> Grid("scores", ("metric", "value"), (("fid", "12.3"),)).is_numeric(1)
    True
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    numeric: Sequence[bool] | None = None
    quiet: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Check that every row has its cells."""
        widths = {len(row) for row in self.rows} | {len(self.columns)}
        if len(widths) != 1:
            raise InputError(
                f"a table needs a cell for each of {len(self.columns)} columns; got rows of {sorted(widths)}"
            )

    def is_numeric(self, column: int) -> bool:
        """Return whether a column stands at the right."""
        return column > 0 if self.numeric is None else self.numeric[column]
