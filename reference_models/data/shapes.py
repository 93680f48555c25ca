"""Procedural shapes: a set of images with classes and known attributes that needs no download.

Each of ten classes has a hue of its own, and two opposite ones share a shape. Position, size, shade and background vary
freely, so that there is something to learn beside the class, and every attribute is known, so that analyses have a
truth to be compared with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from reference_models.arguments import MOST_SIDE, whole_number
from reference_models.config.sections import MOST_IMAGES

SHAPE_NAMES = ("disc", "square", "triangle", "ring", "cross")
HUES = (("red", "cyan"), ("orange", "azure"), ("lime", "violet"), ("green", "purple"), ("mint", "rose"))
"""Of the two classes of each shape, half a circle of colours apart."""
CLASS_NAMES = tuple(f"{hue} {shape}" for shape, hues in zip(SHAPE_NAMES, HUES, strict=True) for hue in hues)

_Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class _Shapes:
    """Drawn images with all that they were drawn from.

    Attributes:
        images: uint8 [n, 3, s, s].
        labels: int64 [n], indices into `CLASS_NAMES`.
        attributes: ``x`` and ``y``, the centre, and ``radius``, as shares of the width; ``hue`` from 0 to 1; each [n].
    """

    images: Tensor
    labels: Tensor
    attributes: dict[str, Tensor]


def check_drawn(count: object, *, size: object, seed: object) -> tuple[int, int]:
    """Return the number of images to draw and their size.

    Raises:
        InputError: one of them, or the seed, is no whole number, or out of range.
    """
    whole_number("seed", seed, least=0)
    count = whole_number("count", count, least=1, most=MOST_IMAGES)
    return count, whole_number("size", size, least=1, most=MOST_SIDE)


def draw_shapes(count: int, *, size: int = 32, seed: int = 0) -> _Shapes:
    """Return `count` images of shapes; the first images do not depend on how many follow, nor on the seed of others.

    >>> drawn = draw_shapes(20, size=16)
    >>> drawn.images.shape, sorted(set(drawn.labels.tolist())) == list(range(10))
    (torch.Size([20, 3, 16, 16]), True)
    >>> torch.equal(draw_shapes(40, size=16).images[:20], drawn.images)
    True

    Raises:
        InputError: an argument is no whole number, or out of range.
    """
    count, size = check_drawn(count, size=size, seed=seed)
    # A generator of its own for each image keeps the first ones the same when more are drawn.
    draws = np.stack([np.random.default_rng((seed, index)).random(8) for index in range(count)]).astype(np.float32)
    labels = np.arange(count) % len(CLASS_NAMES)
    shape, opposite = labels // 2, labels % 2
    attributes = {
        "x": 0.3 + 0.4 * draws[:, 0],
        "y": 0.3 + 0.4 * draws[:, 1],
        "radius": 0.16 + 0.12 * draws[:, 2],
        # A tenth of the circle lies between neighbouring classes, of which six hundredths are used.
        "hue": (0.1 * shape + 0.5 * opposite + 0.06 * (draws[:, 3] - 0.5)) % 1,
    }
    images = np.empty((count, 3, size, size), np.uint8)
    for start in range(0, count, 512):
        part = slice(start, start + 512)
        inner = {name: values[part] for name, values in attributes.items()}
        images[part] = _draw(shape[part], inner, draws[part], size)
    return _Shapes(
        torch.from_numpy(images),
        torch.from_numpy(labels.astype(np.int64)),
        {name: torch.from_numpy(values.astype(np.float32)) for name, values in attributes.items()},
    )


def _draw(
    shape: npt.NDArray[np.int64], attributes: dict[str, _Floats], draws: _Floats, size: int
) -> npt.NDArray[np.uint8]:
    rows = (np.arange(size, dtype=np.float32)[:, None] + 0.5) / size
    covered = cover(shape, attributes["x"], attributes["y"], attributes["radius"], size)[:, None]
    colour = _rgb(attributes["hue"], 0.75 + 0.25 * draws[:, 4], 0.7 + 0.3 * draws[:, 5])[:, :, None, None]
    slope = (draws[:, 6] - 0.5)[:, None, None]
    shade = 0.15 + 0.35 * draws[:, 7][:, None, None] + slope * (rows - 0.5)[None] * 0.5
    background = np.clip(shade, 0, 1)[:, None]
    mixed = background * (1 - covered) + colour * covered
    pixels: npt.NDArray[np.uint8] = np.round(mixed * 255).astype(np.uint8)
    return pixels


def cover(shape: npt.NDArray[np.int64], x: _Floats, y: _Floats, radius: _Floats, size: int) -> _Floats:
    """Return how much of each pixel the shapes of these numbers cover, [n, s, s] from 0 to 1."""
    grid = (np.arange(size, dtype=np.float32) + 0.5) / size
    rows, columns = np.meshgrid(grid, grid, indexing="ij")
    radii = radius[:, None, None]
    across = (columns[None] - x[:, None, None]) / radii
    down = (rows[None] - y[:, None, None]) / radii
    distance = np.choose(shape[:, None, None], _distances(across, down))
    # One pixel of transition at the edge instead of steps.
    covered: _Floats = np.clip(0.5 - distance * radii * size, 0, 1)
    return covered


def _distances(across: _Floats, down: _Floats) -> list[_Floats]:
    """Return for each of `SHAPE_NAMES` how far outside of it a place lies, in radii; negative inside."""
    from_centre = np.sqrt(across**2 + down**2)
    square = np.maximum(np.abs(across), np.abs(down)) - 0.85
    triangle = np.maximum(down - 0.75, np.abs(across) * 0.88 - (down + 1.0) * 0.47)
    ring = np.abs(from_centre - 0.75) - 0.28
    bars = np.minimum(np.abs(across), np.abs(down)) - 0.3
    cross = np.maximum(np.maximum(np.abs(across), np.abs(down)) - 1.0, bars)
    return [from_centre - 1, square, triangle, ring, cross]


def _rgb(hue: _Floats, saturation: _Floats, value: _Floats) -> _Floats:
    """Return the colours [n, 3] of hues, saturations and values [n], all from 0 to 1."""
    sectors = (hue[:, None] * 6 + np.array([5, 3, 1], np.float32)) % 6
    ramp = np.clip(np.minimum(sectors, 4 - sectors), 0, 1)
    colours: _Floats = value[:, None] * (1 - saturation[:, None] * ramp)
    return colours
