"""Sums of a kernel over the pairs of images of two sets, under a budget of memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks, without_float64
from ganmetrics.core.kernels import Kernel, Rows
from ganmetrics.errors import InputError, NumericsError

MEMORY = 2_000_000_000
"""Bytes that a computation may hold besides the features themselves."""
TILE = 512
"""Rows and columns of the kernel that exist at a time: a fast matrix product, and what fits into a cache."""
LARGEST_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class SideSums:
    """The kernel's sums for the images of one side, in float64.

    Attributes:
        own: for each image the sum over all others of its side, shape [n].
        other: for each image the sum over the other side, shape [n].
        diagonal: the sum of k(x, x).
        squares: the sum of k^2 over the ordered pairs of different images of this side.
    """

    own: Float64[Tensor, " n"]
    other: Float64[Tensor, " n"]
    diagonal: float
    squares: float

    def __len__(self) -> int:
        return len(self.own)


@dataclass(frozen=True, eq=False)
class KernelSums:
    """What every estimate of a squared maximum mean discrepancy and of its variance is made of.

    Attributes:
        real: the sums of the real images.
        fake: the sums of the fake images.
        mixed_squares: the sum of k^2 over the pairs of a real and a fake image.
    """

    real: SideSums
    fake: SideSums
    mixed_squares: float


class FeaturePair:
    """Two feature sets and a kernel; what is computed never holds more than the budget besides the features.

    Inner products are formed in float64 if a side is in float64, else in float32 from features less their common
    mean; all else is float64. Single-precision features so cost about 1e-9 of the result (benchmarks/kernels.py).
    """

    def __init__(self, real: ArrayLike, fake: ArrayLike, kernel: Kernel, *, memory: int = MEMORY) -> None:
        """Check both sides and find their common centre.

        Args:
            real: floating point, shape [m, d]: a tensor, an array, or a memory map of a file.
            fake: the same, shape [n, d].
            kernel: the kernel to sum.
            memory: bytes to work in, besides the features.

        Raises:
            InputError: if the shapes do not fit, or the budget is too small for one tile.
            NumericsError: if a feature is not finite, naming the first such row.
        """
        for name, features in (("real features", real), ("fake features", fake)):
            check_rows(features, name)
        if real.shape[1] != fake.shape[1]:
            raise InputError(f"both sides need one dimension, got real {real.shape[1]} and fake {fake.shape[1]}")
        self.real, self.fake, self.kernel = real, fake, kernel
        self.dtype = torch.float64 if _is_double(real) or _is_double(fake) else torch.float32
        self.device = _device(real)
        self.block = _block_rows(real.shape[1], self.dtype.itemsize, memory)
        means = [self._mean(real, "real features"), self._mean(fake, "fake features")]
        self.centre = ((means[0] + means[1]) / 2).to(self.dtype)

    def sums(self, real_rows: Tensor | None = None, fake_rows: Tensor | None = None) -> KernelSums:
        """Return the sums over all images, or over those with the given numbers.

        Raises:
            NumericsError: if a sum overflows.
        """
        real, fake = _Side(self, self.real, real_rows), _Side(self, self.fake, fake_rows)
        for_real, for_fake, mixed_squares = self._across(real, fake)
        sums = KernelSums(self._within(real, for_real), self._within(fake, for_fake), mixed_squares)
        totals = [sums.real.diagonal, sums.real.squares, sums.fake.diagonal, sums.fake.squares, mixed_squares]
        if not np.isfinite(totals).all():
            raise NumericsError("the kernel must be finite, but overflows: the features are too large")
        return sums

    def _within(self, side: "_Side", other: Tensor) -> SideSums:
        own = self._zeros(side)
        squares, diagonal = 0.0, 0.0
        for start, left in side.blocks(0):
            diagonal += float(left.diagonal.sum())
            for i in range(0, len(left), TILE):
                tile = left[i : i + TILE]
                here, rest = own[start + i :][: len(tile)], own[start + i + len(tile) :]
                values = tile.kernel(tile, self.kernel).fill_diagonal_(0)
                here += values.sum(dim=1)
                squares += _squared(values) + 2 * self._add(tile, left[i + TILE :], here, rest)
            for first, right in side.blocks(start + len(left)):
                for i in range(0, len(left), TILE):
                    tile = left[i : i + TILE]
                    squares += 2 * self._add(tile, right, own[start + i :][: len(tile)], own[first:])
        return SideSums(own.cpu(), other.cpu(), diagonal, squares)

    def _across(self, real: "_Side", fake: "_Side") -> tuple[Tensor, Tensor, float]:
        real_sums, fake_sums, squares = self._zeros(real), self._zeros(fake), 0.0
        for start, left in real.blocks(0):
            for first, right in fake.blocks(0):
                for i in range(0, len(left), TILE):
                    tile = left[i : i + TILE]
                    squares += self._add(tile, right, real_sums[start + i :][: len(tile)], fake_sums[first:])
        return real_sums, fake_sums, squares

    def _zeros(self, side: "_Side") -> Float64[Tensor, " n"]:
        return torch.zeros(side.count, dtype=torch.float64, device=self.device)

    def _add(self, left: Rows, right: Rows, row_sums: Tensor, column_sums: Tensor) -> float:
        """Add one tile's height of the kernel to the sums, in place; return the sum of its squares."""
        squares = 0.0
        for start in range(0, len(right), TILE):
            values = left.kernel(right[start : start + TILE], self.kernel)
            row_sums += values.sum(dim=1)
            column_sums[start : start + values.shape[1]] += values.sum(dim=0)
            squares += _squared(values)
        return squares

    def _mean(self, features: ArrayLike, name: str) -> Float64[Tensor, " d"]:
        blocks = double_blocks(features, name, rows=self.block)
        return torch.as_tensor(sum(block.sum(dim=0) for block in blocks)).to(self.device) / features.shape[0]


