"""The road of one image, drawn: the picture of docs/architecture.md.

python docs/gallery/architecture.py --output docs/images/architecture.png
"""

import argparse
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

WIDTH, HEIGHT = 12.4, 5.6
ROOM = (1.62, 1.12)
ROAD, ASKING, FORMULAS = 2.75, 4.55, 0.75
GAP = 2.02
INK, PALE = "#222222", "#666666"
COLOURS = {"asks": "#e8eef7", "road": "#fdf3dd", "pure": "#e4f2e4"}


class Room(NamedTuple):
    """A package: where its middle stands, what it is called and what happens there."""

    x: float
    y: float
    name: str
    work: str
    kind: str


ON_THE_ROAD = (
    ("data", "opens the source,\nlooks at every file,\ndecodes"),
    ("features", "resizes and scales,\nruns the network"),
    ("extraction", "goes through a set\nonce, in batches,\nsums moments"),
    ("references", "keeps and finds\nsides: file, cache,\nother formats"),
    ("scoring", "two sides become\nscores, one file\na family"),
    ("report", "text, JSON,\npictures"),
)
CARRIED = ("uint8\n[h, w, 3]", "float32\n[n, 2048]", "moments,\nfeatures", "a side", "scores")
"""What goes from each room of the road to the next."""


def rooms() -> dict[str, Room]:
    """Return every room of the picture."""
    found = [Room(1.2 + GAP * place, ROAD, name, work, "road") for place, (name, work) in enumerate(ON_THE_ROAD)]
    found += [
        Room(1.2, ASKING, "cli", "options in,\none call, print", "asks"),
        Room(1.2 + GAP, ASKING, "commands", "evaluate, compare,\ninfluence, explain,\nsanity, extract", "asks"),
        Room(1.2 + 2 * GAP, ASKING, "metric", "the training loop's\nFID", "asks"),
        Room(1.2 + 3 * GAP, ASKING, "gather", "the one road\n(in references):\nchecks, then goes", "asks"),
        Room(1.2 + 3.5 * GAP, FORMULAS, "metrics", "the formulas:\nfeatures to numbers", "pure"),
        Room(1.2 + 4.5 * GAP, FORMULAS, "core", "float64 linear\nalgebra", "pure"),
        Room(1.2 + 2 * GAP, FORMULAS, "protocols", "named conventions:\nresize, layer, k,\nsplits", "pure"),
    ]
    return {room.name: room for room in found}


def draw_room(axes: object, room: Room) -> None:
    """Draw a box with its name and its work."""
    width, height = ROOM
    corner = (room.x - width / 2, room.y - height / 2)
    box = FancyBboxPatch(corner, width, height, boxstyle="round,pad=0.04", facecolor=COLOURS[room.kind], edgecolor=INK)
    axes.add_patch(box)
    axes.text(room.x, room.y + 0.37, room.name, ha="center", va="center", fontsize=11.5, weight="bold", color=INK)
    axes.text(room.x, room.y - 0.14, room.work, ha="center", va="center", fontsize=8.6, color=INK, linespacing=1.25)


def draw_arrow(axes: object, start: tuple[float, float], end: tuple[float, float], *, dashed: bool = False) -> None:
    """Draw an arrow: what travels whole, who asks dashed."""
    style = "dashed" if dashed else "solid"
    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, linestyle=style, color=INK, linewidth=1.2)
    axes.add_patch(arrow)


def draw() -> Figure:
    """Return the picture."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=110)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, HEIGHT)
    axes.axis("off")
    placed = rooms()
    for room in placed.values():
        draw_room(axes, room)
    half, tall = ROOM[0] / 2 + 0.05, ROOM[1] / 2 + 0.05
    road = [placed[name] for name, _ in ON_THE_ROAD]
    for one, other, carried in zip(road, road[1:], CARRIED, strict=False):
        draw_arrow(axes, (one.x + half, ROAD), (other.x - half, ROAD))
        axes.text((one.x + other.x) / 2, ROAD + 0.82, carried, ha="center", va="center", fontsize=8.2, color=PALE)
    asking = [placed[name] for name in ("cli", "commands", "metric", "gather")]
    draw_arrow(axes, (asking[0].x + half, ASKING), (asking[1].x - half, ASKING), dashed=True)
    draw_arrow(axes, (asking[2].x, ASKING - tall), (placed["extraction"].x, ROAD + tall), dashed=True)
    over = ASKING + tall
    bend = FancyArrowPatch(
        (asking[1].x, over), (asking[3].x, over), arrowstyle="-|>", mutation_scale=13, linestyle="dashed", color=INK,
        connectionstyle="arc3,rad=-0.12", linewidth=1.2,
    )  # fmt: skip
    axes.add_patch(bend)
    draw_arrow(axes, (asking[3].x, ASKING - tall), (placed["references"].x, ROAD + tall), dashed=True)
    axes.text(
        asking[3].x + 1.1, ASKING + 0.1,
        "requests: which sides, and what is asked of each\nExtraction: how images become features",
        ha="left", va="center", fontsize=9, color=PALE,
    )  # fmt: skip
    draw_arrow(axes, (placed["metrics"].x + half, FORMULAS), (placed["core"].x - half, FORMULAS), dashed=True)
    draw_arrow(axes, (placed["scoring"].x, ROAD - tall), (placed["metrics"].x + 0.4, FORMULAS + tall), dashed=True)
    draw_arrow(axes, (placed["extraction"].x, ROAD - tall), (placed["protocols"].x, FORMULAS + tall), dashed=True)
    return figure


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("architecture.png"))
    options = parser.parse_args()
    draw().savefig(options.output)


if __name__ == "__main__":
    main()
