"""Features enter statistics in blocks of fixed size, so that the batch size cannot change a sum.

A block is summed where the network ran, if that is a GPU: a core of the host sums 2,000 images of 2,048 features a
second, fewer than a fast one computes.
"""

import torch
from torch import Tensor

from ganmetrics.core.arrays import without_float64
from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks, blocks_of, content_hashes
from ganmetrics.core.gaussian.kept import KeptImages, most_kept
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.layer import Layer

_HOST = torch.device("cpu")
BLOCK_ROWS = 1024
"""Images a step: one d x d update serves many small batches, and the sums do not depend on these."""


class LayerAccumulator:
    """Gathers the features of one layer, batch by batch.

    Args:
        blocks: gather the moments of eight parts as well, for a floor.
        kept: keep some of the images, for intervals.
        device: where blocks are summed; on a CPU, and where there is no double precision, that is the host.

    >>> accumulator = LayerAccumulator(blocks=True)
    >>> for batch in torch.arange(20.0).reshape(10, 2).split(3):
    ...     accumulator.add(batch)
    >>> accumulator.layer().moments.count, accumulator.count
    (10, 10)
    """

    def __init__(self, *, blocks: bool = False, kept: bool = False, device: torch.device = _HOST) -> None:
        self.count = 0
        self._kept = _KeptAccumulator() if kept else None
        self._whole = _MomentsAccumulator(device)
        self._parts = tuple(_MomentsAccumulator(device) for _ in range(BLOCKS)) if blocks else ()

    def add(self, features: Tensor, hashes: Tensor | None = None) -> None:
        """Add a batch of features [n, d], and each image's hash [n]; that of its features where not said.

        Raises:
            NumericsError: a feature is not finite.
        """
        self.count += len(features)
        self._whole.add(features)
        if not self._parts and self._kept is None:
            return
        known = content_hashes(features) if hashes is None else hashes
        if self._kept is not None:
            self._kept.add(known, features)
        numbers = blocks_of(known)
        for number, part in enumerate(self._parts):
            part.add(features[numbers == number])

    def layer(self) -> Layer:
        """Return the statistics of what was added so far; more may be added after.

        Raises:
            NotEnoughSamples: nothing was.
        """
        whole = self._whole.moments()
        if whole is None:
            raise NotEnoughSamples("statistics need at least one image; none was given")
        blocks = Blocks(tuple(part.moments() for part in self._parts)) if self._parts else None
        return Layer(whole, blocks, None if self._kept is None else self._kept.images())


class _KeptAccumulator:
    """The images that are kept: those that may be wait for each other, since every choice copies all that are kept."""

    def __init__(self) -> None:
        self._chosen: KeptImages | None = None
        self._pending: list[KeptImages] = []
        self._rows = 0

    def add(self, hashes: Tensor, features: Tensor) -> None:
        new = KeptImages.of(hashes, features)
        if self._chosen is not None and len(self._chosen.hashes) >= most_kept(features.shape[1]):
            new = new.below(int(self._chosen.hashes[-1]))
        if not len(new.hashes):
            return
        self._pending.append(new)
        self._rows += len(new.hashes)
        if self._rows >= BLOCK_ROWS:
            self._choose()

    def images(self) -> KeptImages | None:
        if self._pending:
            self._choose()
        return self._chosen

    def _choose(self) -> None:
        found = [*([] if self._chosen is None else [self._chosen]), *self._pending]
        hashes, features = torch.cat([one.hashes for one in found]), torch.cat([one.features for one in found])
        self._chosen, self._pending, self._rows = KeptImages.of(hashes, features), [], 0


class _MomentsAccumulator:
    """Moments of rows, merged `BLOCK_ROWS` at a time."""

    def __init__(self, device: torch.device) -> None:
        self._device = _HOST if without_float64(device) else device
        self._merged: Moments | None = None
        self._pending: list[Tensor] = []
        self._rows = 0

    def add(self, features: Tensor) -> None:
        if not len(features):
            return
        self._pending.append(features)
        self._rows += len(features)
        if self._rows >= BLOCK_ROWS:
            rows = torch.cat(self._pending)
            whole = len(rows) - len(rows) % BLOCK_ROWS
            for start in range(0, whole, BLOCK_ROWS):
                self._merged = _merge(self._merged, self._block(rows[start : start + BLOCK_ROWS]))
            # A copy: a view would keep the whole block alive.
            self._pending, self._rows = [rows[whole:].clone()], len(rows) - whole

    def _block(self, rows: Tensor) -> Moments:
        # Once there are more images than features, a block adds its scatter; before, its rows, which the host has.
        past = self._merged is not None and (self._merged.count or 0) + len(rows) > rows.shape[1]
        if self._device.type == "cpu" or not past:
            return Moments.of(rows)
        return Moments.of(rows.to(self._device), keep_rows=False)

    def moments(self) -> Moments | None:
        if not self._rows:
            return self._merged
        return _merge(self._merged, Moments.of(torch.cat(self._pending)))


def _merge(one: Moments | None, other: Moments) -> Moments:
    return other if one is None else one.merge(other)
