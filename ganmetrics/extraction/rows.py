"""Rows that come batch by batch, in memory while they fit a budget and in a file past it."""

import tempfile
import weakref
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import Tensor

from ganmetrics._files import check_writable
from ganmetrics.extraction.feature_store import SHARE


class GrowingRows:
    """float32 rows [n, d] of a number that is not known beforehand.

    Past its share of the budget they lie in a temporary file without a name, which vanishes with its last reader.

    Args:
        memory: budget in bytes, of which these rows take `1 / SHARE`.

    Raises:
        StorageError: the disk has no room.

    >>> rows = GrowingRows(memory=10**9)
    >>> rows.append(torch.ones(2, 3))
    >>> rows.append(torch.zeros(1, 3))
    >>> len(rows), rows.tensor().sum(dim=1).tolist()
    (3, [3.0, 3.0, 0.0])
    """

    def __init__(self, *, memory: int) -> None:
        self._most = memory // SHARE
        self._parts: list[Tensor] = []
        self._count = 0
        self._width = 0
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def on_disk(self) -> bool:
        """Whether the rows lie in a file."""
        return self._file is not None

    def append(self, rows: Tensor) -> None:
        """Add the next rows."""
        self._parts.append(rows.to(torch.float32))
        self._count += len(rows)
        self._width = rows.shape[1]
        if self._file is not None or 4 * self._count * self._width > self._most:
            self._write()

    def tensor(self) -> Tensor:
        """Return the rows added so far; on disk they are read as they are used."""
        if self._file is None:
            self._parts = [torch.cat(self._parts)] if self._parts else []
            return self._parts[0] if self._parts else torch.empty(0, self._width)
        self._file.flush()
        mapped = np.memmap(self._file, np.float32, "r+", shape=(self._count, self._width))
        return torch.from_numpy(mapped)

    def __getstate__(self) -> dict[str, object]:
        """Return the rows themselves: a file of no name cannot travel."""
        rows = self.tensor().clone() if self._count else None
        return {"most": self._most, "rows": rows}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(memory=0)  # type: ignore[misc]
        assert isinstance(state["most"], int)
        self._most = state["most"]
        if isinstance(state["rows"], Tensor):
            self.append(state["rows"])

    def _write(self) -> None:
        if self._file is None:
            check_writable(Path(tempfile.gettempdir()), bytes_needed=4 * self._count * self._width)
            # It lives as long as the rows, and its content as long as what reads it.
            self._file = tempfile.TemporaryFile()  # noqa: SIM115
            weakref.finalize(self, self._file.close)
        for part in self._parts:
            self._file.write(part.contiguous().numpy().tobytes())
        self._parts = []
