"""Pairs of images as planes of numbers, and windows over them."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from ganmetrics.errors import InputError

BATCH_AXES = 4


def planes_of(originals: Tensor, reconstructions: Tensor, data_range: int | float) -> tuple[Tensor, Tensor]:
    """Return both sides in float64, after checking that they are pairs on one scale.

    Args:
        originals: images, uint8 or floating point, shape [n, c, h, w].
        reconstructions: of the same type and shape.
        data_range: from the least to the greatest value that a pixel can have: 255 for uint8, 1 or 2 for floats. It is
            never guessed: a range of 2 for images from 0 to 1 has put an SSIM of 0.68 for 0.55 into print.

    Raises:
        InputError: types or shapes differ, there is no image, or the range does not fit the type.
    """
    if originals.dtype != reconstructions.dtype or originals.shape != reconstructions.shape:
        one, other = (f"{side.dtype} {list(side.shape)}" for side in (originals, reconstructions))
        raise InputError(f"pairs need one type and shape; got originals {one} and reconstructions {other}")
    if originals.ndim != BATCH_AXES or 0 in originals.shape:
        raise InputError(f"images must have shape [n, c, h, w] and not be empty; got {list(originals.shape)}")
    if originals.dtype == torch.uint8:
        if data_range != 255:  # noqa: PLR2004
            raise InputError(f"uint8 images have data_range 255; got {data_range}")
    elif not originals.is_floating_point():
        raise InputError(f"images must be uint8 or floating point; got {originals.dtype}")
    if not 0 < data_range < math.inf:
        raise InputError(f"data_range must be positive and finite; got {data_range}")
    sides = originals.double(), reconstructions.double()
    for name, side in zip(("originals", "reconstructions"), sides, strict=True):
        if not side.isfinite().all():
            raise InputError(f"{name} must be finite; they are not")
        spread = float(side.max() - side.min())
        if spread > data_range * (1 + 1e-6):
            raise InputError(f"{name} need values within data_range {data_range}; they spread over {spread:g}")
    return sides


def uniform_window(size: int) -> Tensor:
    """Return equal weights, float64 [size].

    >>> uniform_window(2)
    tensor([0.5000, 0.5000], dtype=torch.float64)
    """
    return torch.full((size,), 1 / size, dtype=torch.float64)


def gaussian_window(deviation: float) -> Tensor:
    """Return Gaussian weights up to 3.5 deviations, float64 [k], with sum 1.

    >>> len(gaussian_window(1.5)), round(float(gaussian_window(1.5).sum()), 12)
    (11, 1.0)
    """
    reach = int(3.5 * deviation + 0.5)
    at = torch.arange(-reach, reach + 1, dtype=torch.float64)
    weights = (-(at**2) / (2 * deviation**2)).exp()
    return weights / weights.sum()


def windowed(planes: Tensor, window: Tensor) -> Tensor:
    """Return weighted means over windows wholly inside the planes, rows then columns.

    >>> windowed(torch.arange(4.0, dtype=torch.float64).reshape(1, 1, 1, 4).repeat(1, 1, 2, 1), uniform_window(2))
    tensor([[[[0.5000, 1.5000, 2.5000]]]], dtype=torch.float64)
    """
    count, channels, height, width = planes.shape
    flat = planes.reshape(count * channels, 1, height, width)
    down = functional.conv2d(flat, window.to(planes)[None, None, :, None])
    across = functional.conv2d(down, window.to(planes)[None, None, None, :])
    return across.reshape(count, channels, *across.shape[2:])
