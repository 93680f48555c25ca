"""Moments of the wavelet packets of a pass's images: the pixels themselves, which no network sees."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Image
from ganmetrics.data.audit import Audit
from ganmetrics.data.geometry import Geometry
from ganmetrics.errors import InputError
from ganmetrics.extraction.pooling import pool_moments
from ganmetrics.metrics.wavelet import WaveletMoments
from ganmetrics.ranks import current

PACKETS_STEP = 64
"""Images a step, whatever the batch size: sums do not depend on it, and 64 images of 256 pixels are 13 MB."""
_CHANNELS = 3
_DOUBLE = 8


@dataclass(frozen=True)
class Pixels:
    """The preparation that leaves an image as it is, after the geometry of the side.

    >>> Pixels()(np.full((2, 2, 3), 255, np.uint8)).max()
    np.float32(255.0)
    """

    geometry: Geometry = field(default_factory=Geometry)

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return float32 [h, w, 3], 0 to 255, for one image, uint8 RGB [h, w, 3]."""
        return self.geometry(image).astype(np.float32)


class WaveletAccumulator:
    """Gathers the moments of each band, `PACKETS_STEP` images at a time.

    >>> accumulator = WaveletAccumulator(level=1)
    >>> for batch in torch.zeros(100, 4, 4, 3).split(7):
    ...     accumulator.add(batch)
    >>> accumulator.moments().bands[0].count
    100
    """

    def __init__(self, *, level: int) -> None:
        self._level = level
        self._merged: WaveletMoments | None = None
        self._pending = torch.empty(0, dtype=torch.uint8)

    def add(self, pixels: Tensor) -> None:
        """Add images, float [n, h, w, 3] with values of 0 to 255."""
        new = pixels.permute(0, 3, 1, 2).to(torch.uint8)
        rows = torch.cat([self._pending, new]) if len(self._pending) else new
        whole = len(rows) - len(rows) % PACKETS_STEP
        for start in range(0, whole, PACKETS_STEP):
            self._merged = _merge(
                self._merged, WaveletMoments.of(rows[start : start + PACKETS_STEP], level=self._level)
            )
        self._pending = rows[whole:].clone()

    def moments(self) -> WaveletMoments | None:
        """Return what was gathered so far; None where nothing was."""
        if not len(self._pending):
            return self._merged
        return _merge(self._merged, WaveletMoments.of(self._pending, level=self._level))


def pool_wavelets(own: WaveletMoments | None, *, level: int) -> WaveletMoments:
    """Return the moments of all processes' images, on every one of them; at least one has an image."""
    ranks = current()
    if ranks.size == 1 and own is not None:
        return own
    parts = [None] * 4**level if own is None else own.bands
    pooled = [pool_moments(part, ranks) for part in parts]
    return WaveletMoments(tuple(part for part in pooled if part is not None))


def check_packets(audit: Audit, geometry: Geometry, *, level: int, memory: int, source: str) -> None:
    """Refuse, before the pass, images that have no packets of one size, or too large ones.

    Args:
        audit: what the images are.
        geometry: what is done to each before.
        level: halvings of each side.
        memory: bytes that the moments of a side may take.
        source: what messages call the images.

    Raises:
        InputError: they are of several sizes, 2^level does not divide these, or the moments would take too much.
    """
    sizes = dict.fromkeys(_after(geometry, size) for size in audit.sizes)
    if len(sizes) > 1:
        one, other = list(sizes)[:2]
        raise InputError(
            f"fwd needs images of one size; {source} has {_named(one)} and {_named(other)} (--resize-to makes them one)"
        )
    for width, height in sizes:
        if width % 2**level or height % 2**level:
            raise InputError(
                f"fwd of level {level} needs sides that {2**level} divides; {source} has {width}x{height} "
                "(--wavelet-level, --resize-to)"
            )
        taken = _DOUBLE * (_CHANNELS * width * height) ** 2 // 4**level
        if taken > memory:
            raise InputError(
                f"fwd of {width}x{height} images needs {taken / 1e9:.1f} GB for the bands of {source}; got "
                f"{memory / 1e9:.1f} GB (--memory, --resize-to)"
            )


def _after(geometry: Geometry, size: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height that the geometry brings a size to."""
    if geometry.resize_to is not None:
        return geometry.resize_to, geometry.resize_to
    return (min(size), min(size)) if geometry.crop == "center" else size


def _named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _merge(one: WaveletMoments | None, other: WaveletMoments) -> WaveletMoments:
    return other if one is None else one.merge(other)
