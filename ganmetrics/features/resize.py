"""From one decoded image to the network's input: the named resizers and scalings.

FIDs of the same files differ between libraries chiefly because their resizers differ (Parmar et al. 2022, arXiv
2104.11222), so resizer, size and scaling have names and are part of an extractor's identity. Decoding workers run this
module, one image at a time: it is NumPy and Pillow only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from ganmetrics._text import shown
from ganmetrics.core.checks import LARGEST_SIDE, one_of, whole
from ganmetrics.errors import InputError

_Pixels = npt.NDArray[np.uint8]
Planes = npt.NDArray[np.float32]
Size = tuple[int, int]
"""Height and width."""


class Taps(NamedTuple):
    """The two source pixels that each output pixel of one axis lies between, and how far it is from the lower."""

    lower: npt.NDArray[np.int64]
    upper: npt.NDArray[np.int64]
    fraction: Planes


@lru_cache(maxsize=128)
def corner_taps(source: int, target: int) -> Taps:
    """Return the taps of TensorFlow 1's bilinear resize along one axis."""
    # TensorFlow 1 maps output index i to i * source / target, computed in float32 in this order.
    position = np.arange(target, dtype=np.float32) * (np.float32(source) / np.float32(target))
    return _taps(position, source)


@lru_cache(maxsize=128)
def centre_taps(source: int, target: int) -> Taps:
    """Return the taps of torch's bilinear resize along one axis."""
    # Pixel centres are half a pixel from the corner; what falls left of the first centre takes the first pixel. The
    # scale is torch's float32, while product and difference round once, as its fused multiply and add do.
    scale = np.float64(np.float32(source) / np.float32(target))
    position = ((np.arange(target) + 0.5) * scale - 0.5).astype(np.float32)
    return _taps(np.maximum(position, np.float32(0)), source)


def _taps(position: Planes, source: int) -> Taps:
    lower = position.astype(np.int64)
    upper = np.minimum(lower + 1, source - 1)
    return Taps(lower, upper, position - lower.astype(np.float32))


def _interpolate(planes: npt.NDArray[Any], taps: Taps, axis: int) -> Planes:
    lower = planes.take(taps.lower, axis).astype(np.float32, copy=False)
    result = planes.take(taps.upper, axis).astype(np.float32, copy=False)
    result -= lower
    result *= taps.fraction if axis == planes.ndim - 1 else taps.fraction[:, None]
    result += lower
    return result


def _bilinear(image: _Pixels, size: Size, *, taps: Callable[[int, int], Taps]) -> Planes:
    # Columns before rows, each as lower + (upper - lower) * fraction: TensorFlow's order, hence its rounding.
    height, width = size
    planes = np.ascontiguousarray(image.transpose(2, 0, 1))
    columns = _interpolate(planes, taps(planes.shape[2], width), axis=2)
    return _interpolate(columns, taps(planes.shape[1], height), axis=1)


def _pillow_uint8(image: _Pixels, size: Size, *, resample: PillowImage.Resampling) -> Planes:
    height, width = size
    resized = PillowImage.fromarray(np.ascontiguousarray(image)).resize((width, height), resample)
    return np.ascontiguousarray(np.asarray(resized).transpose(2, 0, 1), dtype=np.float32)


def _centre_square(image: _Pixels, size: Size, *, resample: PillowImage.Resampling) -> Planes:
    # The odd row or column that is left over goes to the bottom or the right, as in CMMD's code.
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return _pillow_uint8(image[top : top + side, left : left + side], size, resample=resample)


def _pillow_float(image: _Pixels, size: Size, *, resample: PillowImage.Resampling, clip: bool = True) -> Planes:
    # One channel at a time in Pillow's float mode, which rounds to float32 only; the bicubic overshoots.
    height, width = size
    planes = image.transpose(2, 0, 1).astype(np.float32, order="C")
    resized = [np.asarray(PillowImage.fromarray(plane).resize((width, height), resample)) for plane in planes]
    planes = np.stack(resized)
    return planes.clip(0, 255) if clip else planes


RESIZERS: dict[str, Callable[[_Pixels, Size], Planes]] = {
    # tf.image.resize_bilinear(align_corners=False) of TensorFlow 1, as inside the graph of Heusel et al. 2017.
    "tf1-bilinear": partial(_bilinear, taps=corner_taps),
    # torch.nn.functional.interpolate(mode="bilinear", align_corners=False), as pytorch-fid does.
    "half-pixel-bilinear": partial(_bilinear, taps=centre_taps),
    # clean-fid: antialiased, channel by channel, not rounded to uint8 (Parmar et al. 2022, section 3).
    "pillow-bicubic-float": partial(_pillow_float, resample=PillowImage.Resampling.BICUBIC),
    # torch.nn.functional.interpolate(mode="bilinear", antialias=True) on floats, which follows Pillow's filter: what
    # torchmetrics does since 1.8.
    "pillow-bilinear-float": partial(_pillow_float, resample=PillowImage.Resampling.BILINEAR),
    # torch.nn.functional.interpolate(mode="bicubic", antialias=True) on floats: the same filter, its overshoots kept.
    "pillow-bicubic-unclipped": partial(_pillow_float, resample=PillowImage.Resampling.BICUBIC, clip=False),
    # Pillow's filters widen when they shrink an image, so they do not alias; results are rounded to uint8.
    "pillow-bicubic-uint8": partial(_pillow_uint8, resample=PillowImage.Resampling.BICUBIC),
    "pillow-bilinear-uint8": partial(_pillow_uint8, resample=PillowImage.Resampling.BILINEAR),
    "pillow-lanczos-uint8": partial(_pillow_uint8, resample=PillowImage.Resampling.LANCZOS),
    # CMMD: the largest square in the middle. It is resized twice; the second, to the size that it has, changes nothing.
    "centre-square-pillow-bicubic-uint8": partial(_centre_square, resample=PillowImage.Resampling.BICUBIC),
    "pillow-nearest-uint8": partial(_pillow_uint8, resample=PillowImage.Resampling.NEAREST),
}
"""Name to resizer: uint8 [h, w, 3] and (H, W) in, float32 [3, H, W] from 0 to 255 out."""


