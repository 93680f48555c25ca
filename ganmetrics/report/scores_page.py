"""The page of a report by itself: its scores and tables, without the images that they are of."""

from typing import TYPE_CHECKING

from ganmetrics.pages import Code, Grid, Hidden, Notes, Page, Section
from ganmetrics.pages.document import PageBlock
from ganmetrics.pages.numbers import NOTHING
from ganmetrics.report import exports
from ganmetrics.report.table import Cell, Table

if TYPE_CHECKING:
    from ganmetrics.report.report import Report

MOST_ROWS = 200
"""Of a table in a page; the JSON has all."""


def scores_page(report: "Report") -> Page:
    """Return the page."""
    blocks: list[PageBlock] = [exports.to_grid(report)]
    notes = [f"{score.name}: {note}" for score in report.values() for note in score.notes]
    notes += [str(refusal) for refusal in report.refusals.values()]
    if notes:
        blocks.append(Notes(tuple(dict.fromkeys(notes)), warning=True))
    sections = [Section("Scores", tuple(blocks))]
    if report.tables:
        sections.append(Section("Tables", tuple(Hidden(table.title, (_grid(table),)) for table in report.tables)))
    sections.append(Section("For a paper", (Code("LaTeX", exports.to_latex({"": report})),)))
    data = type(report)(report.scores, report.provenance, (), report.refusals, report.asked).to_json()
    sections.append(Section("Provenance", (Hidden("Scores and provenance as JSON", (Code("JSON", data),)),)))
    return Page("Scores", ", ".join(report) or "nothing could be scored", tuple(sections), data)


def _grid(table: Table) -> Grid:
    rows = table.rows[:MOST_ROWS]
    hidden = len(table.rows) - len(rows)
    numeric = [all(not isinstance(row[place], str) for row in rows) for place in range(len(table.columns))]
    note = f"and {hidden:,} more rows" if hidden else ""
    return Grid(table.title, table.columns, tuple(tuple(_cell(cell) for cell in row) for row in rows), note, numeric)


def _cell(cell: Cell) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.4g}" if isinstance(cell, float) else cell
