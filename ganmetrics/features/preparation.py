"""How one image becomes the input of any network: resized or not, scaled, standardised."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ganmetrics._text import shown
from ganmetrics.core.checks import LARGEST_SIDE
from ganmetrics.errors import InputError
from ganmetrics.features.resize import RESIZERS, SCALINGS, Planes, Size, resize

Colours = tuple[float, float, float]
"""A number for each of red, green and blue."""


@dataclass(frozen=True)
class ImagePreparation:
    """Resize, scale and standardise one image: it pickles, and its text is its identity.

    Attributes:
        size: height and width of the network's input; None leaves images as they are.
        resize: a name in `ganmetrics.features.resize.RESIZERS`; None where there is no size.
        scaling: a name in `ganmetrics.features.resize.SCALINGS`.
        mean: of red, green and blue after the scaling, which is subtracted; None for none.
        std: of red, green and blue, which is divided by; None for none.
    """

    size: Size | None
    resize: str | None
    scaling: str
    mean: Colours | None
    std: Colours | None

    @classmethod
    def of(cls, *, size: object, resize: object, scaling: object, mean: object, std: object) -> "ImagePreparation":
        """Return the preparation with these options, each checked.

        Raises:
            InputError: an option is not what is needed.
        """
        check_word("scaling", scaling, tuple(SCALINGS))
        check_word("resize", resize, tuple(RESIZERS))
        chosen = _size(size)
        return cls(
            chosen, None if chosen is None else str(resize), str(scaling), _colours("mean", mean), _colours("std", std)
        )

    def __call__(self, image: npt.NDArray[Any]) -> Planes:
        """Return float32 [3, H, W] for one image, uint8 RGB [h, w, 3]."""
        if self.size is None or self.resize is None:
            planes: Planes = np.ascontiguousarray(image.transpose(2, 0, 1), dtype=np.float32)
        else:
            planes = resize(image, self.size, resizer=self.resize)
        planes = SCALINGS[self.scaling](planes)
        if self.mean is not None:
            planes -= np.array(self.mean, np.float32)[:, None, None]
        if self.std is not None:
            planes /= np.array(self.std, np.float32)[:, None, None]
        return planes

    def __str__(self) -> str:
        """The identity that cache keys and reports carry."""
        resized = "as it is" if self.size is None else f"{self.resize} {self.size[0]}x{self.size[1]}"
        moved = "".join(
            f" {name} {','.join(map(str, values))}"
            for name, values in (("mean", self.mean), ("std", self.std))
            if values is not None
        )
        return f"{resized} {self.scaling}{moved}"


def check_word(option: str, word: object, known: tuple[str, ...]) -> None:
    """Raise InputError unless an option is one of some words."""
    if not isinstance(word, str) or word not in known:
        raise InputError(f"{option} must be one of {', '.join(known)}; got {shown(word)}")


def _size(size: object) -> Size | None:
    sides = (size, size) if isinstance(size, int) else size
    if sides is None:
        return None
    whole = isinstance(sides, tuple | list) and len(sides) == 2 and all(type(side) is int for side in sides)  # noqa: PLR2004
    if not whole or min(sides) < 1:  # type: ignore[call-overload]
        raise InputError(f"size must be a number of pixels, a height and width, or None; got {shown(size)}")
    if max(sides) > LARGEST_SIDE:  # type: ignore[call-overload]
        raise InputError(f"size must be at most {LARGEST_SIDE:,} pixels a side; got {shown(size)}")
    return sides[0], sides[1]  # type: ignore[index]


def _colours(option: str, values: object) -> Colours | None:
    if values is None:
        return None
    try:
        red, green, blue = (float(value) for value in values)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise InputError(f"{option} must be three numbers, for red, green and blue; got {shown(values)}") from None
    if not np.isfinite([red, green, blue]).all() or (option == "std" and min(red, green, blue) <= 0):
        raise InputError(f"{option} must be finite{', above 0' if option == 'std' else ''}; got {shown(values)}")
    return red, green, blue