def _centre_on_128(planes: Any) -> Any:  # noqa: ANN401
    planes -= 128
    planes /= 128
    return planes


def _centre_on_127(planes: Any) -> Any:  # noqa: ANN401
    planes -= 127
    planes /= 128
    return planes


def _unit_interval_doubled(planes: Any) -> Any:  # noqa: ANN401
    # In the order of pytorch-fid: to [0, 1] first, so that the roundings agree.
    planes /= 255
    planes *= 2
    planes -= 1
    return planes


IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


def _standardize(planes: Any, *, mean: tuple[float, ...], std: tuple[float, ...]) -> Any:  # noqa: ANN401
    planes /= 255
    for channel, (centre, spread) in enumerate(zip(mean, std, strict=True)):
        planes[..., channel, :, :] -= float(np.float32(centre))
        planes[..., channel, :, :] /= float(np.float32(spread))
    return planes


def _unit_interval(planes: Any) -> Any:  # noqa: ANN401
    planes /= 255
    return planes


def _unscaled(planes: Any) -> Any:  # noqa: ANN401
    return planes


SCALINGS: dict[str, Callable[[Any], Any]] = {
    "(x-128)/128": _centre_on_128,
    "(x-127)/128": _centre_on_127,
    "2x/255-1": _unit_interval_doubled,
    "(x/255-imagenet-mean)/imagenet-std": partial(_standardize, mean=IMAGENET_MEAN, std=IMAGENET_STD),
    "(x/255-clip-mean)/clip-std": partial(_standardize, mean=CLIP_MEAN, std=CLIP_STD),
    "x/255": _unit_interval,
    "x": _unscaled,
}
"""Name to scaling, in place, of float32 values [..., 3, H, W] from 0 to 255, in an array or a tensor alike."""


def resize(image: npt.NDArray[Any], size: Size, *, resizer: str) -> Planes:
    """Return the whole image, or what a resizer named for it crops, at another size, its aspect not kept.

    Args:
        image: uint8 RGB, shape [h, w, 3].
        size: height and width of the result, in pixels.
        resizer: a name in `RESIZERS`.

    Returns:
        float32 [3, H, W], values from 0 to 255 (clipped to that range, but for ``pillow-bicubic-unclipped``).

    Raises:
        InputError: the image is not uint8 RGB, or is empty; or the resizer is unknown.

    >>> resize(np.full((2, 5, 3), 7, dtype=np.uint8), (4, 4), resizer="tf1-bilinear").shape
    (3, 4, 4)
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:  # noqa: PLR2004
        raise InputError(f"an image must be uint8 [h, w, 3] and not empty; got {image.dtype} {list(image.shape)}")
    one_of("resizer", resizer, RESIZERS)
    return RESIZERS[resizer](image, size)


@dataclass(frozen=True)
class Preprocessing:
    """Resize to one size, then scale: a preparation that pickles, with its identity as its text.

    Attributes:
        resize: a name in `RESIZERS`.
        size: height and width of the network's input, in pixels.
        scaling: a name in `SCALINGS`.

    Raises:
        InputError: a name is unknown, or the size is not positive.

    >>> prepare = Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")
    >>> print(prepare)
    tf1-bilinear 299x299 (x-128)/128
    >>> float(prepare(np.full((32, 32, 3), 128, dtype=np.uint8)).max())
    0.0
    """

    resize: str
    size: Size
    scaling: str

    def __post_init__(self) -> None:
        one_of("resize", self.resize, RESIZERS)
        one_of("scaling", self.scaling, SCALINGS)
        if not isinstance(self.size, tuple) or len(self.size) != 2:  # noqa: PLR2004 - height and width
            raise InputError(f"size must be a pair, height and width; got {shown(self.size)}")
        if min(whole("a side of size", side, least=0, most=LARGEST_SIDE) for side in self.size) < 1:
            raise InputError(f"size must be at least 1x1; got {self.size[0]}x{self.size[1]}")

    def __call__(self, image: npt.NDArray[Any]) -> Planes:
        """Return float32 [3, H, W] for one image, uint8 RGB [h, w, 3].

        Raises:
            InputError: the image is not uint8 RGB, or is empty.
        """
        planes: Planes = SCALINGS[self.scaling](resize(image, self.size, resizer=self.resize))
        return planes

    def __str__(self) -> str:
        """The identity that cache keys and reports carry."""
        return f"{self.resize} {self.size[0]}x{self.size[1]} {self.scaling}"
