"""The statistics of one layer's features: moments of all images, and of eight blocks where an interval wants them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike, Arrays
from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.kept import KeptImages, most_kept
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.metrics.frechet.sample import Sample

Header = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Layer:
    """What is kept of the features that one layer gave for a set of images.

    Attributes:
        moments: of all images.
        blocks: of eight parts of them by content, for a floor; None where these were not asked for.
        kept: some of the images, for intervals; None where these were not asked for.

    >>> import torch
    >>> features = torch.arange(12.0).reshape(6, 2)
    >>> layer = Layer(Moments.of(features), Blocks.of(features))
    >>> again = Layer.unpack(*layer.pack())
    >>> again.moments.count, torch.equal(again.moments.covariance, layer.moments.covariance)
    (6, True)
    """

    moments: Moments
    blocks: Blocks | None = None
    kept: KeptImages | None = None

    def __post_init__(self) -> None:
        """Take a factor by eigenvectors where images are kept: who wants an interval reads the spectrum."""
        moments = self.moments
        if self.kept is not None and moments.matrix is not None and moments.known_factor is None:
            object.__setattr__(self, "moments", replace(moments, by_eigenvectors=True))

    @property
    def sample(self) -> Sample:
        """What a corrected distance and its interval are made from."""
        known = None if self.kept is None else self.kept.centred(self.moments.mean)
        return Sample(self.moments, self.moments.rows if self.moments.rows is not None else known)

    @property
    def sampled(self) -> Blocks | Moments:
        """What an interval is made from: the blocks with the moments of all, or these alone where there are none."""
        return self.moments if self.blocks is None else replace(self.blocks, whole=self.moments)

    def merge(self, other: "Layer") -> "Layer":
        """Return the statistics of both sets of images together; blocks and kept images only where both have them."""
        whole = None if self.blocks is None or other.blocks is None else self.blocks.merge(other.blocks)
        kept = None if self.kept is None or other.kept is None else self.kept.merge(other.kept)
        return Layer(self.moments.merge(other.moments), whole, kept)

    def pack(self, suffix: str = "") -> tuple[Header, Arrays]:
        """Return counts and arrays that `unpack` makes the same statistics from, to the last bit.

        ``mu`` and ``sigma`` are the names that other libraries read. A block's covariance is stored as its upper
        triangle, which halves what is by far the largest part.
        """
        state = self.moments.state()
        arrays = {f"{name}{suffix}": state[name].numpy() for name in state if name in ("rows", "factor")}
        arrays |= {f"mu{suffix}": self.moments.mean.numpy(), f"sigma{suffix}": self.moments.covariance.numpy()}
        counts: list[int | None] | None = None
        if self.blocks is not None:
            counts = [None if part is None else part.count for part in self.blocks.parts]
            for number, part in enumerate(self.blocks.parts):
                if part is not None:
                    arrays |= _pack_block(part, f"block{number}{suffix}")
        if self.kept is not None:
            arrays |= {
                f"kept_hashes{suffix}": self.kept.hashes.numpy(),
                f"kept_features{suffix}": self.kept.features.numpy(),
            }
        return {"count": self.moments.count, "blocks": counts}, arrays

    @classmethod
    def unpack(cls, header: Mapping[str, Any], arrays: Arrays, suffix: str = "") -> "Layer":
        """Return the statistics that `pack` gave header and arrays of. They hold the arrays themselves, not copies.

        Raises:
            InputError: an array is missing, or does not fit the others.
        """
        # Where the centred rows are kept, sigma is there for other readers only: the rows say more.
        rows = f"rows{suffix}" in arrays
        names = {"mean": "mu", "rows": "rows"} if rows else {"mean": "mu", "covariance": "sigma", "factor": "factor"}
        moments = Moments.from_state(
            header["count"],
            {
                name: _given(arrays[f"{stored}{suffix}"])
                for name, stored in names.items()
                if f"{stored}{suffix}" in arrays
            },
        )
        kept = _unpack_kept(arrays, suffix, moments.dimension)
        counts = header.get("blocks")
        if counts is None:
            return cls(moments, None, kept)
        if len(counts) != BLOCKS:
            raise InputError(f"statistics need {BLOCKS} blocks; these have {len(counts)}")
        parts = [
            None if count is None else _unpack_block(count, arrays, f"block{number}{suffix}", moments.dimension)
            for number, count in enumerate(counts)
        ]
        return cls(moments, Blocks(tuple(parts)), kept)


def pack_layer(layer: Layer) -> dict[str, Any]:
    """Return a layer as tensors and plain values, for a checkpoint of a training loop.

    >>> layer = Layer(Moments.of(torch.eye(3)))
    >>> torch.equal(unpack_layer(pack_layer(layer)).moments.mean, layer.moments.mean)
    True
    """
    header, arrays = layer.pack()
    return {"header": header, "arrays": {name: torch.from_numpy(array) for name, array in arrays.items()}}


def unpack_layer(packed: Mapping[str, Any]) -> Layer:
    """Return the layer that `pack_layer` was given.

    Raises:
        InputError: an array is missing, or does not fit the others.
    """
    arrays = {name: array.detach().cpu().clone().numpy() for name, array in packed["arrays"].items()}
    return Layer.unpack(packed["header"], arrays)


def layer_bytes(dimension: int, *, blocks: bool, kept: bool) -> int:
    """Return the bytes that one layer's arrays may take: mean, covariance, factor or rows, blocks and kept images.

    A block holds its rows while they are no more than the features, and then half a covariance.
    """
    images = 4 * (dimension + 2) * most_kept(dimension) if kept else 0
    return 8 * dimension**2 * (2 + (BLOCKS if blocks else 0)) + 8 * dimension * (1 + BLOCKS) + images


def _unpack_kept(arrays: Arrays, suffix: str, dimension: int) -> KeptImages | None:
    hashes, features = arrays.get(f"kept_hashes{suffix}"), arrays.get(f"kept_features{suffix}")
    if hashes is None or features is None:
        return None
    fits = features.shape == (len(hashes), dimension) and hashes.dtype == "int64" and features.dtype == "float32"
    if hashes.ndim != 1 or not fits:
        raise InputError(
            f"kept images must be int64 [k] and float32 [k, {dimension}]; got {hashes.dtype} {list(hashes.shape)} and "
            f"{features.dtype} {list(features.shape)}"
        )
    return KeptImages(torch.from_numpy(hashes), torch.from_numpy(features))


def _pack_block(part: Moments, name: str) -> Arrays:
    if part.rows is not None:
        return {f"{name}_mean": part.mean.numpy(), f"{name}_rows": part.rows.numpy()}
    return {
        f"{name}_mean": part.mean.numpy(),
        f"{name}_triangle": part.covariance[upper_triangle(part.dimension)].numpy(),
    }


def _unpack_block(count: int, arrays: Arrays, name: str, dimension: int) -> Moments:
    mean = _float64(arrays, f"{name}_mean", (dimension,))
    if f"{name}_rows" in arrays:
        return Moments(count, mean, _float64(arrays, f"{name}_rows", (count, dimension)), None)
    triangle = _float64(arrays, f"{name}_triangle", (dimension * (dimension + 1) // 2,))
    matrix = torch.empty(dimension, dimension, dtype=torch.float64)
    matrix[upper_triangle(dimension)] = triangle
    matrix.mT[upper_triangle(dimension)] = triangle
    return Moments(count, mean, None, matrix)


def _given(array: npt.NDArray[Any]) -> ArrayLike:
    """Return a float64 array as a tensor of the same memory; others, which will be refused, as they are."""
    return torch.from_numpy(array) if array.dtype == np.float64 and array.flags.writeable else array


def _float64(arrays: Arrays, name: str, shape: tuple[int, ...]) -> Tensor:
    if name not in arrays:
        raise InputError(f"statistics need the array {name}; there is none")
    array = arrays[name]
    if array.shape != shape or array.dtype != "float64":
        raise InputError(f"{name} must be float64 {list(shape)}; got {array.dtype} {list(array.shape)}")
    return torch.from_numpy(array)


def upper_triangle(dimension: int) -> Tensor:
    """Return a mask of a matrix's upper triangle, the diagonal included."""
    # A mask takes an eighth of the memory of two lists of indices.
    return torch.ones(dimension, dimension, dtype=torch.bool).triu_()
