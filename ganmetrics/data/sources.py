"""Everything that can be scored, as one kind of thing: a source of images in a fixed order."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch

from ganmetrics.data.archives import ZipSource
from ganmetrics.data.arrays import open_array, open_tensor
from ganmetrics.data.datasets import DatasetSource, MapDataset
from ganmetrics.data.decode import Stored
from ganmetrics.data.folders import FolderSource
from ganmetrics.data.npz import open_npz
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.timing import stage


@runtime_checkable
class ImageSource(Protocol):
    """Images in a fixed order, read one at a time; picklable, since decoding workers get a copy."""

    @property
    def name(self) -> str:
        """What messages call the whole: a path, or "tensor"."""
        ...

    @property
    def ignored(self) -> int:
        """How many files were passed over because they have no image's extension."""
        ...

    @property
    def uniform_size(self) -> tuple[int, int] | None:
        """Width and height where all images are uint8 pixels of one size, which need no decoding; None elsewhere."""
        ...

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def label(self, index: int) -> str:
        """Return what messages call an image, such as ``set.zip::cat/1.png``."""
        ...

    def read(self, index: int) -> Stored:
        """Return an image as it is stored; safe to call from several threads.

        Raises:
            InputError: it cannot be read; the message is the reason alone.
        """
        ...

    def class_of(self, index: int) -> str | None:
        """Return the class of an image: its first-level folder, or its label; None where there are neither."""
        ...


def open_source(source: object) -> ImageSource:
    """Return the images of a folder, zip, npz, tensor, array or data set.

    Args:
        source: the path of a folder (with or without class folders), of a .zip of one, or of an .npz with uint8 images
            ``arr_0`` [n, h, w, 3]; a uint8 tensor [n, 3, h, w] or array [n, h, w, 3]; a map-style data set whose items
            are images or tuples or mappings with one; or an `ImageSource`, which is returned as it is.

    Raises:
        InputError: the source is missing, empty, or not one of these.

    >>> source = open_source(torch.zeros(2, 3, 8, 8, dtype=torch.uint8))
    >>> len(source), source.label(1), source.read(1).shape
    (2, 'tensor[1]', (8, 8, 3))
    """
    if isinstance(source, ImageSource):
        return source
    if isinstance(source, str | os.PathLike):
        return _open_path(Path(source))
    if isinstance(source, torch.Tensor):
        return open_tensor(source)
    if isinstance(source, np.ndarray):
        return open_array(source)
    if isinstance(source, MapDataset):
        return DatasetSource(source)
    raise InputError(
        "images need a folder, .zip, .npz, uint8 tensor [n, 3, h, w] or map-style data set with a length, "
        f"got {type(source).__name__}"
    )


def select(source: ImageSource, count: int, seed: int) -> ImageSource:
    """Return `count` images of a source, chosen at random without replacement, in the order of the source.

    The choice depends on `seed`, `count` and the number of images only; no global generator is used.

    Raises:
        InputError: `count` is not positive, or `seed` is negative.
        NotEnoughSamples: the source has fewer images.

    >>> chosen = select(open_source(np.zeros((100, 1, 1, 3), np.uint8)), 3, seed=0)
    >>> [chosen.label(index) for index in range(len(chosen))]
    ['array[51]', 'array[63]', 'array[83]']
    """
    if count < 1:
        raise InputError(f"a choice of images needs a positive count, got {count}")
    if seed < 0:
        raise InputError(f"a choice of images needs a seed of 0 or more, got {seed}")
    if count > len(source):
        raise NotEnoughSamples(f"{count:,} images are to be chosen; {source.name} has {len(source):,}")
    indices = np.random.default_rng(seed).choice(len(source), count, replace=False)
    return _Selection(source, sorted(indices.tolist()))


def take(source: ImageSource, indices: Sequence[int]) -> ImageSource:
    """Return the images at some indices of a source, in that order."""
    return _Selection(source, indices)


def with_classes(source: ImageSource, classes: Sequence[object]) -> ImageSource:
    """Return the same images with the given classes, one for each image in order, named by their text.

    Raises:
        InputError: there are not as many classes as images.

    >>> labelled = with_classes(open_source(np.zeros((2, 1, 1, 3), np.uint8)), [3, 7])
    >>> labelled.class_of(1)
    '7'
    """
    if len(classes) != len(source):
        raise InputError(
            f"labels need one for each of the {len(source):,} images of {source.name}; got {len(classes):,}"
        )
    return _Labelled(source, range(len(source)), [str(one) for one in classes])


class _Selection:
    """Some images of a source."""

    def __init__(self, source: ImageSource, indices: Sequence[int]) -> None:
        self.name = source.name
        self.ignored = source.ignored
        self.uniform_size = source.uniform_size
        self._source = source
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    def label(self, index: int) -> str:
        return self._source.label(self._indices[index])

    def read(self, index: int) -> Stored:
        return self._source.read(self._indices[index])

    def class_of(self, index: int) -> str | None:
        return self._source.class_of(self._indices[index])


class _Labelled(_Selection):
    """Images whose classes were given beside them."""

    def __init__(self, source: ImageSource, indices: Sequence[int], classes: list[str]) -> None:
        super().__init__(source, indices)
        self._classes = classes

    def class_of(self, index: int) -> str | None:
        return self._classes[index]


def _open_path(path: Path) -> ImageSource:
    with stage("listing files"):
        if path.is_dir():
            return FolderSource(path)
        if not path.exists():
            raise InputError(f"{path} does not exist; images need a folder, .zip or .npz")
        if path.suffix.lower() == ".zip":
            return ZipSource(path)
    if path.suffix.lower() == ".npz":
        return open_npz(path)
    raise InputError(f"{path} is a file; images need a folder, .zip or .npz")
