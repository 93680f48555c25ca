"""`Features`: rows of numbers that stand for images, sounds or texts, made by whatever encoder the caller has."""

from collections.abc import Sequence, Sized
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganmetrics._files import as_path
from ganmetrics._text import shown
from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import as_torch, check_rows
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.data.feature_files import read_feature_file
from ganmetrics.data.given_classes import classes_as_given
from ganmetrics.errors import InputError, NotEnoughSamples

GIVEN = "given"
"""The protocol, layer and preparation of features that the caller made."""


class Features:
    """Features of one set, which stand for it wherever images go: a row for each image, sound, text or molecule.

    Args:
        array: floating point, shape [n, d]: a NumPy array, memory-mapped or not, or a torch tensor on any device.
        name: of the encoder that made them; scores are then called after it, ``fd_vggish``. None leaves it open.
        source: what messages call the set.

    Attributes:
        rows: the same as a tensor on the CPU, float32, or float64 where that was given.
        name: of the encoder.
        source: what messages call the set.

    Raises:
        InputError: the array is not of that kind and shape, or the name is no text.

    >>> import ganmetrics
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = (Features(torch.randn(200, 8, generator=draw), name="vggish") for _ in range(2))
    >>> report = ganmetrics.evaluate(real, fake, metrics=("fid", "kid", "recall"))
    >>> list(report)
    ['fd_vggish', 'kd_vggish', 'recall_vggish']
    """

    def __init__(self, array: ArrayLike, name: str | None = None, *, source: str = "features") -> None:
        check_rows(array, source)
        if name is not None and (not isinstance(name, str) or not name.strip() or not name.isprintable()):
            raise InputError(f"the name of an encoder needs to be a word; got {shown(str(name))}")
        self.rows = _tensor(array)
        self.name = name
        self.source = source
        self._classes: tuple[str, ...] | None = None
        self._numbers: Sequence[int] = range(len(self.rows))

    @classmethod
    def load(cls, path: str | Path, *, name: str | None = None, column: str | None = None) -> "Features":
        """Return the features in a .npy, .npz, .pt, .safetensors or .parquet file.

        Args:
            path: the file; a .npy is mapped into memory, not read.
            name: of the encoder that made them.
            column: the array or column to take, where the file has several that could be features.

        Raises:
            InputError: there is no such file, it is damaged or would need to run code, or it is not clear which array.
        """
        found, array = read_feature_file(as_path(path), column)
        return cls(array, name, source=f"{path}::{found}" if found else str(path))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """The width of a row."""
        return self.rows.shape[1]

    def label(self, index: int) -> str:
        """Return what messages call a row: its number in what was given, whichever were chosen of it.

        Raises:
            InputError: there is no such row.
        """
        return f"{self.source}[{self._numbers[self._place(index)]}]"

    def class_of(self, index: int) -> str | None:
        """Return the class of a row; None where none were given.

        Raises:
            InputError: there is no such row.
        """
        place = self._place(index)
        return None if self._classes is None else self._classes[place]

    def _place(self, index: int) -> int:
        return whole("the index of a row", index, least=-len(self), most=len(self) - 1)

    def with_classes(self, classes: Sequence[object], *, given_as: str = "labels") -> "Features":
        """Return the same rows with the given classes, one for each in order, named by their text.

        Raises:
            InputError: there are not as many classes as rows, or one is None or not a number.
        """
        things = f"rows of {self.source}"
        named = classes_as_given(classes, len(self), of=things, label=self.label, given_as=given_as)
        labelled = self.take(range(len(self)))
        labelled._classes = tuple(named)
        return labelled

    def choose(self, count: int, seed: int) -> "Features":
        """Return `count` rows chosen at random without replacement, in their order, as images are chosen.

        Raises:
            InputError: `count` or `seed` is no such number.
            NotEnoughSamples: there are fewer.

        >>> chosen = Features(np.eye(9)).choose(3, seed=0)
        >>> [chosen.label(row) for row in range(3)]
        ['features[4]', 'features[5]', 'features[7]']
        """
        count, seed = whole("count", count, least=1), seed_number("seed", seed)
        if count > len(self):
            raise NotEnoughSamples(f"{count:,} rows are to be chosen; {self.source} has {len(self):,}")
        return self.take(sorted(np.random.default_rng(seed).choice(len(self), count, replace=False).tolist()))

    def take(self, indices: Sequence[int]) -> "Features":
        """Return the rows at some indices, in that order.

        Raises:
            InputError: they are no whole numbers, or there are no such rows.
        """
        all_rows = isinstance(indices, range) and indices == range(len(self))
        if not all_rows:
            indices = _row_numbers(indices, len(self))
        taken = object.__new__(Features)
        taken.rows = self.rows if all_rows else self.rows[torch.tensor(indices, dtype=torch.int64)]
        taken.name, taken.source = self.name, self.source
        taken._classes = None if self._classes is None else tuple(self._classes[index] for index in indices)
        taken._numbers = self._numbers if all_rows else [self._numbers[index] for index in indices]
        return taken


def _row_numbers(indices: object, count: int) -> list[int]:
    try:
        # A sequence, a range and an array have a length; an iterator, which may not end, has none.
        given = list(indices) if isinstance(indices, Sized) else [None]  # type: ignore[call-overload]
        numbers = np.asarray(given) if given else np.zeros(0, np.int64)
    # What is no sequence, or one of parts that no array can have.
    except Exception:
        numbers = np.zeros(0)
    fits = numbers.ndim == 1 and numbers.dtype.kind in "iu"
    if not fits or any(not -count <= int(number) < count for number in numbers):
        raise InputError(f"indices must be whole numbers below {count:,}; got {shown(indices)}")
    found: list[int] = numbers.tolist()
    return found


def _tensor(array: ArrayLike) -> Tensor:
    """Return a tensor on the CPU in single or double precision; what is either is not copied."""
    if isinstance(array, np.ndarray):
        width = "f8" if array.dtype.itemsize >= np.dtype(np.float64).itemsize else "f4"
        # torch takes arrays of the machine's order of bytes that it may write to.
        array = as_torch(np.require(array, f"={width}", ["W"]))
    rows = array.detach().cpu()
    return rows if rows.dtype in (torch.float32, torch.float64) else rows.float()
