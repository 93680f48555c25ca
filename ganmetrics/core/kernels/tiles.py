"""Two feature sets and a kernel, given out in tiles under a budget of memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import as_torch, check_rows, double_blocks, without_float64
from ganmetrics.core.checks import at_least, same_width
from ganmetrics.core.kernels.functions import SERIAL, Kernel, KernelRows, less
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError

TILE = 2048
"""KernelRows and columns of the kernel that exist at a time: enough for a fast matrix product."""
_SAMPLED = 1024
"""Images of a side, evenly spaced, that a typical distance from the centre is taken from."""
_NEGLIGIBLE = 1e-4
"""An error of the kernel's argument, of one pair of images, up to which no other centre is looked for."""
_MUCH = 4
"""How many times smaller the squared distances from another centre must be for it to be taken."""
PREPARED_ROWS = 4096
"""Rows of a side that are read and centred at a time, at most."""


@dataclass(frozen=True, eq=False)
class KernelTile:
    """Some rows of one side and some of the other; the part of the kernel between them starts at `row`, `column`."""

    row: int
    column: int
    left: KernelRows
    right: KernelRows

    def strips(self, kernel: Kernel, *, itself: bool = False) -> Iterator[tuple[slice, Float64[Tensor, "k m"]]]:
        """Yield the kernel, some rows at a time; 0 for an image and itself, if both sides are the same rows."""
        for part, values in self.left.strips(self.right, kernel):
            if itself:
                values[:, part.start :].fill_diagonal_(0)
            yield part, values


