"""Differentiable augmentation of all that a discriminator sees (Zhao et al. 2020, arXiv 2006.10738)."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

NUMBERS = 7
"""Random numbers of an image: brightness, saturation, contrast, shift across and down, place of the cut-out."""
SHIFT, CUTOUT = 1 / 8, 1 / 2
"""The furthest shift, and the side of the cut-out, as shares of an image's side."""


def augmented(images: Tensor, numbers: Tensor) -> Tensor:
    """Return images [n, 3, s, s] with changed colours, shifted, and with a square cut out, each in its own way.

    Real and generated images are changed alike and the gradient passes through, so that the generator learns the images
    and not their changes: a discriminator that sees few real images cannot learn them by heart.

    Args:
        images: in [-1, 1]; what comes in from beyond an edge, and the cut-out, is 0.
        numbers: [n, 7], uniform on [0, 1).

    >>> changed = augmented(torch.ones(2, 3, 8, 8), torch.full((2, NUMBERS), 0.5))
    >>> changed[0, 0].unique().tolist(), (changed[0, 0] == 0).sum().item()
    ([0.0, 1.0], 16)
    """
    brightness, saturation, contrast, across, down, left, top = numbers.to(images.dtype).T
    return _cut(_shift(_colour(images, brightness, saturation, contrast), across, down), left, top)


def _colour(images: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    brighter = images + (brightness - 0.5)[:, None, None, None]
    grey = brighter.mean(dim=1, keepdim=True)
    coloured = grey + (brighter - grey) * (saturation * 2)[:, None, None, None]
    mean = coloured.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (coloured - mean) * (contrast + 0.5)[:, None, None, None]


def _shift(images: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """Shift by whole pixels, so that a generated image is not told by how it was interpolated."""
    side = images.shape[-1]
    furthest = int(side * SHIFT + 0.5)
    pixels = torch.stack([across, down], dim=1) * (2 * furthest + 1) - (furthest + 0.5)
    move = pixels.round().clamp(-furthest, furthest) * 2 / side
    unit = torch.eye(2, 3, dtype=images.dtype, device=images.device).repeat(len(images), 1, 1)
    places = affine_grid(torch.cat([unit[:, :, :2], move[:, :, None]], dim=2), list(images.shape), align_corners=False)
    return grid_sample(images, places, mode="nearest", padding_mode="zeros", align_corners=False)


def _cut(images: Tensor, left: Tensor, top: Tensor) -> Tensor:
    side = images.shape[-1]
    half = int(side * CUTOUT) / 2
    centre = torch.stack([left, top], dim=1) * side
    place = torch.arange(side, device=images.device) + 0.5
    inside = (place[None, None] - centre.floor()[:, :, None]).abs() < half
    kept = ~(inside[:, 1, :, None] & inside[:, 0, None, :])
    return images * kept[:, None]
