"""One side of a Fréchet distance: its moments, and what is kept of its images."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike, FeatureMatrix
from ganmetrics.core.arrays import check_rows, to_double
from ganmetrics.core.checks import of_type
from ganmetrics.core.gaussian.kept import most_kept
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.random_matrix.joint.spectra import Part
from ganmetrics.core.random_matrix.joint.trace import DIRECT
from ganmetrics.errors import InputError

ROWS_HASHED = 512
"""So many images are hashed from one block: a few megabytes, which the next block gets again from the allocator."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The moments of a side, and some of its images.

    Attributes:
        moments: of all images; exact ones have no count.
        images: features less their mean, shape [k, d]: all of them while the moments keep rows, otherwise some, chosen
            by their content; None if none are known.

    >>> side = Sample.of(torch.arange(24.0).reshape(12, 2).sin())
    >>> side.count, len(side.images)
    (12, 12)
    """

    moments: Moments
    images: FeatureMatrix | None = None

    def __post_init__(self) -> None:
        """Check what a caller may have given."""
        of_type("moments", self.moments, Moments, "moments")
        if self.images is None:
            return
        of_type("images", self.images, Tensor, "a tensor")
        check_rows(self.images, "images")
        if self.images.dtype != torch.float64 or self.images.shape[1] != self.moments.dimension:
            raise InputError(
                f"images must be float64 [k, {self.moments.dimension}], less their mean; "
                f"got {self.images.dtype} {list(self.images.shape)}"
            )

    @classmethod
    def of(cls, features: ArrayLike) -> "Sample":
        """Return the side with these features, floating point, shape [n, d].

        Raises:
            InputError: if `features` is not a floating-point array of that shape.
            NumericsError: if a feature is not finite, naming the first such row.
        """
        moments = Moments.of(features)
        if moments.rows is not None:
            return cls(moments, moments.rows)
        # Of so many images the law alone tells the distance, where the other side has as many: no spectrum is found.
        moments = replace(moments, by_eigenvectors=len(features) - 1 < DIRECT * moments.dimension)
        return cls(moments, kept_images(features, most_kept(moments.dimension)) - moments.mean)

    @property
    def count(self) -> int | None:
        """The number of images; None if the moments are exact."""
        return self.moments.count

    @property
    def trace(self) -> float:
        """The trace of the covariance."""
        return self.part.trace

    @property
    def squared(self) -> float:
        """An estimate without bias of tr C^2, at least 0."""
        return self.part.squared

    @property
    def all_images(self) -> FeatureMatrix | None:
        """The images where all of them are known; else None."""
        return self.images if self.images is not None and len(self.images) == self.count else None

    @cached_property
    def different(self) -> "Sample":
        """The side with one of each set of equal images, where all images are known; else the side itself.

        Equal images are no independent ones, and what they have in common with each other no law of samples expects.
        """
        if self.all_images is None:
            return self
        unique = torch.unique(self.all_images, dim=0)
        if len(unique) in (1, len(self.all_images)):
            return self
        return Sample.of(unique + self.moments.mean)

    @cached_property
    def part(self) -> Part:
        """The side for the fit, of which spectra are found once."""
        factor, matrix = self.moments.factor, self.moments.matrix
        freedom = None if self.count is None else self.count - 1
        square = None if matrix is None else float(matrix.square().sum())
        if self.images is None or freedom is None:
            return Part(factor, freedom, None, square)
        return Part(factor, freedom, factor if matrix is None else self.images / freedom**0.5, square)


def kept_images(features: ArrayLike, most: int) -> Tensor:
    """Return at most so many images: those whose features' hashes are smallest.

    So neither order, nor shards, nor merging change the choice, and it has nothing to do with what the images show.
    """
    check_rows(features, "features")
    if len(features) <= most:
        return to_double(features).cpu()
    blocks = (features[start : start + ROWS_HASHED] for start in range(0, len(features), ROWS_HASHED))
    with ThreadPoolExecutor(torch.get_num_threads()) as threads:
        hashes = [digest for digests in threads.map(_digests, blocks) for digest in digests]
    chosen = sorted(range(len(hashes)), key=hashes.__getitem__)[:most]
    return to_double(features[sorted(chosen)]).cpu()


def _digests(features: ArrayLike) -> list[bytes]:
    """Return a hash of each row's values, the same in any precision and any order of memory that holds them.

    Rows that single precision holds are hashed in it: those of networks, in half of the time.
    """
    rows = _in_memory(features)
    if rows.dtype == torch.float32:
        return [_digest(row) for row in _little_endian(rows)]
    single = rows.float()
    held = (single.double() == rows).all(dim=1).tolist()
    pairs = zip(held, _little_endian(single), _little_endian(rows), strict=True)
    return [_digest(short if fits else full) for fits, short, full in pairs]


def _in_memory(features: ArrayLike) -> Tensor:
    """Return the rows one after another in the CPU's memory, in single precision if they came in that or less."""
    if features.dtype.itemsize > torch.float32.itemsize:
        rows = to_double(features).cpu()
    elif isinstance(features, Tensor):
        rows = features.detach().cpu().float()
    else:
        rows = torch.from_numpy(np.array(features, dtype=np.float32))
    # Zeros are hashed alike, whatever their sign.
    return rows.contiguous() + 0.0


def _little_endian(rows: Tensor) -> npt.NDArray[Any]:
    array = rows.numpy()
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _digest(row: npt.NDArray[Any]) -> bytes:
    return hashlib.blake2b(row.data, digest_size=8).digest()


def sample_of(side: "ArrayLike | Moments | Sample") -> Sample:
    """Return any kind of side as a sample."""
    if isinstance(side, Sample):
        return side
    if isinstance(side, Moments):
        return Sample(side, side.rows)
    return Sample.of(side)
