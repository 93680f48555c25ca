"""The distance of each class, as bars with intervals."""

from ganmetrics.commands.report_page.material import Material
from ganmetrics.pages import Axis, Bar, BarChart
from ganmetrics.pages.document import PageBlock
from ganmetrics.report import Table

_SHOWN = 30
"""Classes: those with the largest distances."""
TABLE = "classes"
"""Of a report, where classes were scored."""


def class_charts(material: Material) -> list[PageBlock]:
    """Return bars of the classes, the farthest first; none where classes were not scored."""
    tables = {one.name: _table(one.report.tables) for one in material.generators}
    rows = {name: {str(row["class"]): row for row in table.to_json()} for name, table in tables.items() if table}
    if not rows:
        return []
    worst: dict[str, float] = {}
    for of_generator in rows.values():
        for name, row in of_generator.items():
            distance = _number(row["corrected"], row["distance"])
            worst[name] = max(worst.get(name, 0.0), distance or 0.0)
    shown = sorted(worst, key=lambda name: (-worst[name], name))[:_SHOWN]
    bars = []
    for name in shown:
        cells = [of_generator.get(name, {}) for of_generator in rows.values()]
        values = tuple(_number(cell.get("corrected"), cell.get("distance")) for cell in cells)
        low, high = (tuple(_number(cell.get(end), None) for cell in cells) for end in ("low", "high"))
        bars.append(Bar(name, values, low, high))
    hidden = len(worst) - len(shown)
    note = "Corrected where there is a correction, with the interval; a class has few images."
    return [
        BarChart(
            title="Distance by class",
            description=f"Fréchet distance of each class, the farthest first: {shown[0]} is farthest.",
            axis=Axis(material.distance_name),
            series=tuple(rows),
            bars=bars,
            note=f"{note} {hidden:,} closer classes are left out." if hidden > 0 else note,
        )
    ]


def _table(tables: tuple[Table, ...]) -> Table | None:
    return next((table for table in tables if table.name == TABLE), None)


def _number(value: object, otherwise: object) -> float | None:
    if isinstance(value, float):
        return value
    return otherwise if isinstance(otherwise, float) else None
