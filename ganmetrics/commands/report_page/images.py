"""Pictures of rows: read again from where the images are."""

from collections.abc import Sequence

from ganmetrics.commands.report_page.material import Material, short
from ganmetrics.data.decode import decode_stored
from ganmetrics.errors import InputError
from ganmetrics.pages import Picture, PictureTile
from ganmetrics.references.rows import ImageRows, RowNames


def picture(material: Material, rows: RowNames, row: int) -> Picture:
    """Return the image of a row, as it was before it was prepared.

    Raises:
        InputError: it can no longer be read, or the row is of features that were given.
    """
    if not isinstance(rows, ImageRows):
        raise InputError(f"a report shows images; {rows.label(row)} is a row of features")
    stored = rows.source.read(rows.indices[row])
    pixels = decode_stored(stored, alpha=material.how.alpha, bit_depth=material.how.bit_depth).image
    return Picture(pixels, short(rows.label(row)))


def tiles(
    material: Material, rows: RowNames, chosen: Sequence[int], told: Sequence[str] = ()
) -> tuple[PictureTile, ...]:
    """Return a tile for each row: the image over its name, and a line of text where there is one."""
    lines = told or [""] * len(chosen)
    return tuple(
        PictureTile((picture(material, rows, row),), tuple(part for part in (short(rows.label(row)), line) if part))
        for row, line in zip(chosen, lines, strict=True)
    )
