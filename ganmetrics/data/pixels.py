"""From what a decoder gives, in any mode, to uint8 RGB: every treatment is named, so that it can be counted."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from ganmetrics._text import shown
from ganmetrics._types import Image
from ganmetrics.errors import InputError

ALPHA_MODES = ("white", "black", "drop", "refuse")
"""What transparent pixels become: composited on a colour, their hidden colour, or an error."""

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
_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")


def rgb_pixels(image: Pillow.Image, *, alpha: str, sixteen_bits: bool = False) -> tuple[Image, tuple[str, ...]]:
    """Return the RGB pixels of a loaded Pillow image, and what had to be done to get them.

    Grayscale is repeated over the channels, palettes are looked up, CMYK is converted by Pillow's plain formula. ICC
    profiles are not used: what is scored is the numbers in the file, as every published evaluation has it. Sixteen-bit
    grayscale is scaled, round(x 255 / 65535), where Pillow's own conversion would clip it. Alpha that is opaque
    everywhere is no treatment; other alpha is composited as round((a c + (255 - a) b) / 255) on the background b.

    Args:
        image: an image whose pixels are loaded.
        alpha: one of `ALPHA_MODES`.
        sixteen_bits: whether the file holds 16 bits a channel, which mode ``I`` alone does not tell.

    Raises:
        InputError: the mode has no defined range (floating point, 32-bit integers) or no way to RGB, or the image is
            transparent and `alpha` is ``refuse``.

    >>> rgb_pixels(Pillow.new("LA", (1, 1), (0, 51)), alpha="white")
    (array([[[204, 204, 204]]], dtype=uint8), ('grayscale', 'alpha composited on white'))
    """
    if image.mode in _SIXTEEN_BITS:
        return _from_sixteen_bits(image, alpha, sixteen_bits=sixteen_bits)
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


def _from_sixteen_bits(image: Pillow.Image, alpha: str, *, sixteen_bits: bool) -> tuple[Image, tuple[str, ...]]:
    if image.mode == "I" and not sixteen_bits:
        raise InputError("32-bit integer pixels have no defined range: convert them to 8 or 16 bits")
    values = np.asarray(image).astype(np.uint32)
    gray = ((values * 255 + 32767) // 65535).astype(np.uint8)
    done = ("grayscale", "16-bit scaled to 8")
    if "transparency" not in image.info:
        return np.repeat(gray[:, :, None], 3, axis=2), done
    opacity = np.where(values == image.info["transparency"], 0, 255).astype(np.uint8)
    pixels, treatment = _without_alpha(np.stack([gray, gray, gray, opacity], axis=2), alpha)
    return pixels, done + treatment


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
    if alpha not in ALPHA_MODES:
        raise InputError(f"alpha must be one of {', '.join(ALPHA_MODES)}; got {shown(alpha)}")


def _writable(image: Pillow.Image) -> npt.NDArray[Any]:
    """Return the pixels in memory of their own: `np.asarray` would give a read-only view of Pillow's."""
    return np.array(image)
