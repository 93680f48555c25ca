"""Floats of a generator to the pixels that are scored."""

from typing import Any

import torch
from torch import Tensor

from ganmetrics.errors import InputError

TOLERANCE = 1e-3
"""How far beyond [-1, 1] rounding errors of half precision may lead."""


def to_uint8(images: Tensor) -> Tensor:
    """Map floats in [-1, 1] to {0, ..., 255}, rounding to nearest: round(127.5 (x + 1)).

    Rounding is what saving the images would have done; truncating, a common slip, darkens by half a level.

    Args:
        images: a floating-point tensor of any shape.

    Raises:
        InputError: the tensor is not floating-point, or has values that are not finite or beyond [-1, 1] by more than
            `TOLERANCE`.

    >>> to_uint8(torch.tensor([-1.0, -0.5, 0.0, 1.0]))
    tensor([  0,  64, 128, 255], dtype=torch.uint8)
    >>> to_uint8(torch.tensor([0.0, 255.0]))
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: to_uint8 needs floats in [-1, 1], got values from 0 to 255
    """
    if not isinstance(images, Tensor) or not images.is_floating_point():
        kind: Any = getattr(images, "dtype", type(images).__name__)
        raise InputError(f"to_uint8 needs a floating-point tensor in [-1, 1], got {kind}")
    # Half precision cannot hold 127.5 (x + 1) to the nearest level.
    values = images.detach().to(torch.float32)
    if values.numel():
        low, high = (bound.item() for bound in values.aminmax())
        # A comparison with NaN is false, so this refuses it too.
        if not (low >= -1 - TOLERANCE and high <= 1 + TOLERANCE):
            raise InputError(f"to_uint8 needs floats in [-1, 1], got values from {low:g} to {high:g}")
    return values.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
