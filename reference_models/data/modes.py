"""A thousand modes: three grey shapes, one a colour channel, each of ten kinds, as "stacked MNIST" has three digits.

The kinds are the five procedural shapes, light on dark and dark on light. All thousand combinations are equally likely,
so that a generator which leaves some out is seen to (Metz et al. 2017, section 3.3.1, with digits).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reference_models.data.shapes import SHAPE_NAMES, check_drawn, cover

KINDS = 2 * len(SHAPE_NAMES)
MODES = KINDS**3
CENTRE, RADIUS = (0.4, 0.6), (0.22, 0.3)
"""Ranges of a shape's centre and radius, as shares of the width."""


@dataclass(frozen=True, eq=False)
class Stacked:
    """Drawn images with their modes.

    Attributes:
        images: uint8 [n, 3, s, s].
        modes: int64 [n], from 0 to 999; its digits are the kinds of the three channels.
    """

    images: Tensor
    modes: Tensor


def draw_modes(count: int, *, size: int = 32, seed: int = 0) -> Stacked:
    """Return `count` images, each mode as likely as any other.

    >>> drawn = draw_modes(20, size=16)
    >>> drawn.images.shape, drawn.modes.max().item() < MODES
    (torch.Size([20, 3, 16, 16]), True)

    Raises:
        InputError: an argument is no whole number, or out of range.
    """
    count, size = check_drawn(count, size=size, seed=seed)
    rng = np.random.default_rng([seed, MODES])
    kinds = rng.integers(0, KINDS, (count, 3))
    centres = rng.uniform(*CENTRE, (2, count * 3)).astype(np.float32)
    radii = rng.uniform(*RADIUS, count * 3).astype(np.float32)
    dark, light = rng.uniform(0.1, 0.25, count * 3), rng.uniform(0.75, 0.9, count * 3)
    flat = kinds.reshape(-1)
    images = np.empty((count * 3, size, size), np.uint8)
    for start in range(0, count * 3, 1024):
        part = slice(start, start + 1024)
        covered = cover(flat[part] // 2, centres[0, part], centres[1, part], radii[part], size)
        inside, outside = (
            np.where(flat[part] % 2 == parity, light[part], dark[part])[:, None, None] for parity in (0, 1)
        )
        images[part] = np.round((outside + (inside - outside) * covered) * 255)
    modes = kinds @ np.array([KINDS**2, KINDS, 1])
    return Stacked(torch.from_numpy(images.reshape(count, 3, size, size)), torch.from_numpy(modes.astype(np.int64)))
