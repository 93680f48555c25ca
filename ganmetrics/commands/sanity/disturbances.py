"""Disturbances of one image, at levels that rise: what a metric should notice, and more so at each level.

The first five, and their levels, are those of Heusel et al. (2017, arXiv 1706.08500, appendix A1). Level 0 leaves every
image as it is. What a disturbance draws from its generator does not depend on the level, so that the levels of one
image are steps on one path: the pixels that are hit at 0.1 are among those at 0.2.
"""

import io
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from ganmetrics._types import Image
from ganmetrics.errors import InputError

_WHITE = 255
KERNEL_REACH = 4
"""Standard deviations at which the kernel of the blur ends; 6e-5 of its mass lies beyond."""
SWIRL_SHARE = 25 / 32
"""Radius of the swirl by the shorter side of the image: the 25 pixels that the original study takes at 32."""
SWIRL_DECAY = 5 / np.log(2)
"""How often the swirl falls by e on the way from the centre to the radius; 0.07 % of it is left there."""


@runtime_checkable
class Apply(Protocol):
    """What a disturbance does to an image."""

    def __call__(self, image: Image, level: float, rng: np.random.Generator) -> Image:
        """Return the image at that level, of the same size."""
        ...


def gaussian_noise(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Return (1 - level) image + level N, N normal noise that is rescaled to span 0 to 255.

    The original study rescales one matrix for all images; here each image's own noise is, so that an image does not
    depend on its neighbours.

    Args:
        image: uint8 [h, w, 3].
        level: share of the noise, 0 to 1.
        rng: draws the noise.

    Raises:
        InputError: if `level` is out of range.

    >>> gray = np.full((8, 8, 3), 128, np.uint8)
    >>> noisy = gaussian_noise(gray, 1.0, np.random.default_rng(0))
    >>> noisy.min(), noisy.max()
    (np.uint8(0), np.uint8(255))
    """
    _check_level(level, most=1.0)
    noise = rng.standard_normal(image.shape)
    noise = (noise - noise.min()) * (_WHITE / np.ptp(noise))
    return _to_pixels((1 - level) * image + level * noise)


def gaussian_blur(image: Image, level: float, rng: np.random.Generator) -> Image:  # noqa: ARG001 - one signature for all
    """Return the image convolved with a Gaussian of standard deviation `level` pixels; edge pixels go on outside.

    Raises:
        InputError: if `level` is negative.

    >>> point = np.zeros((9, 9, 3), np.uint8)
    >>> point[4, 4] = 255
    >>> gaussian_blur(point, 1.0, np.random.default_rng(0))[4, 2:7, 0].tolist()  # 255 / 2 pi in the middle
    [5, 25, 41, 25, 5]
    """
    _check_level(level)
    if level == 0:
        return image
    reach = int(np.ceil(KERNEL_REACH * level))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / level) ** 2)
    kernel /= kernel.sum()
    blurred: npt.NDArray[np.float64] = image.astype(np.float64)
    for axis in (0, 1):
        widths = [(reach, reach) if other == axis else (0, 0) for other in range(image.ndim)]
        padded = np.pad(blurred, widths, mode="edge")
        length = image.shape[axis]
        blurred = sum(
            weight * padded.take(range(start, start + length), axis=axis) for start, weight in enumerate(kernel)
        )
    return _to_pixels(blurred)


def salt_and_pepper(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Return the image with each pixel white or black, as likely the one as the other, with probability `level`.

    Raises:
        InputError: if `level` is out of range.

    >>> gray = np.full((100, 100, 3), 128, np.uint8)
    >>> bool(np.isclose((salt_and_pepper(gray, 0.2, np.random.default_rng(0)) != 128).mean(), 0.2, atol=0.02))
    True
    """
    _check_level(level, most=1.0)
    hit = rng.random(image.shape[:2]) < level
    white = rng.random(image.shape[:2]) < 0.5  # noqa: PLR2004 - half of them
    disturbed = image.copy()
    disturbed[hit] = np.where(white[hit], _WHITE, 0)[:, None]
    return disturbed


def black_rectangles(image: Image, level: float, rng: np.random.Generator, *, number: int = 5) -> Image:
    """Return the image under `number` black rectangles at random places, whose sides are `level` times the image's.

    Raises:
        InputError: if `level` is out of range.

    >>> white = np.full((8, 8, 3), 255, np.uint8)
    >>> int((black_rectangles(white, 0.5, np.random.default_rng(0), number=1)[..., 0] == 0).sum())
    16
    """
    _check_level(level, most=1.0)
    height, width = (int(level * side) for side in image.shape[:2])
    free = np.array(image.shape[:2]) - (height, width) + 1
    disturbed = image.copy()
    for top, left in (rng.random((number, 2)) * free).astype(int):
        disturbed[top : top + height, left : left + width] = 0
    return disturbed


def swirl(image: Image, level: float, rng: np.random.Generator) -> Image:
    """Return the image turned around its centre, by `level` radians there and exponentially less outward.

    The direction is drawn. From the radius (`SWIRL_SHARE` of the shorter side) outward nothing moves. What would come
    from beyond the border is taken from the border; between pixels the value is bilinear.

    Raises:
        InputError: if `level` is negative.

    >>> image = np.random.default_rng(0).integers(0, 256, (9, 31, 3), dtype=np.uint8)
    >>> swirled = swirl(image, 2.0, np.random.default_rng(0))
    >>> bool((swirled[4, 15] == image[4, 15]).all()), bool((swirled[:, :7] == image[:, :7]).all())
    (True, True)
    """
    _check_level(level)
    height, width = image.shape[:2]
    radius = SWIRL_SHARE * min(height, width)
    direction = 1 if rng.random() < 0.5 else -1  # noqa: PLR2004 - either with the same probability
    y, x = np.mgrid[:height, :width] - np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    distance = np.hypot(x, y)
    turn = direction * level * np.exp(-SWIRL_DECAY * distance / radius) * (distance < radius)
    from_x = x * np.cos(turn) - y * np.sin(turn) + (width - 1) / 2
    from_y = x * np.sin(turn) + y * np.cos(turn) + (height - 1) / 2
    return _to_pixels(_bilinear(image, from_y, from_x))


def jpeg(image: Image, level: float, rng: np.random.Generator) -> Image:  # noqa: ARG001 - one signature for all
    """Return the image after JPEG compression at quality 100 - `level`, chroma at half resolution; unchanged at 0.

    Raises:
        InputError: if `level` is out of range.

    >>> image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    >>> [bool((jpeg(image, level, np.random.default_rng(0)) == image).all()) for level in (0.0, 50.0)]
    [True, False]
    """
    _check_level(level, most=99.0)
    if level == 0:
        return image
    with Pillow.open(io.BytesIO(jpeg_bytes(image, round(100 - level)))) as compressed:
        return np.array(compressed)


def jpeg_bytes(image: Image, quality: int) -> bytes:
    """Return an image as a JPEG file of that quality, chroma at half resolution."""
    file = io.BytesIO()
    Pillow.fromarray(image).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return file.getvalue()


@dataclass(frozen=True)
class Disturbance:
    """A disturbance of single images.

    Attributes:
        name: as tables and the command line spell it.
        unit: what a level is, for tables and the axes of plots.
        levels: rising, from 0.
        apply: the disturbance.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    apply: Apply


DISTURBANCES = MappingProxyType(
    {
        disturbance.name: disturbance
        for disturbance in (
            Disturbance("noise", "share of Gaussian noise", (0.0, 0.25, 0.5, 0.75), gaussian_noise),
            Disturbance("blur", "standard deviation in pixels", (0.0, 1.0, 2.0, 4.0), gaussian_blur),
            Disturbance("salt-and-pepper", "share of pixels", (0.0, 0.1, 0.2, 0.3), salt_and_pepper),
            Disturbance("rectangles", "side of five, by the image's", (0.0, 0.25, 0.5, 0.75), black_rectangles),
            Disturbance("swirl", "radians at the centre", (0.0, 1.0, 2.0, 4.0), swirl),
            Disturbance("jpeg", "100 - quality", (0.0, 25.0, 50.0, 75.0), jpeg),
        )
    }
)
"""The disturbances of single images by name."""


def _bilinear(image: Image, y: npt.NDArray[np.float64], x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the values of an image at places between its pixels; places outside are moved to the border."""
    height, width = image.shape[:2]
    y, x = y.clip(0, height - 1), x.clip(0, width - 1)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, across = (y - top)[..., None], (x - left)[..., None]
    upper = image[top, left] * (1 - across) + image[top, right] * across
    lower = image[bottom, left] * (1 - across) + image[bottom, right] * across
    values: npt.NDArray[np.float64] = upper * (1 - down) + lower * down
    return values


def _to_pixels(values: npt.NDArray[np.float64]) -> Image:
    return np.rint(values).clip(0, _WHITE).astype(np.uint8)


def _check_level(level: float, *, most: float = np.inf) -> None:
    if not 0 <= level <= most:
        bound = "of 0 or more" if most == np.inf else f"from 0 to {most:g}"
        raise InputError(f"this disturbance needs a level {bound}; got {level:g}")
