"""The resizers as operations on batches of images, wherever these lie: a GPU then resizes what it was given as uint8.

Each resizer of `ganmetrics.features.resize` is one pass along the width and one along the height. A pass takes a few
source pixels for each output pixel (taps) and adds them up with weights in the order and precision of the original:
float32 for TensorFlow's and torch's bilinear, float64 for Pillow's filters of floats, and for Pillow's filters of uint8
whole numbers in units of 2^-22, rounded to uint8 after each pass. So results equal those of one image at a time to the
last bit where a device computes in IEEE 754.
"""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image as PillowImage
from torch import Tensor

from ganmetrics.core.checks import one_of
from ganmetrics.errors import InputError
from ganmetrics.features.resize import RESIZERS, Size, Taps, centre_taps, corner_taps

FRACTION_BITS = 22
"""Pillow keeps weights of uint8 pixels in so many bits: 32, less 8 for the pixel and 2 for sums beyond white."""
_CHANNELS_FIRST = 4


class Filter(NamedTuple):
    """A kernel of Pillow, and half its width in source pixels where the image grows."""

    kernel: Callable[[float], float]
    support: float


class Weighted(NamedTuple):
    """Taps of one axis: the source pixel [t, n] and its weight [t, n], float64, for each of n output pixels."""

    pixels: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]


def _triangle(x: float) -> float:
    return max(1.0 - abs(x), 0.0)


def _cubic(x: float) -> float:
    # Keys's kernel with a = -1/2, in the order of operations that decides its last bit.
    a, x = -0.5, abs(x)
    if x < 1:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0.0  # noqa: PLR2004 - the kernel ends there


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(x * math.pi) / (x * math.pi)


def _lanczos(x: float) -> float:
    return _sinc(x) * _sinc(x / 3) if -3 <= x < 3 else 0.0  # noqa: PLR2004 - the kernel ends there


BILINEAR, BICUBIC, LANCZOS = Filter(_triangle, 1.0), Filter(_cubic, 2.0), Filter(_lanczos, 3.0)
FLOAT_FILTERS = {
    "pillow-bicubic-float": BICUBIC,
    "pillow-bilinear-float": BILINEAR,
    "pillow-bicubic-unclipped": BICUBIC,
}
UINT8_FILTERS = {
    "pillow-bicubic-uint8": BICUBIC,
    "pillow-bilinear-uint8": BILINEAR,
    "pillow-lanczos-uint8": LANCZOS,
    "centre-square-pillow-bicubic-uint8": BICUBIC,
}
BILINEAR_TAPS = {"tf1-bilinear": corner_taps, "half-pixel-bilinear": centre_taps}


def resize_batch(images: Tensor, size: Size, *, resizer: str) -> Tensor:
    """Return images at another size, as `ganmetrics.features.resize.resize` does one by one, on the device they are on.

    Args:
        images: uint8 RGB, shape [n, 3, h, w].
        size: height and width of the result, in pixels.
        resizer: a name in `ganmetrics.features.resize.RESIZERS`.

    Returns:
        float32 [n, 3, H, W], values from 0 to 255 (clipped to that range, but for ``pillow-bicubic-unclipped``).

    Raises:
        InputError: the images are not uint8 RGB, or are empty; the resizer is unknown; or the device lacks the float64
            that it computes in.

    >>> resize_batch(torch.full((2, 3, 5, 4), 7, dtype=torch.uint8), (3, 3), resizer="tf1-bilinear").shape
    torch.Size([2, 3, 3, 3])
    """
    if images.dtype != torch.uint8 or images.ndim != _CHANNELS_FIRST or images.shape[1] != 3 or not images.numel():  # noqa: PLR2004
        raise InputError(f"images must be uint8 [n, 3, h, w] and not empty; got {images.dtype} {list(images.shape)}")
    one_of("resizer", resizer, RESIZERS)
    if resizer == "pillow-nearest-uint8":
        return _nearest(images, size)
    if resizer in BILINEAR_TAPS:
        return _bilinear(images, size, BILINEAR_TAPS[resizer])
    if resizer in UINT8_FILTERS:
        cropped = _centre_square(images) if resizer.startswith("centre-square") else images
        return _filtered_uint8(cropped, size, UINT8_FILTERS[resizer])
    if images.device.type == "mps":
        raise InputError(f"{resizer} is computed in float64, which mps has not; resize on the CPU")
    resized = _filtered_float(images, size, FLOAT_FILTERS[resizer])
    return resized if resizer == "pillow-bicubic-unclipped" else resized.clamp_(0, 255)


