"""From what a decoder gives, in any mode, to uint8 RGB: every treatment is named, so that it can be counted."""

from functools import cache
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from ganmetrics._text import shown
from ganmetrics._types import Image
from ganmetrics.core.checks import one_of
from ganmetrics.errors import InputError

ALPHA_MODES = ("white", "black", "drop", "refuse")
"""What transparent pixels become: composited on a colour, their hidden colour, or an error."""

SCALED = "-bit scaled to 8"
REDUCED_BY_PILLOW = "16-bit reduced to 8 by Pillow"
SIXTEEN_BITS_DONE = (f"16{SCALED}", REDUCED_BY_PILLOW)
"""What may be done to 16-bit images whose bits are all used, or not known to be unused."""
UNUSED_DEPTH = "16-bit without a value above 4,095"
"""What is noted of a 16-bit image whose data may have 12 bits."""

_TWELVE_BITS = 4095
_SIXTEEN = 16
_LEAST_DEPTH = 9
_BACKGROUNDS = {"white": 255, "black": 0}
_CONVERTED = {
    "1": ("grayscale",),
    "L": ("grayscale",),
    "LA": ("grayscale",),
    "La": ("grayscale",),
    "P": ("palette",),
    "PA": ("palette",),
    "RGB": (),
    "RGBA": (),
    "RGBa": (),
    "RGBX": (),
    "CMYK": ("CMYK converted",),
    "YCbCr": ("YCbCr converted",),
    "HSV": ("HSV converted",),
}
_OPAQUE = 255
_ROWS = 64
_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")


def rgb_pixels(
    image: Pillow.Image, *, alpha: str, sixteen_bits: bool = False, bit_depth: int = _SIXTEEN
) -> tuple[Image, tuple[str, ...]]:
    """Return the RGB pixels of a loaded Pillow image, and what had to be done to get them.

    Grayscale is repeated over the channels, palettes are looked up, CMYK is converted by Pillow's plain formula. ICC
    profiles are not used: what is scored is the numbers in the file, as every published evaluation has it. Sixteen-bit
    grayscale is scaled, round(x 255 / (2^bit_depth - 1)), where Pillow's own conversion would clip it. Alpha that is
    opaque everywhere is no treatment; other alpha is composited on a background b as round((a c + (255 - a) b) / 255).

    Args:
        image: an image whose pixels are loaded.
        alpha: one of `ALPHA_MODES`.
        sixteen_bits: whether the file holds 16 bits a channel, which mode ``I`` alone does not tell.
        bit_depth: how many bits the values of 16-bit grayscale use.

    Raises:
        InputError: the mode has no defined range (floating point, 32-bit integers) or no way to RGB, the image is
            transparent and `alpha` is ``refuse``, or a value does not fit `bit_depth`.

    >>> rgb_pixels(Pillow.new("LA", (1, 1), (0, 51)), alpha="white")
    (array([[[204, 204, 204]]], dtype=uint8), ('grayscale', 'alpha composited on white'))
    """
    if image.mode in _SIXTEEN_BITS:
        return _from_sixteen_bits(image, alpha, bit_depth, sixteen_bits=sixteen_bits)
    if sixteen_bits and bit_depth != _SIXTEEN:
        raise InputError(f"Pillow keeps 8 bits of 16-bit colour: it cannot be scaled from {bit_depth} bits")
    if image.mode == "F":
        raise InputError("floating-point pixels have no defined range: convert them to 8 or 16 bits")
    if image.mode not in _CONVERTED:
        raise InputError(f"mode {image.mode} cannot be converted to RGB")
    done = _CONVERTED[image.mode]
    if not image.has_transparency_data:
        return _writable(image.convert("RGB")), done
    if sixteen_bits and image.mode == "RGB":
        raise InputError("a 16-bit RGB image with one transparent colour cannot be read: Pillow keeps 8 bits only")
    pixels, treatment = _without_alpha(_writable(_with_way_to_rgba(image).convert("RGBA")), alpha)
    return pixels, done + treatment