@dataclass(frozen=True, eq=False)
class _Side:
    """The chosen rows of one side, read a block at a time."""

    pair: FeaturePair
    features: ArrayLike
    rows: Tensor | None

    @property
    def count(self) -> int:
        return self.features.shape[0] if self.rows is None else len(self.rows)

    def blocks(self, first: int) -> Iterator[tuple[int, Rows]]:
        """Yield the number of a block's first row, and the block, from row `first` on."""
        for start in range(first, self.count, self.pair.block):
            stop = min(start + self.pair.block, self.count)
            chosen = slice(start, stop) if self.rows is None else self.rows[start:stop]
            yield start, Rows.of(self._read(chosen), self.pair.centre, self.pair.kernel)

    def _read(self, chosen: slice | Tensor) -> Float[Tensor, "n d"]:
        device, dtype = self.pair.device, self.pair.dtype
        if isinstance(self.features, Tensor):
            index = chosen.to(self.features.device) if isinstance(chosen, Tensor) else chosen
            return self.features.detach()[index].to(device=device, dtype=dtype)
        rows = self.features[chosen.numpy() if isinstance(chosen, Tensor) else chosen]
        return torch.from_numpy(np.array(rows, dtype=np.float64 if dtype == torch.float64 else np.float32)).to(device)


def _squared(values: Float64[Tensor, "n m"]) -> float:
    flat = values.view(-1)
    return float(flat @ flat)


def _is_double(features: ArrayLike) -> bool:
    return features.dtype.itemsize >= 8  # noqa: PLR2004 - longdouble, too, is rounded to float64


def _device(features: ArrayLike) -> torch.device:
    if isinstance(features, np.ndarray) or without_float64(features.device):
        return torch.device("cpu")
    return features.device


def _block_rows(dimension: int, itemsize: int, memory: int) -> int:
    """Return how many rows may be prepared at a time.

    Two blocks are held in the precision of the products; while one is made it exists as read, centred, and twice in
    float64. A tile of the kernel is held in that precision and twice in float64.
    """
    tiles = TILE**2 * (itemsize + 16)
    for_a_row = dimension * (4 * itemsize + 16)
    rows = (memory - tiles) // for_a_row
    if rows < 1:
        raise InputError(f"memory must be at least {tiles + for_a_row} bytes for {dimension} features, got {memory}")
    return min(rows, LARGEST_BLOCK)
