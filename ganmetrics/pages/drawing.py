"""What every chart is drawn with: SVG with escaped text, a frame of axes, a legend and the numbers as a table.

Colours are names of the page's style (``s0`` to ``s4``), so that one drawing is right in light, in dark and in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ganmetrics._text import printable
from ganmetrics.pages.axes import Axis, AxisScale
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.numbers import Number, shown_tick

WIDTH, HEIGHT = 460, 320
"""Units of a drawing: about a phone's width in pixels, so that text stays readable there."""
LEFT, RIGHT, TOP, BOTTOM = 68, 12, 10, 48
_COLOURS = 5
DASHED = "2 4"
DASHES = ("", "", "9 4", "9 3 2 3", "16 4")
"""A second sign beside the colour, by series."""


@dataclass(frozen=True)
class Key:
    """A line of a legend.

    Attributes:
        name: of the series.
        colour: its number.
        kind: ``line``, ``band`` or ``dot``.
        dash: gaps of the line; empty for none.
    """

    name: str
    colour: int
    kind: str = "line"
    dash: str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart that is ready for a page.

    Attributes:
        title: above it.
        description: what it shows, for those who cannot see it.
        svg: the elements of the drawing.
        keys: the legend; one of a single line says nothing and is left out.
        note: below it.
        numbers: what was drawn, as a table; None where that would not be read.
        height: of the drawing, beside `WIDTH`.
    """

    title: str
    description: str
    svg: Markup
    keys: tuple[Key, ...] = ()
    note: str = ""
    numbers: Grid | None = None
    height: int = HEIGHT


def colour_class(number: int) -> str:
    """Return the style of a series; there are few colours, and the next series begins anew.

    >>> colour_class(1), colour_class(6)
    ('s1', 's1')
    """
    return f"s{number % _COLOURS}"


def element(tag: str, content: str | Markup = "", **attributes: object) -> Markup:
    """Return an SVG element; content and values are escaped.

    >>> element("text", "a < b", x=1.234, class_="tick")
    Markup('<text x="1.2" class="tick">a &lt; b</text>')
    """
    pairs = [
        Markup(' {}="{}"').format(
            name.rstrip("_").replace("_", "-"), f"{value:.1f}" if isinstance(value, float) else value
        )
        for name, value in attributes.items()
        if value not in (None, "")
    ]
    name = Markup(tag)  # a word of this package  # nosec B704
    return Markup("<{0}{1}>{2}</{0}>").format(name, Markup("").join(pairs), _printable(content))


def _printable(content: str | Markup) -> str | Markup:
    """Return text without characters that turn the direction of writing; what is made of elements has none."""
    return content if isinstance(content, Markup) else printable(content)


def join_markup(parts: Sequence[Markup]) -> Markup:
    """Return elements one after the other."""
    return Markup("").join(parts)


def frame(x_axis: Axis, y_axis: Axis, x: AxisScale, y: AxisScale, *, height: int = HEIGHT) -> Markup:
    """Return grid lines, ticks and labels."""
    parts = []
    for tick in y.ticks():
        at = y.place(tick)
        parts.append(element("path", d=f"M{LEFT} {at:.1f}H{WIDTH - RIGHT}", class_="grid"))
        parts.append(element("text", shown_tick(tick), x=float(LEFT - 8), y=at + 4, class_="tick end"))
    for tick in x.ticks():
        at = x.place(tick)
        parts.append(element("path", d=f"M{at:.1f} {height - BOTTOM}v5", class_="axis"))
        parts.append(element("text", shown_tick(tick), x=at, y=float(height - BOTTOM + 19), class_="tick middle"))
    parts.append(element("path", d=f"M{LEFT} {height - BOTTOM}H{WIDTH - RIGHT}", class_="axis"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(element("text", x_axis.label, x=middle, y=float(height - 6), class_="label middle"))
    upright = f"translate(13 {(TOP + height - BOTTOM) / 2:.0f}) rotate(-90)"
    parts.append(element("text", y_axis.label, transform=upright, class_="label middle"))
    return join_markup(parts)


def path_of(points: Sequence[tuple[Number, Number]]) -> str:
    """Return the path through points.

    >>> path_of([(0, 1), (2.25, 3)])
    'M0.0 1.0L2.2 3.0'
    """
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