def _with_way_to_rgba(image: Pillow.Image) -> Pillow.Image:
    """Return an image of the same pixels that Pillow itself converts to RGBA, transparency included."""
    if image.mode == "La":
        return image.convert("LA")
    if image.mode != "1":
        return image
    gray = image.convert("L")
    # White is 255 in the pixels, but 1 in the colour key that Pillow before 13 keeps.
    gray.info["transparency"] = 255 if image.info["transparency"] else 0
    return gray


def _from_sixteen_bits(
    image: Pillow.Image, alpha: str, bit_depth: int, *, sixteen_bits: bool
) -> tuple[Image, tuple[str, ...]]:
    if image.mode == "I" and not sixteen_bits:
        raise InputError("32-bit integer pixels have no defined range: convert them to 8 or 16 bits")
    values = np.asarray(image)
    least, most, largest = int(values.min()), int(values.max()), (1 << bit_depth) - 1
    if least < 0 or most > largest:
        raise InputError(f"a value of {most if most > largest else least:,} does not fit into {bit_depth} bits")
    gray, levels = np.empty(values.shape, np.uint8), _levels(bit_depth)
    # A few rows at a time: indices take eight bytes a pixel.
    for top in range(0, len(values), _ROWS):
        np.take(levels, values[top : top + _ROWS], out=gray[top : top + _ROWS], mode="clip")
    done: tuple[str, ...] = ("grayscale", f"{bit_depth}{SCALED}")
    if bit_depth == _SIXTEEN and most <= _TWELVE_BITS:
        done = (*done, UNUSED_DEPTH)
    if "transparency" not in image.info:
        return np.repeat(gray[:, :, None], 3, axis=2), done
    opacity = np.where(values == image.info["transparency"], 0, 255).astype(np.uint8)
    pixels, treatment = _without_alpha(np.stack([gray, gray, gray, opacity], axis=2), alpha)
    return pixels, done + treatment


@cache
def _levels(bit_depth: int) -> npt.NDArray[np.uint8]:
    """Return what each value of so many bits becomes: a table takes less than half of the time of a division."""
    largest = (1 << bit_depth) - 1
    return ((np.arange(largest + 1, dtype=np.uint32) * 255 + largest // 2) // largest).astype(np.uint8)


def _without_alpha(rgba: npt.NDArray[np.uint8], alpha: str) -> tuple[Image, tuple[str, ...]]:
    """Return RGB for RGBA [h, w, 4], and the treatment where some pixel is transparent."""
    colour, opacity = np.ascontiguousarray(rgba[:, :, :3]), rgba[:, :, 3:]
    if opacity.min() == _OPAQUE:
        return colour, ()
    if alpha == "refuse":
        raise InputError("transparent pixels, and alpha is to be refused")
    if alpha == "drop":
        return colour, ("alpha dropped",)
    weight = opacity.astype(np.uint16)
    # 255 * 255 + 127 fits 16 bits, so the rounded quotient is exact.
    mixed = (colour * weight + (255 - weight) * np.uint16(_BACKGROUNDS[alpha]) + 127) // 255
    return mixed.astype(np.uint8), (f"alpha composited on {alpha}",)


def check_alpha(alpha: str) -> None:
    """Raise InputError unless `alpha` is one of `ALPHA_MODES`.

    >>> check_alpha("grey")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: alpha must be one of white, black, drop, refuse; got 'grey'
    """
    one_of("alpha", alpha, ALPHA_MODES)


def check_bit_depth(bit_depth: int) -> None:
    """Raise InputError unless 16-bit images can use so many bits.

    >>> check_bit_depth(8)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: bit_depth must be from 9 to 16, the bits that 16-bit images use; got 8
    """
    if not isinstance(bit_depth, Integral) or isinstance(bit_depth, bool) or not _LEAST_DEPTH <= bit_depth <= _SIXTEEN:
        raise InputError(
            f"bit_depth must be from {_LEAST_DEPTH} to {_SIXTEEN}, the bits that 16-bit images use; "
            f"got {shown(bit_depth)}"
        )


def _writable(image: Pillow.Image) -> npt.NDArray[Any]:
    """Return the pixels in memory of their own: `np.asarray` would give a read-only view of Pillow's."""
    return np.array(image)
