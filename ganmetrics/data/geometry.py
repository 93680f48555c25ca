"""What is cut out of an image, and to what size it is brought, before a network's own preparation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from ganmetrics.core.checks import LARGEST_SIDE, one_of, whole

CROPS = ("none", "center")
"""What is cut out: nothing, or the largest square in the middle."""

FILTERS = {
    "box": Pillow.Resampling.BOX,
    "bilinear": Pillow.Resampling.BILINEAR,
    "hamming": Pillow.Resampling.HAMMING,
    "bicubic": Pillow.Resampling.BICUBIC,
    "lanczos": Pillow.Resampling.LANCZOS,
}
"""Pillow's filters, which widen with the reduction (so they do not alias), on uint8."""

_Prepare = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Geometry:
    """A crop, and a size that images are resized to; by default neither.

    A network squashes what is not square to its own square input, so the same pictures, cropped on one side and not on
    the other, score a distance. Both sides of a comparison get the same geometry, and it is part of the statistics' key
    and of the score.

    Args:
        crop: ``none``; or ``center``, the square of the shorter side's length whose upper left corner is at
            floor((w - s)/2), floor((h - s)/2).
        resize_to: width and height of the result; what was not cropped to a square is squashed. None leaves the size.
        filter: one of `FILTERS`, used where `resize_to` is given.

    Raises:
        InputError: a name is unknown, or the size is not positive.

    >>> Geometry(crop="center", resize_to=4)(np.zeros((10, 16, 3), np.uint8)).shape
    (4, 4, 3)
    """

    crop: str = "none"
    resize_to: int | None = None
    filter: str = "bicubic"

    def __post_init__(self) -> None:
        one_of("crop", self.crop, CROPS)
        one_of("filter", self.filter, FILTERS)
        if self.resize_to is not None:
            object.__setattr__(self, "resize_to", whole("resize_to", self.resize_to, least=1, most=LARGEST_SIDE))

    def __call__(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return uint8 RGB [h, w, 3], cropped and resized."""
        if self.crop == "center":
            height, width = image.shape[:2]
            side = min(height, width)
            top, left = (height - side) // 2, (width - side) // 2
            image = np.ascontiguousarray(image[top : top + side, left : left + side])
        if self.resize_to is None or image.shape[:2] == (self.resize_to, self.resize_to):
            return image
        size = (self.resize_to, self.resize_to)
        return np.array(Pillow.fromarray(image).resize(size, FILTERS[self.filter]))

    def line(self) -> str:
        """Return what a key and a score say of this; empty where nothing is done, so that older keys stay.

        >>> Geometry().line(), Geometry("center").line(), Geometry("center", 256, "lanczos").line()
        ('', 'crop center', 'crop center, resize to 256 by pillow lanczos')
        """
        crop = "" if self.crop == "none" else f"crop {self.crop}"
        resize = "" if self.resize_to is None else f"resize to {self.resize_to} by pillow {self.filter}"
        return ", ".join(part for part in (crop, resize) if part)

    def before(self, prepare: _Prepare) -> _Prepare:
        """Return a preparation that does this first; picklable where `prepare` is, and the same where nothing is done.

        >>> Geometry(crop="center").before(lambda image: image.astype(np.float32))(np.zeros((2, 5, 3), np.uint8)).shape
        (2, 2, 3)
        """
        return _Then(self, prepare) if self.line() else prepare


@dataclass(frozen=True)
class _Then:
    """A geometry, then a preparation."""

    geometry: Geometry
    prepare: _Prepare

    def __call__(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        return self.prepare(self.geometry(image))
