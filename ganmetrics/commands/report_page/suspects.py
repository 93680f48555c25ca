"""Generated images that may repeat real ones, and those that repeat each other."""

from ganmetrics.commands.report_page.images import picture, tiles
from ganmetrics.commands.report_page.material import Material, ReportedGenerator, short, titled
from ganmetrics.errors import GanMetricsError
from ganmetrics.metrics.neighbours.duplicates import DuplicatePairs, duplicates, duplicates_between
from ganmetrics.metrics.neighbours.memorisation import authenticity_from
from ganmetrics.pages import Gallery, Grid, PictureTile, Prose, Section
from ganmetrics.pages.document import PageBlock
from ganmetrics.pages.numbers import shown_alike

_SHOWN = 8
"""Pairs of each kind."""
TOLD = (
    "Left the generated image, right the real image nearest to it. The ratio is their distance over that real image's "
    "distance to its own nearest real one (Alaa et al., 2022): about 1 and above for a fresh image, 0 for a copy."
)


def suspects_section(material: Material) -> Section:
    """Return the suspects of each generator beside their nearest real images, and its duplicates."""
    blocks: list[PageBlock] = [Prose((TOLD,))]
    counted = []
    for generator in material.generators:
        found, row = _of(material, generator)
        blocks += found
        counted += row
    if counted:
        columns = (
            "generator",
            "copies of real images",
            "near copies of real images",
            "equal pairs",
            "nearly equal pairs",
        )
        note = "Near: closer than half the median distance of a real image to its nearest neighbour."
        blocks.insert(1, Grid("Duplicates, by features", columns, tuple(counted), note))
    return Section("Copies and duplicates", tuple(blocks))


def _of(material: Material, generator: ReportedGenerator) -> tuple[list[PageBlock], list[tuple[str, ...]]]:
    real, fake = material.real.rows, generator.side.rows
    if generator.neighbours is None or real is None or fake is None:
        return [Prose((f"{generator.name}: {generator.no_neighbours}",))], []
    told = f"{generator.name}: " if len(material.generators) > 1 else ""
    suspects = authenticity_from(generator.neighbours.real, generator.neighbours.between)
    pairs = []
    for row in suspects.suspects(_SHOWN).tolist():
        near = int(suspects.nearest[row])
        shown = (picture(material, fake, row), picture(material, real, near))
        lines = (
            short(fake.label(row)),
            f"real: {short(real.label(near))}",
            f"ratio {shown_alike([float(suspects.ratio[row])], significant=3)[0]}",
        )
        pairs.append(PictureTile(shown, lines))
    blocks: list[PageBlock] = [Gallery(titled(material, generator, "nearest to a real image"), tuple(pairs))]
    try:
        more, row_of_table = _duplicates(material, generator)
    except GanMetricsError as error:
        return [*blocks, Prose((f"{told}no duplicates: {error}",))], []
    return [*blocks, *more], [row_of_table]


def _duplicates(material: Material, generator: ReportedGenerator) -> tuple[list[PageBlock], tuple[str, ...]]:
    real, fake = material.real_features, generator.side.features
    assert real is not None
    assert fake is not None
    memory = material.options.memory
    between = duplicates_between(real, fake, limit=_SHOWN, memory=memory)
    inside = duplicates(fake, limit=_SHOWN, memory=memory)
    kinds = (between.exact, between.near, inside.exact, inside.near)
    blocks: list[PageBlock] = []
    for title, pairs in (("equal to each other", inside.exact), ("nearly equal to each other", inside.near)):
        if len(pairs.first):
            blocks.append(Gallery(titled(material, generator, title), _pairs(material, generator, pairs)))
    return blocks, (generator.name, *(f"{pairs.total:,}" for pairs in kinds))


def _pairs(material: Material, generator: ReportedGenerator, pairs: DuplicatePairs) -> tuple[PictureTile, ...]:
    rows = generator.side.rows
    assert rows is not None
    found = []
    for one, other in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True):
        first, second = tiles(material, rows, [one, other])
        names = (*first.caption, *second.caption)
        if len(set(names)) < len(names):
            # Files of one name in two folders.
            names = tuple("/".join(rows.label(row).split("/")[-2:]) for row in (one, other))
        found.append(PictureTile((*first.pictures, *second.pictures), names))
    return tuple(found)
