"""Contact sheets: images in titled rows, each with a caption that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ganmetrics._files import atomic_write
from ganmetrics._types import Image

THUMBNAIL = 112
"""Width and height that a thumbnail fits into, in pixels."""
SHEET_GAP = 10
SHEET_MARGIN = 18
TITLE_SIZE = 16
CAPTION_SIZE = 12
LINE = 15
"""Height of a line of a caption, in pixels."""
ELLIPSIS = "…"


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """An image, and what is written below it.

    Attributes:
        image: uint8 RGB [h, w, 3].
        caption: lines; one that is too long loses its beginning, since names of files differ at the end.
    """

    image: Image
    caption: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Strip:
    """Images side by side under a title."""

    title: str
    thumbnails: tuple[Thumbnail, ...]


def contact_sheet(strips: Sequence[Strip], *, columns: int = 10) -> Pillow.Image:
    """Return a picture of strips one below the other, each wrapped after `columns` images.

    Small images are enlarged by whole factors without smoothing, so that their pixels show as they are; large ones are
    reduced by Lanczos' filter.

    >>> pixels = np.zeros((8, 8, 3), np.uint8)
    >>> sheet = contact_sheet([Strip("worst", (Thumbnail(pixels, ("a.png", "+1.5")),) * 3)], columns=2)
    >>> sheet.mode, sheet.width, sheet.height
    ('RGB', 270, 376)
    """
    widest = max((min(columns, len(strip.thumbnails)) for strip in strips), default=1)
    width = 2 * SHEET_MARGIN + max(widest, 1) * (THUMBNAIL + SHEET_GAP) - SHEET_GAP
    width = max([width, *(2 * SHEET_MARGIN + _title_width(strip.title) for strip in strips)])
    heights = [_strip_height(strip, columns) for strip in strips]
    sheet = Pillow.new("RGB", (width, 2 * SHEET_MARGIN + sum(heights)), "white")
    top = SHEET_MARGIN
    for strip, height in zip(strips, heights, strict=True):
        _draw_strip(sheet, strip, top, columns)
        top += height
    return sheet


def save_picture(picture: Pillow.Image, path: Path) -> None:
    """Write a picture as PNG, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    with atomic_write(path) as file:
        picture.save(file, format="PNG", optimize=True)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _title_width(title: str) -> int:
    return int(_font(TITLE_SIZE).getlength(title)) + 1


def _cell_height(strip: Strip) -> int:
    lines = max((len(thumbnail.caption) for thumbnail in strip.thumbnails), default=0)
    return THUMBNAIL + lines * LINE + SHEET_GAP


def _strip_height(strip: Strip, columns: int) -> int:
    rows = -(-len(strip.thumbnails) // columns)
    return TITLE_SIZE + SHEET_GAP + rows * _cell_height(strip) + SHEET_GAP


def _draw_strip(sheet: Pillow.Image, strip: Strip, top: int, columns: int) -> None:
    draw = ImageDraw.Draw(sheet)
    draw.text((SHEET_MARGIN, top), strip.title, fill="black", font=_font(TITLE_SIZE))
    top += TITLE_SIZE + SHEET_GAP
    font = _font(CAPTION_SIZE)
    for place, thumbnail in enumerate(strip.thumbnails):
        left = SHEET_MARGIN + place % columns * (THUMBNAIL + SHEET_GAP)
        upper = top + place // columns * _cell_height(strip)
        shown = _fitted(thumbnail.image)
        sheet.paste(shown, (left + (THUMBNAIL - shown.width) // 2, upper + (THUMBNAIL - shown.height) // 2))
        for number, line in enumerate(thumbnail.caption):
            draw.text((left, upper + THUMBNAIL + 2 + number * LINE), _shortened(line, font), fill="black", font=font)


def _fitted(image: Image) -> Pillow.Image:
    """Return the image enlarged by a whole factor or reduced, to fit a thumbnail."""
    picture = Pillow.fromarray(np.ascontiguousarray(image))
    longest = max(picture.size)
    if longest > THUMBNAIL:
        size = tuple(max(1, round(side * THUMBNAIL / longest)) for side in picture.size)
        return picture.resize((size[0], size[1]), Pillow.Resampling.LANCZOS)
    factor = THUMBNAIL // longest
    return picture.resize((picture.width * factor, picture.height * factor), Pillow.Resampling.NEAREST)


def _shortened(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Return the line, or the end of it that fits under a thumbnail."""
    if font.getlength(line) <= THUMBNAIL:
        return line
    start = 1
    while start < len(line) and font.getlength(ELLIPSIS + line[start:]) > THUMBNAIL:
        start += 1
    return ELLIPSIS + line[start:]
