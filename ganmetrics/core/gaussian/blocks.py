"""Moments of eight parts of a set of images, so that each part can be left out."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError

BLOCKS = 8
"""The number of parts: enough to estimate a variance from, few enough to hold and to factor."""
_FOLDED_WIDTH = 256


def content_hashes(features: ArrayLike) -> Tensor:
    """Return 64 bits for each image by which it can be chosen or sorted: neither order, nor shards, nor merging matter.

    Equal images have equal hashes.

    Args:
        features: floating point, shape [n, d]; of equal value in any precision or container, they are hashed equally.

    Returns:
        int64, shape [n].

    Raises:
        InputError: if `features` is not a floating-point array of that shape.
        NumericsError: if a feature is not finite, naming the first such row.

    >>> content_hashes(torch.tensor([[0.0, 1.0], [-0.0, 1.0]])).unique().numel()
    1
    """
    check_rows(features, "features")
    numbers = []
    for block in double_blocks(features, "features"):
        # Adding zero makes -0.0 the 0.0 that it is equal to.
        for row in (block + 0.0).cpu().numpy():
            digest = hashlib.blake2b(row.astype("<f8").tobytes(), digest_size=8).digest()
            numbers.append(int.from_bytes(digest, "little", signed=True))
    return torch.tensor(numbers, dtype=torch.int64)


def content_blocks(features: ArrayLike) -> Tensor:
    """Return to which of the eight blocks each image belongs: its features' hash modulo 8.

    Blocks cut in the order of names would follow classes, and leaving out a class is not what leaving out an eighth of
    the images is. Equal images share a block, as they should: they are no independent observations.

    Raises:
        GanMetricsError: as `content_hashes` does.

    >>> bool((content_blocks(torch.eye(20)) < BLOCKS).all())
    True
    """
    return blocks_of(content_hashes(features))


def blocks_of(hashes: Tensor) -> Tensor:
    """Return the block of each image from its hash: int64 [n], 0 to 7."""
    return hashes % BLOCKS


def input_hashes(inputs: npt.NDArray[np.float32] | Tensor) -> Tensor:
    """Return `content_hashes` of images by what the network is given of them.

    A network's features differ in their last bits with the batch that an image falls into, the number of threads or of
    processes and the device; so would their hashes, and with them what is chosen by them. Its inputs do not.
    Inputs wider than features usually are summed first, as integers of their bits, which is exact in any order.

    Args:
        inputs: prepared images, float32, shape [n, ...]; a tensor is summed on its device.

    Returns:
        int64, shape [n].

    >>> inputs = np.random.default_rng(0).random((6, 3, 40, 40), dtype=np.float32)
    >>> bool((input_hashes(inputs)[4:] == input_hashes(inputs[4:])).all())
    True
    """
    if isinstance(inputs, Tensor):
        return content_hashes(_folded(inputs.flatten(1)))
    rows = np.ascontiguousarray(inputs).reshape(len(inputs), -1)
    width = rows.shape[1]
    if width <= _FOLDED_WIDTH:
        return content_hashes(rows)
    bits, whole = rows.view(np.uint32), width - width % _FOLDED_WIDTH
    folded = bits[:, :whole].reshape(len(rows), -1, _FOLDED_WIDTH).sum(axis=1, dtype=np.uint32)
    folded[:, : width - whole] += bits[:, whole:]
    return content_hashes(folded.astype(np.float64))


def _folded(rows: Tensor) -> Tensor:
    """Return rows [n, d] as they are, or the sums of their bits, which are as wide as features usually are."""
    width = rows.shape[1]
    if width <= _FOLDED_WIDTH:
        return rows
    bits, whole = rows.contiguous().view(torch.int32), width - width % _FOLDED_WIDTH
    folded = bits[:, :whole].reshape(len(rows), -1, _FOLDED_WIDTH).sum(dim=1, dtype=torch.int64)
    folded[:, : width - whole] += bits[:, whole:]
    # What is left of a sum in 32 bits without sign; it is small, so the host makes floats of it in float64.
    return folded.bitwise_and(0xFFFFFFFF).cpu().to(torch.float64)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The moments of the eight parts of a set of images, for a jackknife that leaves out one part at a time.

    Attributes:
        parts: the moments of each block; None where it has no image.
        whole: the moments of all images, where they are at hand; merged from the parts where they are not.

    >>> features = torch.arange(40.0).reshape(20, 2)
    >>> blocks = Blocks.of(features[:9]).merge(Blocks.of(features[9:]))
    >>> blocks.total.count, sum(part.count for part in blocks.parts if part)
    (20, 20)
    """

    parts: tuple[Moments | None, ...]
    whole: Moments | None = None

    @classmethod
    def of(cls, features: ArrayLike) -> "Blocks":
        """Return the blocks of features [n, d], one row for each image, by their content.

        Raises:
            InputError: if `features` is not a floating-point array of that shape.
            NumericsError: if a feature is not finite, naming the first such row.
        """
        numbers = content_blocks(features)
        members = [(numbers == number).nonzero()[:, 0] for number in range(BLOCKS)]
        return cls(tuple(Moments.of(features[_indices(features, rows)]) if len(rows) else None for rows in members))

    @cached_property
    def total(self) -> Moments:
        """The moments of all images."""
        if self.whole is not None:
            return self.whole
        return _merged([part for part in self.parts if part is not None])

    def merge(self, other: "Blocks") -> "Blocks":
        """Return the blocks of both sets of images together."""
        pairs = zip(self.parts, other.parts, strict=True)
        return Blocks(tuple(_union(*pair) for pair in pairs))

    def share(self, number: int) -> float:
        """Return the share of the images that a block holds, 0 to 1."""
        part = self.parts[number]
        return 0.0 if part is None else count_of(part) / count_of(self.total)

    def without(self, number: int) -> Moments | None:
        """Return the moments of all images but those of one block; None if fewer than two images remain.

        A covariance is left by subtraction: with n images in all, m of them in the block and shift = its mean less that
        of all, the scatters differ by the block's own and (n m / (n - m)) shift shift^T (`Moments.merge`, solved for
        one side). An eighth is taken away, so no digits are lost. Where fewer images than features remain, their
        rows are put together instead.
        """
        part = self.parts[number]
        if part is None:
            return self.total
        remaining = count_of(self.total) - count_of(part)
        if remaining <= 1:
            return None
        if remaining <= self.total.dimension:
            return _merged([other for other in self.parts if other is not None and other is not part])
        return _subtracted(self.total, part)


