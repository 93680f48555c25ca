"""Every image's features, in memory while they fit a budget and in a file past it."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganmetrics._files import check_writable
from ganmetrics.core.checks import whole
from ganmetrics.errors import InputError

LEAST_MEMORY = 64 * 10**6
"""Bytes below which blocks of distances between a few thousand features would be slivers."""
SHARE = 4
"""Features of one side may take this part of the budget; both sides and the blocks at work take the rest."""


class FeatureStore:
    """Features [n, d] in float32, of a number of images that is known beforehand.

    Past its share of the budget the rows lie in a temporary file, which the system pages in and out and which has no
    name once it is open: it vanishes with the last tensor on it, however the process ends.

    Args:
        count: number of images.
        dimension: of their features.
        memory: budget in bytes.

    Raises:
        InputError: the budget is below `LEAST_MEMORY`.
        StorageError: the disk has no room.

    >>> store = FeatureStore(3, 2, memory=10**9)
    >>> store.append(torch.ones(2, 2))
    >>> store.append(torch.zeros(1, 2))
    >>> store.tensor().sum(dim=1)
    tensor([2., 2., 0.])
    """

    def __init__(self, count: int, dimension: int, *, memory: int) -> None:
        check_memory(memory)
        self.on_disk = 4 * count * dimension > memory // SHARE
        if self.on_disk:
            check_writable(Path(tempfile.gettempdir()), bytes_needed=4 * count * dimension)
            with tempfile.TemporaryFile() as file:
                # The mapping keeps the file alive after this handle is closed.
                self._rows = torch.from_numpy(np.memmap(file, np.float32, "w+", shape=(count, dimension)))
        else:
            self._rows = torch.empty(count, dimension)
        self._filled = 0

    def append(self, features: Tensor) -> None:
        """Add the next rows."""
        self._rows[self._filled : self._filled + len(features)] = features
        self._filled += len(features)

    def tensor(self) -> Tensor:
        """Return the rows added so far; on disk they are read as they are used."""
        return self._rows[: self._filled]


def check_memory(memory: int) -> None:
    """Raise InputError where a budget in bytes is too small to work in blocks.

    >>> check_memory(10**6)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: memory must be at least 64 MB; got 1 MB
    """
    if whole("memory", memory, least=1) < LEAST_MEMORY:
        raise InputError(f"memory must be at least {LEAST_MEMORY // 10**6} MB; got {memory / 10**6:g} MB")
