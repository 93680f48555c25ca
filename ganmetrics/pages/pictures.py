"""Pictures of a page: small enough for all of them together, and sharp where they are small by nature."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from ganmetrics._types import Image
from ganmetrics.errors import InputError

BUDGET = 3_500_000
"""Bytes that the pictures of a page may take, as they stand in it; the page is to stay below 5 MB."""
SHARP = 64
"""Images up to this width and height are kept as they are, and enlarged by the page without smoothing."""


class Fineness(NamedTuple):
    """How large a picture is at most, in pixels, and the JPEG's quality."""

    edge: int
    quality: int


LADDER = (
    Fineness(256, 88),
    Fineness(192, 86),
    Fineness(128, 84),
    Fineness(96, 78),
    Fineness(64, 70),
    Fineness(48, 55),
)
"""Tried from the finest until all pictures fit."""


@dataclass(frozen=True, eq=False)
class Picture:
    """An image, and what it is called for those who cannot see it.

    Attributes:
        image: uint8 RGB [h, w, 3].
        alt: a few words.
        large: to be looked at by itself, at twice the width and height of others.
    """

    image: Image
    alt: str
    large: bool = False


@dataclass(frozen=True, eq=False)
class PictureTile:
    """One picture, or two that belong together, over lines of text."""

    pictures: tuple[Picture, ...]
    caption: tuple[str, ...] = ()


@dataclass(frozen=True)
class Encoded:
    """A picture as it stands in a page.

    Attributes:
        uri: the bytes, as text.
        alt: a few words.
        width: in pixels.
        height: in pixels.
        sharp: shown without smoothing.
    """

    uri: str
    alt: str
    width: int
    height: int
    sharp: bool


def encode_all(pictures: Sequence[Picture], *, budget: int = BUDGET) -> list[Encoded]:
    """Return the pictures, all as fine as the budget in bytes allows.

    Raises:
        InputError: so many do not fit it even at their coarsest.

    >>> encode_all([Picture(np.zeros((8, 8, 3), np.uint8), "black")])[0].width
    8
    """
    for fineness in LADDER:
        found, taken = [], 0
        for picture in pictures:
            found.append(_encode(picture, fineness))
            taken += len(found[-1].uri)
            if taken > budget:
                break
        else:
            return found
    raise InputError(f"the pictures of a page may take {budget:,} bytes; {len(pictures):,} take more: show fewer")


def _encode(picture: Picture, fineness: Fineness) -> Encoded:
    image = Pillow.fromarray(np.ascontiguousarray(picture.image))
    small = max(image.size) <= SHARP
    longest = max(image.size)
    edge = fineness.edge * (2 if picture.large else 1)
    if longest > edge:
        size = tuple(max(1, round(side * edge / longest)) for side in image.size)
        image = image.resize((size[0], size[1]), Pillow.Resampling.LANCZOS)
    buffer, kind = io.BytesIO(), "png" if small else "jpeg"
    if small:
        image.save(buffer, format="PNG", optimize=True)
    else:
        image.save(buffer, format="JPEG", quality=fineness.quality, optimize=True)
    text = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Encoded(f"data:image/{kind};base64,{text}", picture.alt, image.width, image.height, small)
