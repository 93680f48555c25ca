"""`LineChart`: lines over an axis, each with a band where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ganmetrics.pages.axes import Axis, AxisScale
from ganmetrics.pages.drawing import (
    BOTTOM,
    DASHED,
    DASHES,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Drawing,
    Key,
    colour_class,
    element,
    frame,
    join_markup,
    path_of,
)
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.numbers import Number, shown_alike, shown_tick

MOST_MARKS = 24
"""Points a line up to which each is marked; more would hide the line."""
_MOST_ROWS = 60
"""Points up to which the numbers are given as a table."""


@dataclass(frozen=True)
class Line:
    """One series.

    Attributes:
        name: in the legend.
        x: places.
        y: numbers; a None is a gap.
        colour: number of the series, 0 to 4.
        low: lower ends of the band; empty for none.
        high: upper ends.
        dashed: drawn with gaps, as less certain or of another kind.
    """

    name: str
    x: Sequence[Number]
    y: Sequence[Number | None]
    colour: int
    low: Sequence[Number | None] = ()
    high: Sequence[Number | None] = ()
    dashed: bool = False


@dataclass(frozen=True)
class LineChart:
    """Lines over a common axis.

    Attributes:
        title: above it.
        description: what it shows, in a sentence.
        x: the axis below.
        y: the axis at the left.
        lines: at least one.
        note: below it.
    """

    title: str
    description: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    note: str = ""

    def draw(self) -> Drawing:
        """Return the drawing.

        Raises:
            InputError: there is no number to draw.
        """
        heights = [value for line in self.lines for series in (line.y, line.low, line.high) for value in series]
        x = AxisScale.of(self.x, [place for line in self.lines for place in line.x], LEFT, WIDTH - RIGHT)
        y = AxisScale.of(self.y, [value for value in heights if value is not None], HEIGHT - BOTTOM, TOP)
        parts = [frame(self.x, self.y, x, y)]
        parts += [_band(line, x, y) for line in self.lines]
        parts += [_line(line, x, y) for line in self.lines]
        keys = [Key(line.name, line.colour, "band" if line.low else "line", _dash(line)) for line in self.lines]
        return Drawing(self.title, self.description, join_markup(parts), tuple(keys), self.note, self._numbers())

    def _numbers(self) -> Grid | None:
        places = sorted({place for line in self.lines for place in line.x})
        if len(places) > _MOST_ROWS:
            return None
        columns, cells = [self.x.label], [[shown_tick(place) for place in places]]
        for line in self.lines:
            for name, series in (
                (line.name, line.y),
                (f"{line.name}, low", line.low),
                (f"{line.name}, high", line.high),
            ):
                if len(series):
                    found = dict(zip(line.x, series, strict=True))
                    columns.append(name)
                    cells.append(shown_alike([found.get(place) for place in places]))
        return Grid(
            f"{self.title}: the numbers",
            tuple(columns),
            tuple(zip(*cells, strict=True)),
            numeric=(True,) * len(columns),
        )


def _dash(line: Line) -> str:
    """Return the gaps of a line: a second sign beside the colour, so that series can be told apart without it."""
    return DASHED if line.dashed else DASHES[line.colour % len(DASHES)]


def _runs(*series: Sequence[Number | None]) -> list[list[int]]:
    """Return the stretches in which every series has numbers."""
    runs: list[list[int]] = [[]]
    for place, values in enumerate(zip(*series, strict=True)):
        if any(value is None for value in values):
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def _band(line: Line, x: AxisScale, y: AxisScale) -> Markup:
    parts = []
    for run in _runs(line.low, line.high):
        upper = [(x.place(line.x[at]), y.place(line.high[at] or 0.0)) for at in run]
        lower = [(x.place(line.x[at]), y.place(line.low[at] or 0.0)) for at in reversed(run)]
        parts.append(element("path", d=path_of([*upper, *lower]) + "Z", class_=f"band {colour_class(line.colour)}"))
    return join_markup(parts)


def _line(line: Line, x: AxisScale, y: AxisScale) -> Markup:
    parts = []
    for run in _runs(line.y):
        points = [(x.place(line.x[at]), y.place(line.y[at] or 0.0)) for at in run]
        style = f"line {colour_class(line.colour)}"
        if len(points) > 1:
            parts.append(element("path", d=path_of(points), class_=style, stroke_dasharray=_dash(line)))
        if len(line.x) <= MOST_MARKS:
            parts += [
                element("circle", cx=px, cy=py, r=3.2, class_=f"mark {colour_class(line.colour)}") for px, py in points
            ]
    return join_markup(parts)
