"""Floats of a generator to the pixels that are scored."""

import logging
from typing import Any

import torch
from torch import Tensor

from ganmetrics.core.arrays import check_array
from ganmetrics.errors import InputError

RANGE_TOLERANCE = 1e-3
"""How far beyond [-1, 1] rounding errors of half precision may lead."""

logger = logging.getLogger(__name__)
_told = False


def to_uint8(images: Tensor) -> Tensor:
    """Map floats in [-1, 1] to {0, ..., 255}, rounding to nearest: round(127.5 (x + 1)).

    Rounding is what saving the images would have done; truncating, a common slip, darkens by half a level.

    Floats in [0, 1] look like bright ones in [-1, 1], so a call without any value below 0 is told in a warning, once.

    Args:
        images: a floating-point tensor of any shape.

    Raises:
        InputError: the tensor is not floating-point, or has values that are not finite or beyond [-1, 1] by more than
            `RANGE_TOLERANCE`.

    >>> to_uint8(torch.tensor([-1.0, -0.5, 0.0, 1.0]))
    tensor([  0,  64, 128, 255], dtype=torch.uint8)
    >>> to_uint8(torch.tensor([-1.0, 2.0]))
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: to_uint8 needs floats in [-1, 1]; got values from -1 to 2
    """
    global _told  # noqa: PLW0603 - once a process, however many batches come
    values, low, high = _checked(images)
    if low >= 0 and not _told:
        _told = True
        logger.warning(
            "to_uint8 was given no value below 0, only from %g to %g: floats in [0, 1] need 2 * images - 1; "
            "those in [-1, 1] are right as they are",
            low,
            high,
        )
    return _levels(values)


def signed_to_uint8(images: Tensor) -> Tensor:
    """Do as `to_uint8` does, without a word where no value is negative: for a caller that looks at all batches.

    Raises:
        InputError: as `to_uint8` does.
    """
    values, _, _ = _checked(images)
    return _levels(values)


def _checked(images: Tensor) -> tuple[Tensor, float, float]:
    """Return floats in [-1, 1], with the least and the largest of them.

    They are in float32: half precision cannot hold 127.5 (x + 1) to the nearest level.
    """
    if not isinstance(images, Tensor) or not images.is_floating_point():
        kind: Any = getattr(images, "dtype", type(images).__name__)
        hint = "; uint8 images are pixels as they are" if kind == torch.uint8 else ""
        raise InputError(f"to_uint8 needs a floating-point tensor in [-1, 1]; got {kind}{hint}")
    check_array(images, "images")
    values = images.detach().to(torch.float32)
    if not values.numel():
        return values, -1.0, 1.0
    low, high = (bound.item() for bound in values.aminmax())
    # A comparison with NaN is false, so this refuses it too.
    if not (low >= -1 - RANGE_TOLERANCE and high <= 1 + RANGE_TOLERANCE):
        hint = "; floats in [0, 255] need images / 127.5 - 1, those in [0, 1] 2 * images - 1" if low >= 0 else ""
        raise InputError(f"to_uint8 needs floats in [-1, 1]; got values from {low:g} to {high:g}{hint}")
    return values, low, high


def _levels(values: Tensor) -> Tensor:
    return values.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