def count_of(moments: Moments) -> int:
    """Return the number of images.

    Raises:
        InputError: if the moments are known exactly, so that there is none.
    """
    if moments.count is None:
        raise InputError("a number of images is needed, but the moments are known exactly (count None)")
    return moments.count


def _indices(features: ArrayLike, rows: Tensor) -> ArrayLike:
    return rows.to(features.device) if isinstance(features, Tensor) else rows.numpy()


def _union(one: Moments | None, other: Moments | None) -> Moments | None:
    if one is None or other is None:
        return other if one is None else one
    return one.merge(other)


def _merged(parts: list[Moments]) -> Moments:
    if not parts:
        raise InputError("blocks need an image; got none")
    return reduce(Moments.merge, parts)


def _subtracted(total: Moments, part: Moments) -> Moments:
    all_images, removed = count_of(total), count_of(part)
    count = all_images - removed
    shift = part.mean - total.mean
    matrix = total.covariance * ((all_images - 1) / (count - 1))
    matrix.addmm_(shift[:, None], shift[None], alpha=-all_images * removed / count / (count - 1))
    if part.rows is not None:
        matrix.addmm_(part.rows.mT, part.rows, alpha=-1 / (count - 1))
    else:
        matrix.add_(part.covariance, alpha=-(removed - 1) / (count - 1))
    return Moments(count, total.mean - shift * (removed / count), None, matrix)
