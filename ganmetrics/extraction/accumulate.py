"""Features enter statistics in blocks of fixed size, so that the batch size cannot change a sum."""

import torch
from torch import Tensor

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks, blocks_of, content_hashes
from ganmetrics.core.gaussian.kept import KeptImages
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.layer import Layer

BLOCK_ROWS = 1024
"""Images a step: one d x d update serves many small batches, and the sums do not depend on these."""


class LayerAccumulator:
    """Gathers the features of one layer, batch by batch.

    Args:
        blocks: gather the moments of eight parts as well, for a floor.
        kept: keep some of the images, for intervals.

    >>> accumulator = LayerAccumulator(blocks=True)
    >>> for batch in torch.arange(20.0).reshape(10, 2).split(3):
    ...     accumulator.add(batch)
    >>> accumulator.layer().moments.count, accumulator.count
    (10, 10)
    """

    def __init__(self, *, blocks: bool = False, kept: bool = False) -> None:
        self.count = 0
        self._keeps = kept
        self._kept: KeptImages | None = None
        self._whole = _MomentsAccumulator()
        self._parts = tuple(_MomentsAccumulator() for _ in range(BLOCKS)) if blocks else ()

    def add(self, features: Tensor, hashes: Tensor | None = None) -> None:
        """Add a batch of features [n, d], and each image's hash [n]; that of its features where not said.

        Raises:
            NumericsError: a feature is not finite.
        """
        self.count += len(features)
        self._whole.add(features)
        if not self._parts and not self._keeps:
            return
        known = content_hashes(features) if hashes is None else hashes
        if self._keeps:
            new = KeptImages.of(known, features)
            self._kept = new if self._kept is None else self._kept.merge(new)
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
        return Layer(whole, blocks, self._kept)


class _MomentsAccumulator:
    """Moments of rows, merged `BLOCK_ROWS` at a time."""

    def __init__(self) -> None:
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
                self._merged = _merge(self._merged, Moments.of(rows[start : start + BLOCK_ROWS]))
            # A copy: a view would keep the whole block alive.
            self._pending, self._rows = [rows[whole:].clone()], len(rows) - whole

    def moments(self) -> Moments | None:
        if not self._rows:
            return self._merged
        return _merge(self._merged, Moments.of(torch.cat(self._pending)))


def _merge(one: Moments | None, other: Moments) -> Moments:
    return other if one is None else one.merge(other)
