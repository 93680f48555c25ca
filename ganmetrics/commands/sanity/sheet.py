"""The sheet of examples: what each disturbance does to the first images, level by level."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageDraw

from ganmetrics._files import atomic_write
from ganmetrics.commands.sanity.series import Sets
from ganmetrics.data.decode import decode_stored
from ganmetrics.data.sources import ImageSource

COLUMNS = 12
SIDE = 64
MARGIN = 150
GAP = 2


def save_sheet(sets: Sets, path: Path, *, alpha: str = "white") -> None:
    """Write a PNG with a row of the first images for each disturbance and level, below a row without any.

    Raises:
        InputError: an image cannot be read.
        StorageError: the file cannot be written.
    """
    rows = list(_rows(sets))
    columns = min(COLUMNS, len(sets.clean))
    sheet = Pillow.new("RGB", (MARGIN + columns * (SIDE + GAP), len(rows) * (SIDE + GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (title, source) in enumerate(rows):
        top = place * (SIDE + GAP)
        draw.text((4, top + SIDE // 2 - 7), title, fill="black", font_size=13)
        for column in range(min(columns, len(source))):
            image = Pillow.fromarray(decode_stored(source.read(column), alpha=alpha).image)
            sheet.paste(_thumbnail(image), (MARGIN + column * (SIDE + GAP), top))
    with atomic_write(path) as file:
        sheet.save(file, "PNG")


def _rows(sets: Sets) -> Iterator[tuple[str, ImageSource]]:
    yield "undisturbed", sets.clean
    for series in sets.series:
        for step in series.steps[1:]:
            yield f"{series.name} {step.level:g}", step.source


def _thumbnail(image: Pillow.Image) -> Pillow.Image:
    """Return an image in a square; small ones are enlarged by whole pixels, so that what was done to them shows."""
    enlarged = image.width < SIDE and image.height < SIDE
    return image.resize((SIDE, SIDE), Pillow.Resampling.NEAREST if enlarged else Pillow.Resampling.LANCZOS)
