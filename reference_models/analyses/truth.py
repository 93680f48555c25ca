"""What an image of a shape shows, measured from its pixels, so that an analysis has a truth to be held against."""

from types import MappingProxyType

import torch
from torch import Tensor

WORDS = MappingProxyType(
    {
        "left": ("x", -1),
        "right": ("x", 1),
        "up": ("y", -1),
        "down": ("y", 1),
        "cold": ("warmth", -1),
        "warm": ("warmth", 1),
        "small": ("area", -1),
        "large": ("area", 1),
    }
)
"""Word to the measurement that shows it, and the direction."""
GREY = 0.25
"""Saturation below which a pixel is background, which is grey in the procedural shapes."""


def measure_shapes(images: Tensor) -> dict[str, Tensor]:
    """Return ``x``, ``y`` (centre as shares of the width), ``warmth`` (red minus blue) and ``area``, each [n].

    The shapes are coloured and their background is grey, so that saturation tells one from the other. Without any
    coloured pixel the centre is the middle.

    Args:
        images: uint8 [n, 3, s, s].

    >>> from reference_models.data.shapes import draw_shapes
    >>> drawn = draw_shapes(50)
    >>> (measure_shapes(drawn.images)["x"] - drawn.attributes["x"]).abs().max().item() < 0.05
    True
    """
    floats = images.float() / 255
    colour = floats.amax(dim=1) - floats.amin(dim=1)
    weight = (colour - GREY).clamp(min=0)
    total = weight.sum(dim=(1, 2))
    size = images.shape[-1]
    places = (torch.arange(size, dtype=torch.float32) + 0.5) / size
    safe = total.clamp(min=1e-6)
    seen = total > 0
    return {
        "x": torch.where(seen, (weight.sum(dim=1) * places).sum(dim=1) / safe, 0.5),
        "y": torch.where(seen, (weight.sum(dim=2) * places).sum(dim=1) / safe, 0.5),
        "warmth": ((floats[:, 0] - floats[:, 2]) * weight).sum(dim=(1, 2)) / safe,
        "area": (colour > GREY).float().mean(dim=(1, 2)),
    }


def spearman(first: Tensor, second: Tensor) -> float:
    """Return the rank correlation of two sequences [n]; 0 where one is constant, for it follows nothing.

    >>> spearman(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 10.0, 11.0]))
    1.0
    >>> spearman(torch.tensor([1.0, 2.0, 3.0]), torch.ones(3))
    0.0
    """
    ranks = torch.stack([_ranks(first), _ranks(second)])
    centred = ranks - ranks.mean(dim=1, keepdim=True)
    scale = float(centred.square().sum(dim=1).prod().sqrt())
    return float((centred[0] * centred[1]).sum()) / scale if scale else 0.0


def _ranks(values: Tensor) -> Tensor:
    # Equal values share the mean of their ranks, or a constant would rise with whatever it is compared to.
    below = (values[:, None] > values[None, :]).sum(dim=1)
    equal = (values[:, None] == values[None, :]).sum(dim=1)
    return below.double() + (equal.double() - 1) / 2
