"""The generated images at both ends: by realism, and by what they do to the distance."""

import numpy as np

from ganmetrics.commands.report_page.images import tiles
from ganmetrics.commands.report_page.material import Material, ReportedGenerator, titled
from ganmetrics.core.neighbours.points import Values
from ganmetrics.errors import GanMetricsError
from ganmetrics.metrics.frechet.influence import frechet_influence
from ganmetrics.pages import Gallery, Prose, Section
from ganmetrics.pages.document import PageBlock
from ganmetrics.pages.numbers import MINUS

_SHOWN = 8
"""Images at each end."""


def extremes_section(material: Material) -> Section:
    """Return both orders of each generator."""
    blocks: list[PageBlock] = [
        Prose(
            (
                "Realism is how deep an image lies among the real ones, relative to their distances from each other "
                "(Kynkäänniemi et al., 2019). Influence is by how much leaving an image out would lower the distance: "
                "positive ones make it worse.",
            )
        )
    ]
    for generator in material.generators:
        blocks += _of(material, generator)
    return Section("Best and worst images", tuple(blocks))


def _of(material: Material, generator: ReportedGenerator) -> list[PageBlock]:
    told = f"{generator.name}: " if len(material.generators) > 1 else ""
    rows = generator.side.rows
    if rows is None or generator.neighbours is None:
        return [Prose((f"{told or generator.name + ': '}{generator.no_neighbours}",))]
    realism = generator.neighbours.between.realism
    order = np.argsort(realism, kind="stable")
    finite = order[np.isfinite(realism[order])]
    ends = _ends(finite.tolist())
    blocks: list[PageBlock] = [
        _gallery(material, generator, titled(material, generator, "least realistic"), ends[0], realism),
        _gallery(material, generator, titled(material, generator, "most realistic"), ends[1], realism),
    ]
    try:
        moved = _influence(material, generator)
    except GanMetricsError as error:
        return [*blocks, Prose((f"{told}no influences: {error}",))]
    order = np.argsort(-moved, kind="stable")
    ends = _ends(order.tolist())
    return [
        *blocks,
        _gallery(
            material,
            generator,
            titled(material, generator, "raise the distance most"),
            [row for row in ends[0] if moved[row] > 0],
            moved,
        ),
        _gallery(
            material,
            generator,
            titled(material, generator, "lower the distance most"),
            [row for row in ends[1] if moved[row] < 0],
            moved,
        ),
    ]


def _ends(order: list[int]) -> tuple[list[int], list[int]]:
    """Return the first rows of an order and the last ones, the last first; each row at one end only.

    >>> _ends([4, 2, 3])
    ([4], [3])
    """
    number = min(_SHOWN, len(order) // 2)
    return order[:number], order[::-1][:number]


def _influence(material: Material, generator: ReportedGenerator) -> Values:
    assert material.real_features is not None
    assert generator.side.features is not None
    moved: Values = frechet_influence(material.real_features, generator.side.features).fake.numpy()
    return moved


def _gallery(
    material: Material, generator: ReportedGenerator, title: str, chosen: list[int], numbers: Values
) -> Gallery:
    rows = generator.side.rows
    assert rows is not None
    told = [_told(float(numbers[row]), signed="distance" in title) for row in chosen]
    return Gallery(title, tiles(material, rows, chosen, told))


def _told(number: float, *, signed: bool) -> str:
    return f"{number:{'+' if signed else ''}.3g}".replace("-", MINUS)
