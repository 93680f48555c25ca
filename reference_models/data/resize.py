"""One image to the network's size."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from reference_models.errors import DataError

BACKGROUND = (255, 255, 255)


def to_pixels(image: Image.Image, *, size: int, resize: str) -> npt.NDArray[np.uint8]:
    """Return a decoded image as uint8 [3, size, size].

    Args:
        image: of any mode; transparency is laid on white, as `ganmetrics` does.
        size: height and width.
        resize: ``squash`` the whole image, ``crop`` the centre after the shorter side fits, or ``none``.

    Raises:
        DataError: ``none`` was asked for and the image has another size.

    >>> to_pixels(Image.new("RGB", (64, 32)), size=16, resize="crop").shape
    (3, 16, 16)
    """
    colours = _to_rgb(image)
    width, height = colours.size
    if (width, height) != (size, size):
        if resize == "none":
            raise DataError(f"data.resize = none needs images of {size}x{size}; got {width}x{height}")
        box = None
        if resize == "crop":
            side = min(width, height)
            left, top = (width - side) // 2, (height - side) // 2
            box = (left, top, left + side, top + side)
        colours = colours.resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.ascontiguousarray(np.asarray(colours).transpose(2, 0, 1))


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, (*BACKGROUND, 255)), layered).convert("RGB")
    if image.mode.startswith("I;16"):
        # Pillow would cut 16 bits off at 255 instead of scaling them.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")
