"""Pictures of rows: read again from where the images are."""

from collections.abc import Sequence

from ganmetrics.commands.report_page.material import Material, short
from ganmetrics.data.decode import decode_stored
from ganmetrics.pages import Picture, Tile
from ganmetrics.references.sides import ImageRows


def picture(material: Material, rows: ImageRows, row: int) -> Picture:
    """Return the image of a row, as it was before it was prepared.

    Raises:
        InputError: it can no longer be read.
    """
    stored = rows.source.read(rows.indices[row])
    pixels = decode_stored(stored, alpha=material.how.alpha, bit_depth=material.how.bit_depth).image
    return Picture(pixels, short(rows.label(row)))


def tiles(material: Material, rows: ImageRows, chosen: Sequence[int], told: Sequence[str] = ()) -> tuple[Tile, ...]:
    """Return a tile for each row: the image over its name, and a line of text where there is one."""
    lines = told or [""] * len(chosen)
    return tuple(
        Tile((picture(material, rows, row),), tuple(part for part in (short(rows.label(row)), line) if part))
        for row, line in zip(chosen, lines, strict=True)
    )
