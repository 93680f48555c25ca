"""`ScatterChart`: clouds of points on two axes."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ganmetrics.pages.axes import Axis, AxisScale
from ganmetrics.pages.drawing import (
    BOTTOM,
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
)
from ganmetrics.pages.numbers import Number


@dataclass(frozen=True)
class Cloud:
    """Points of one kind.

    Attributes:
        name: in the legend.
        points: places on both axes.
        colour: number of the series, 0 to 4.
    """

    name: str
    points: Sequence[Sequence[Number]]
    colour: int


@dataclass(frozen=True)
class ScatterChart:
    """Clouds on common axes; a later one lies over an earlier one.

    Attributes:
        title: above it.
        description: what it shows, in a sentence.
        x: the axis below.
        y: the axis at the left.
        clouds: at least one point among them.
        note: below it.
    """

    title: str
    description: str
    x: Axis
    y: Axis
    clouds: tuple[Cloud, ...]
    note: str = ""

    def draw(self) -> Drawing:
        """Return the drawing.

        Raises:
            InputError: there is no point to draw.
        """
        points = [point for cloud in self.clouds for point in cloud.points]
        x = AxisScale.of(self.x, [point[0] for point in points], LEFT, WIDTH - RIGHT)
        y = AxisScale.of(self.y, [point[1] for point in points], HEIGHT - BOTTOM, TOP)
        parts = [frame(self.x, self.y, x, y), *(_cloud(cloud, x, y) for cloud in self.clouds)]
        keys = tuple(Key(cloud.name, cloud.colour, "dot") for cloud in self.clouds)
        return Drawing(self.title, self.description, join_markup(parts), keys, self.note)


def _cloud(cloud: Cloud, x: AxisScale, y: AxisScale) -> Markup:
    """Return one path of dots: a point costs ten bytes of the page."""
    dots = "".join(f"M{x.place(first):.0f} {y.place(second):.0f}h0" for first, second in cloud.points)
    return element("path", d=dots, class_=f"cloud {colour_class(cloud.colour)}")
