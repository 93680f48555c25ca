"""`Table`: rows under named columns, as aligned text and as JSON."""

from dataclasses import dataclass

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """Rows under named columns.

    Attributes:
        name: the key in JSON.
        title: the line above the rows in text.
        columns: their names.
        rows: a cell for each column.
        shown: rows that the text has; None for all. JSON has all of them.

    >>> rows = (("cat", 12000, 1.5), ("dog", 10, None))
    >>> print(Table("classes", "by class", ("class", "count", "fid"), rows).to_text())
    by class
    class   count  fid
    cat    12,000  1.5
    dog        10    -
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: int | None = None

    def to_json(self) -> list[dict[str, Cell]]:
        """Return one object a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_text(self) -> str:
        """Return the title and the rows; text is aligned left, numbers right, and what there is not is a dash.

        Without rows it is the title alone.
        """
        if not self.rows:
            return self.title
        rows = self.rows[: self.shown]
        numeric = [all(not isinstance(row[place], str) for row in rows) for place in range(len(self.columns))]
        lines = [self.columns, *(tuple(_shown(cell) for cell in row) for row in rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        aligned = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        hidden = len(self.rows) - len(rows)
        rest = [f"and {hidden:,} more (--json has all)"] if hidden else []
        return "\n".join([self.title, *aligned, *rest])


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.6g}" if isinstance(cell, float) else cell
