"""`BarChart`: a bar a row, with an interval where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ganmetrics._text import clipped
from ganmetrics.pages.axes import Axis, AxisScale
from ganmetrics.pages.drawing import BOTTOM, RIGHT, TOP, WIDTH, Drawing, Key, colour_class, element, join_markup
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.numbers import Number, decimals_for, shown_number, shown_tick

_NAMES = 130
"""Units at the left for names."""
NAME_LENGTH = 17
_ROW = 20
_GAP = 8


@dataclass(frozen=True)
class Bar:
    """One row.

    Attributes:
        name: of the row.
        values: a number for each series; None for none.
        low: lower ends of the intervals, likewise.
        high: upper ends.
    """

    name: str
    values: tuple[Number | None, ...]
    low: tuple[Number | None, ...] = ()
    high: tuple[Number | None, ...] = ()


@dataclass(frozen=True)
class BarChart:
    """Rows of bars, one for each series.

    Attributes:
        title: above it.
        description: what it shows, in a sentence.
        axis: below.
        series: their names.
        bars: at least one.
        note: below it.
        first_colour: of the first series.
    """

    title: str
    description: str
    axis: Axis
    series: tuple[str, ...]
    bars: Sequence[Bar]
    note: str = ""
    first_colour: int = 1

    def draw(self) -> Drawing:
        """Return the drawing.

        Raises:
            InputError: there is no number to draw.
        """
        numbers = [value for bar in self.bars for row in (bar.values, bar.low, bar.high) for value in row]
        x = AxisScale.of(self.axis, [0.0, *(value for value in numbers if value is not None)], _NAMES, WIDTH - RIGHT)
        step = _ROW * len(self.series) + _GAP
        height = TOP + step * len(self.bars) + BOTTOM
        parts = [_grid(self.axis, x, height)]
        for place, bar in enumerate(self.bars):
            parts.append(self._row(bar, TOP + place * step, x))
        keys = tuple(Key(name, self.first_colour + at, "dot") for at, name in enumerate(self.series))
        return Drawing(self.title, self.description, join_markup(parts), keys, self.note, self._numbers(), height)

    def _row(self, bar: Bar, top: int, x: AxisScale) -> Markup:
        tall = _ROW * len(self.series)
        parts = [
            element(
                "text", clipped(bar.name, NAME_LENGTH), x=float(_NAMES - 8), y=top + tall / 2 + 4, class_="tick end"
            )
        ]
        for at, value in enumerate(bar.values):
            if value is None:
                continue
            start, end = sorted((x.place(0.0), x.place(value)))
            upper, style = float(top + at * _ROW + 3), colour_class(self.first_colour + at)
            parts.append(
                element("rect", x=start, y=upper, width=end - start, height=float(_ROW - 6), class_=f"bar {style}")
            )
            low, high = (ends[at] if ends else None for ends in (bar.low, bar.high))
            if low is not None and high is not None:
                middle, left, right = upper + _ROW / 2 - 3, x.place(low), x.place(high)
                whisker = (
                    f"M{left:.1f} {middle:.1f}H{right:.1f}M{left:.1f} {middle - 4:.1f}v8M{right:.1f} {middle - 4:.1f}v8"
                )
                parts.append(element("path", d=whisker, class_="whisker"))
        return join_markup(parts)

    def _numbers(self) -> Grid:
        columns, rows = ["", *(part for name in self.series for part in (name, f"{name}, low", f"{name}, high"))], []
        for bar in self.bars:
            cells = [bar.name]
            for at, value in enumerate(bar.values):
                ends = [of[at] if of else None for of in (bar.low, bar.high)]
                decimals = decimals_for([value])
                cells += [shown_number(number, decimals) for number in (value, *ends)]
            rows.append(tuple(cells))
        return Grid(f"{self.title}: the numbers", tuple(columns), tuple(rows))


def _grid(axis: Axis, x: AxisScale, height: int) -> Markup:
    parts = []
    for tick in x.ticks():
        at = x.place(tick)
        parts.append(element("path", d=f"M{at:.1f} {TOP}V{height - BOTTOM}", class_="axis" if tick == 0 else "grid"))
        parts.append(element("text", shown_tick(tick), x=at, y=float(height - BOTTOM + 18), class_="tick middle"))
    parts.append(
        element("text", axis.label, x=(_NAMES + WIDTH - RIGHT) / 2, y=float(height - 6), class_="label middle")
    )
    return join_markup(parts)