def _bilinear(images: Tensor, size: Size, taps: Callable[[int, int], Taps]) -> Tensor:
    result = images
    for axis, target in ((3, size[1]), (2, size[0])):
        lower, upper, fraction = (torch.from_numpy(part).to(images.device) for part in taps(images.shape[axis], target))
        below = result.index_select(axis, lower).to(torch.float32)
        above = result.index_select(axis, upper).to(torch.float32)
        result = above.sub_(below).mul_(fraction if axis == 3 else fraction[:, None]).add_(below)  # noqa: PLR2004
    return result


def _nearest(images: Tensor, size: Size) -> Tensor:
    result = images
    for axis, target in ((3, size[1]), (2, size[0])):
        scale = images.shape[axis] / target
        # Added up from pixel to pixel, as Pillow does, with the roundings that this brings.
        position = np.add.accumulate(np.concatenate([[scale * 0.5], np.full(target - 1, scale)]))
        result = result.index_select(axis, torch.from_numpy(position.astype(np.int64)).to(images.device))
    return result.to(torch.float32)


def _centre_square(images: Tensor) -> Tensor:
    height, width = images.shape[2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return images[:, :, top : top + side, left : left + side]


def _filtered_uint8(images: Tensor, size: Size, chosen: Filter) -> Tensor:
    result = images
    for axis, target in _passes(images, size):
        taps = _pillow_taps(result.shape[axis], target, chosen)
        scaled = taps.weights * 2**FRACTION_BITS
        weights = np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int32)
        total = _weighted(result, taps.pixels, torch.from_numpy(weights), axis, start=1 << (FRACTION_BITS - 1))
        result = total.bitwise_right_shift_(FRACTION_BITS).clamp_(0, 255).to(torch.uint8)
    return result.to(torch.float32)


def _filtered_float(images: Tensor, size: Size, chosen: Filter) -> Tensor:
    result = images.to(torch.float32)
    for axis, target in _passes(images, size):
        taps = _pillow_taps(result.shape[axis], target, chosen)
        result = _weighted(result, taps.pixels, torch.from_numpy(taps.weights), axis, start=0).to(torch.float32)
    return result


def _passes(images: Tensor, size: Size) -> list[tuple[int, int]]:
    """Return the axes that change and their new lengths, in the order of the installed Pillow."""
    height, width = images.shape[2:]
    across, down = (3, size[1]), (2, size[0])
    down_first = height - size[0] > 2 * max(width - size[1], 0) and shrinks_height_first()
    order = (down, across) if down_first else (across, down)
    return [(axis, target) for axis, target in order if images.shape[axis] != target]


@cache
def shrinks_height_first() -> bool:
    """Tell whether the installed Pillow resizes the height first where it shrinks by over twice as much as the width.

    Pillow 13 does; earlier versions begin with the width. Roundings between the passes then differ, and so do the
    results, by up to some levels of 255.
    """
    pixels = np.random.default_rng(0).integers(0, 256, (40, 12), dtype=np.uint8)
    image, filtering = PillowImage.fromarray(pixels), PillowImage.Resampling.BICUBIC
    width_first = image.resize((11, 40), filtering).resize((11, 9), filtering)
    return not np.array_equal(np.asarray(image.resize((11, 9), filtering)), np.asarray(width_first))


def _weighted(source: Tensor, pixels: npt.NDArray[np.int64], weights: Tensor, axis: int, *, start: int) -> Tensor:
    """Return the sum over taps of source pixels times weights, in the taps' order and in the weights' type."""
    shape = list(source.shape)
    shape[axis] = weights.shape[1]
    total = torch.full(shape, start, dtype=weights.dtype, device=source.device)
    chosen, weights = torch.from_numpy(pixels).to(source.device), weights.to(source.device)
    for pixel, weight in zip(chosen, weights, strict=True):
        part = source.index_select(axis, pixel).to(weights.dtype)
        total += part.mul_(weight if axis == 3 else weight[:, None])  # noqa: PLR2004
    return total


@lru_cache(maxsize=128)
def _pillow_taps(source: int, target: int, chosen: Filter) -> Weighted:
    """Return the taps of a filter that widens where the image shrinks; weights sum to 1, unused taps have none."""
    scale = source / target
    stretch = max(scale, 1.0)
    support = chosen.support * stretch
    centre = (np.arange(target) + 0.5) * scale
    first = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    count = np.minimum((centre + support + 0.5).astype(np.int64), source) - first
    number = np.arange(int(count.max()))[:, None]
    at = (number + first - centre + 0.5) * (1.0 / stretch)
    weights = np.where(number < count, np.vectorize(chosen.kernel, otypes=[np.float64])(at), 0.0)
    # One after the other: another order of additions has another last bit.
    total = np.add.accumulate(weights, axis=0)[-1]
    weights = np.divide(weights, total, out=weights, where=total != 0)
    return Weighted(np.minimum(number + first, source - 1), weights)