class FeaturePair:
    """Two feature sets and a kernel; what is computed never holds more than the budget besides the features.

    Inner products are formed in float64 if a side is in float64, else in float32 from features less a point amid them;
    all else is float64. Single-precision features so cost about 1e-9 of the result (benchmarks/kernels.py). An image
    that is far from all others does not spoil what the others add; only its kernel with another image as far away
    has no more digits than the features have left there.
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
        same_width(real.shape[1], fake.shape[1])
        self.real, self.fake, self.kernel = _as_numpy(real), _as_numpy(fake), kernel
        self.dtype = torch.float64 if _is_double(real) or _is_double(fake) else torch.float32
        self.device = _device(real)
        self.block, self.spare = _shared_out(memory, real.shape[1], self.dtype.itemsize)
        self.centre = self._centre()
        self.terms = [self._terms(features) for features in (self.real, self.fake)]

    def sides(
        self, real_rows: Tensor | None = None, fake_rows: Tensor | None = None
    ) -> tuple["KernelSide", "KernelSide"]:
        """Return both sides, of all images or of those with the given numbers."""
        real = KernelSide(self, self.real, *self.terms[0], real_rows)
        return real, KernelSide(self, self.fake, *self.terms[1], fake_rows)

    def _centre(self) -> Float[Tensor, " d"]:
        """Return a point amid both sides, so that the products of what is left of the rows lose few digits.

        It is the mean of both means, unless a few images far from all others pull it so far away that the others'
        products would lose the digits that count; then it is the mean of both medians.
        """
        means = [self._mean(self.real, "real features"), self._mean(self.fake, "fake features")]
        amid = ((means[0] + means[1]) / 2).to(self.dtype)
        sampled = [self.read(side, slice(0, None, -(-side.shape[0] // _SAMPLED))) for side in (self.real, self.fake)]
        around = _typical_square(sampled, amid)
        if torch.finfo(self.dtype).eps * self.kernel.scale(len(amid)) * around <= _NEGLIGIBLE:
            return amid
        medians = [rows.double().median(dim=0).values for rows in sampled]
        between_medians = ((medians[0] + medians[1]) / 2).to(self.dtype)
        return between_medians if _typical_square(sampled, between_medians) < around / _MUCH else amid

    def _mean(self, features: ArrayLike, name: str) -> Float64[Tensor, " d"]:
        total = sum(rows.double().sum(dim=0) for rows in self._scan(features))
        mean = torch.as_tensor(total) / features.shape[0]
        if not mean.isfinite().all():
            # A sum costs less than looking at every number; which row it is, is looked for only now.
            for _ in double_blocks(features, name, rows=self.block):
                pass
        return mean

    def _terms(self, features: ArrayLike) -> tuple[Float64[Tensor, " n"], Float64[Tensor, " n"]]:
        """Return each row's offset and k(x, x): once, since subsets and blocks meet a row many times."""
        offsets, diagonal = (torch.empty(features.shape[0], dtype=torch.float64, device=self.device) for _ in range(2))
        start = 0
        for block in self._scan(features):
            rows = KernelRows.of(block, self.centre, self.kernel)
            part = slice(start, start + len(rows))
            offsets[part], diagonal[part] = rows.offsets, rows.diagonal
            start += len(rows)
        return offsets, diagonal

    def _scan(self, features: ArrayLike) -> Iterator[Float[Tensor, "n d"]]:
        step = max(SERIAL // features.shape[1], 1) if self.device.type == "cpu" else self.block
        return (self.read(features, slice(i, i + step)) for i in range(0, features.shape[0], step))

    def read(self, features: ArrayLike, chosen: slice | Tensor) -> Float[Tensor, "n d"]:
        """Return some rows in the precision and on the device of the products."""
        if isinstance(features, Tensor):
            index = chosen.to(features.device) if isinstance(chosen, Tensor) else chosen
            return features.detach()[index].to(device=self.device, dtype=self.dtype)
        rows = features[chosen.numpy() if isinstance(chosen, Tensor) else chosen]
        dtype = np.float64 if self.dtype == torch.float64 else np.float32
        return as_torch(np.require(rows, dtype, ["C", "A", "W"])).to(self.device)


@dataclass(frozen=True, eq=False)
class KernelSide:
    """The chosen rows of one side, read a block at a time.

    Attributes:
        pair: what the side belongs to.
        features: all rows of the side.
        offsets: of all rows.
        diagonal: k(x, x) of all rows.
        rows: the numbers of the chosen rows; None for all.
    """

    pair: FeaturePair
    features: ArrayLike
    offsets: Float64[Tensor, " n"]
    diagonal: Float64[Tensor, " n"]
    rows: Tensor | None

    @property
    def count(self) -> int:
        """The number of chosen rows."""
        return self.features.shape[0] if self.rows is None else len(self.rows)

    @property
    def chosen_diagonal(self) -> Float64[Tensor, " n"]:
        """k(x, x) of the chosen rows."""
        return self.diagonal if self.rows is None else self.diagonal[self.rows.to(self.pair.device)]

    @cached_property
    def _whole(self) -> KernelRows:
        """All rows, where they fit into one block: such a block is met twice."""
        return self._prepared(0, self.count)

    def blocks(self, first: int) -> Iterator[tuple[int, KernelRows]]:
        """Yield the number of a block's first row, and the block, from row `first` on."""
        if first == 0 and self.count <= self.pair.block:
            yield 0, self._whole
            return
        for start in range(first, self.count, self.pair.block):
            yield start, self._prepared(start, min(start + self.pair.block, self.count))

    def _prepared(self, start: int, stop: int) -> KernelRows:
        chosen = slice(start, stop) if self.rows is None else self.rows[start:stop]
        rows = self.pair.read(self.features, chosen)
        centred = less(rows, self.pair.centre)
        terms = chosen if isinstance(chosen, slice) else chosen.to(self.pair.device)
        return KernelRows(centred, self.offsets[terms], self.diagonal[terms])


def tiles_across(real: KernelSide, fake: KernelSide) -> Iterator[KernelTile]:
    """Yield every pair of a tile's height of reals and a tile's width of fakes."""
    for start, left in real.blocks(0):
        for first, right in fake.blocks(0):
            for i, j in product(range(0, len(left), TILE), range(0, len(right), TILE)):
                yield KernelTile(start + i, first + j, left[i : i + TILE], right[j : j + TILE])


def tiles_within(side: KernelSide) -> Iterator[KernelTile]:
    """Yield the tiles on and above the diagonal of one side's kernel, which is symmetric."""
    for start, left in side.blocks(0):
        for i, j in product(range(0, len(left), TILE), repeat=2):
            if i <= j:
                yield KernelTile(start + i, start + j, left[i : i + TILE], left[j : j + TILE])
        for first, right in side.blocks(start + len(left)):
            for i, j in product(range(0, len(left), TILE), range(0, len(right), TILE)):
                yield KernelTile(start + i, first + j, left[i : i + TILE], right[j : j + TILE])


def _as_numpy(features: ArrayLike) -> ArrayLike:
    """Return a view in NumPy, which picks rows in one thread, of what is on the CPU and of a type that NumPy has."""
    if isinstance(features, Tensor) and features.device.type == "cpu" and features.dtype != torch.bfloat16:
        return features.detach().resolve_neg().numpy()
    return features


def _typical_square(sides: list[Float[Tensor, "_ d"]], centre: Float[Tensor, " d"]) -> float:
    """Return the median of the rows' squared distances from a centre, of the side where it is larger."""
    return max(float(less(rows, centre).double().square().sum(dim=1).median()) for rows in sides)


def _is_double(features: ArrayLike) -> bool:
    return features.dtype.itemsize >= 8  # noqa: PLR2004 - longdouble, too, is rounded to float64


def _device(features: ArrayLike) -> torch.device:
    if isinstance(features, np.ndarray) or without_float64(features.device):
        return torch.device("cpu")
    return features.device


def _shared_out(memory: int, dimension: int, itemsize: int) -> tuple[int, int]:
    """Return how many rows may be prepared at a time, and how many bytes that leaves.

    Two blocks are held in the precision of the products; while one is made it exists as read, centred, and twice in
    float64. A tile of the kernel is held in that precision and twice in float64.
    """
    at_least("memory", memory, 1.0)
    tiles = TILE**2 * (itemsize + 16)
    for_a_row = dimension * (4 * itemsize + 16)
    rows = min((int(memory) - tiles) // for_a_row, PREPARED_ROWS)
    if rows < 1:
        raise InputError(f"memory must be at least {tiles + for_a_row} bytes for {dimension} features; got {memory}")
    return rows, int(memory) - tiles - rows * for_a_row
