"""Batches of real images: in memory, in an order that the seed and the step alone decide."""

import numpy as np
import torch
from torch import Tensor

from reference_models.data.images import LabelledImages
from reference_models.errors import DataError


class Batches:
    """Real images by the number of the discriminator's step, on this process's share of the data.

    An epoch is one pass over the data in a new random order; what does not fill a batch waits for another epoch. Since
    a batch is found by its number, a run that is resumed goes on with the very images that would have come next.

    Args:
        data: the whole set.
        batch: images a step on each process.
        seed: of the orders.
        rank: of this process.
        ranks: number of processes; each sees its own share of every epoch.

    Raises:
        DataError: the set does not fill one batch.
    """

    def __init__(self, data: LabelledImages, *, batch: int, seed: int, rank: int = 0, ranks: int = 1) -> None:
        self.batch, self._seed, self._rank, self._ranks = batch, seed, rank, ranks
        self._data = data
        self.steps_per_epoch = len(data) // (batch * ranks)
        if not self.steps_per_epoch:
            needed = f"{batch:,}" if ranks == 1 else f"{batch:,} on each of {ranks} processes"
            raise DataError(f"a step needs a batch of {needed} images; {data.source} has {len(data):,}")
        self._epoch = -1
        self._order = torch.empty(0, dtype=torch.long)

    def indices(self, step: int) -> Tensor:
        """Return which images the step of that number takes, [batch]."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            # One seed for both numbers, so that neighbouring seeds do not share orders.
            (mixed,) = np.random.SeedSequence([self._seed, epoch]).generate_state(1)
            rng = torch.Generator().manual_seed(int(mixed))
            self._order, self._epoch = torch.randperm(len(self._data), generator=rng), epoch
        start = (place * self._ranks + self._rank) * self.batch
        return self._order[start : start + self.batch]

    def __call__(self, step: int, *, flips: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return float32 images [batch, 3, s, s] in [-1, 1] and their classes of the step of that number.

        Args:
            step: counted from 0 over the whole run.
            flips: bool [batch], which of them to mirror; None for none.
        """
        chosen = self.indices(step)
        pixels = self._data.images[chosen]
        if flips is not None:
            pixels = torch.where(flips[:, None, None, None], pixels.flip(3), pixels)
        labels = None if self._data.labels is None else self._data.labels[chosen]
        return to_floats(pixels), labels


def to_floats(pixels: Tensor) -> Tensor:
    """Map {0, ..., 255} to [-1, 1]; `ganmetrics.to_uint8` is the exact way back.

    >>> to_floats(torch.tensor([0, 255], dtype=torch.uint8))
    tensor([-1.,  1.])
    """
    return pixels.float().div_(127.5).sub_(1)
