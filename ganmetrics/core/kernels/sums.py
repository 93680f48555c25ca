"""Sums of a kernel over the pairs of images of two sets."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.kernels.functions import Kernel
from ganmetrics.core.kernels.tiles import FeaturePair, KernelSide, KernelTile, tiles_across, tiles_within
from ganmetrics.errors import NumericsError

Members = Float64[Tensor, "_ s"]


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


def kernel_sums(pair: FeaturePair, real_rows: Tensor | None = None, fake_rows: Tensor | None = None) -> KernelSums:
    """Return the sums over all images, or over those with the given numbers.

    Raises:
        NumericsError: if a sum overflows.
    """
    real, fake = pair.sides(real_rows, fake_rows)
    for_real, for_fake, mixed_squares = _across(real, fake, pair.kernel)
    sums = KernelSums(_within(real, for_real, pair.kernel), _within(fake, for_fake, pair.kernel), mixed_squares)
    totals = [sums.real.diagonal, sums.real.squares, sums.fake.diagonal, sums.fake.squares, mixed_squares]
    if not np.isfinite(totals).all():
        raise NumericsError("the kernel must be finite, but overflows: the features are too large")
    return sums


def subset_sums(pair: FeaturePair, real_members: Members, fake_members: Members) -> Float64[Tensor, "3 s"]:
    """Return the sums of k over the pairs of many subsets, from one pass over all pairs.

    With u the indicator of a subset's images the sum over its pairs is u^T K u. One pass costs the pairs of all
    images, (m + n)^2 / 2, whatever the number of subsets; one by one they cost 2 size^2 each.

    Args:
        pair: both sides and the kernel.
        real_members: 1 where an image (row) is in a subset (column), else 0.
        fake_members: the same of the fakes.

    Returns:
        For each subset the sum over the ordered pairs of different reals, of different fakes, and over the mixed pairs.

    Raises:
        NumericsError: if a sum overflows.
    """
    real, fake = pair.sides()
    mixed = torch.zeros(real_members.shape[1], dtype=torch.float64)
    for tile in tiles_across(real, fake):
        mixed += _of_members(tile, pair.kernel, real_members, fake_members, itself=False)
    sums = [mixed]
    for side, members in ((fake, fake_members), (real, real_members)):
        sums.insert(0, torch.zeros_like(mixed))
        for tile in tiles_within(side):
            itself = tile.row == tile.column
            sums[0] += _of_members(tile, pair.kernel, members, members, itself=itself) * (1 if itself else 2)
    if not all(values.isfinite().all() for values in sums):
        raise NumericsError("the kernel must be finite, but overflows: the features are too large")
    return torch.stack(sums)


def _of_members(
    tile: KernelTile, kernel: Kernel, left_members: Members, right_members: Members, *, itself: bool
) -> Float64[Tensor, " s"]:
    """Return u^T K v of the columns u, v of both members, K being the tile: its products are formed all at once."""
    left = left_members[tile.row :][: len(tile.left)]
    right = right_members[tile.column :][: len(tile.right)]
    whole = np.empty((len(tile.left), len(tile.right)))
    for part, values in tile.strips(kernel, itself=itself):
        whole[part] = values.cpu().numpy()
    return torch.from_numpy(np.einsum("is,is->s", left.numpy(), whole @ right.numpy()))


def _within(side: KernelSide, other: Tensor, kernel: Kernel) -> SideSums:
    own, squares = _zeros(side), 0.0
    for tile in tiles_within(side):
        itself = tile.row == tile.column
        for part, values in tile.strips(kernel, itself=itself):
            own[tile.row :][: len(tile.left)][part] += values.sum(dim=1)
            squares += _squared(values) * (1 if itself else 2)
            if not itself:
                own[tile.column :][: len(tile.right)] += values.sum(dim=0)
    return SideSums(own.cpu(), other.cpu(), float(side.chosen_diagonal.sum()), squares)


def _across(real: KernelSide, fake: KernelSide, kernel: Kernel) -> tuple[Tensor, Tensor, float]:
    real_sums, fake_sums, squares = _zeros(real), _zeros(fake), 0.0
    for tile in tiles_across(real, fake):
        for part, values in tile.strips(kernel):
            real_sums[tile.row :][: len(tile.left)][part] += values.sum(dim=1)
            fake_sums[tile.column :][: len(tile.right)] += values.sum(dim=0)
            squares += _squared(values)
    return real_sums, fake_sums, squares


def _zeros(side: KernelSide) -> Float64[Tensor, " n"]:
    return torch.zeros(side.count, dtype=torch.float64, device=side.pair.device)


def _squared(values: Float64[Tensor, "n m"]) -> float:
    return float(values.square().sum())
