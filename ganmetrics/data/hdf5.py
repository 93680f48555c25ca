"""An HDF5 file of uint8 images, such as BigGAN-PyTorch's ILSVRC128.hdf5."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ganmetrics._types import Image
from ganmetrics.data.image_source import Listing
from ganmetrics.data.recent import RecentBlocks
from ganmetrics.errors import InputError
from ganmetrics.optional import require

_IMAGES = ("imgs", "images", "image", "x")
_LABELS = ("labels", "label", "y")
_AXES = 4
_CHANNELS = 3
_BLOCK_BYTES = 1 << 25


class Hdf5Source:
    """The images of a data set [n, 3, h, w] or [n, h, w, 3] in an HDF5 file.

    The data set is called ``imgs`` or ``images``, or is the only one of uint8 with four axes. Classes are the whole
    numbers in ``labels``.

    Attributes:
        uniform_size: width and height of every image.

    Raises:
        InputError: h5py is not installed; the file is damaged, has no such data set or several, or another number of
            labels.
    """

    ignored = 0

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._opened: tuple[int, Any] | None = None
        try:
            with _h5py().File(path, "r") as file:
                self._member = self._find_images(file)
                images = file[self._member]
                self._count, *sides = images.shape
                self._channels_last = self._has_channels_last(images.shape)
                self._rows = self._rows_a_block(images)
                self._labels = self._find_labels(file)
        except InputError:
            raise
        # Damage ends in OSError, KeyError, RuntimeError, by what of the file it is in.
        except Exception as error:
            raise InputError(f"{path} cannot be read as HDF5: {' '.join(str(error).split())[:120]}") from None
        height, width = sides[:2] if self._channels_last else sides[1:]
        self.uniform_size = (int(width), int(height))
        self.listing = Listing(classes_from="" if self._labels is None else "labels")
        self._blocks = RecentBlocks(self._load)

    def __len__(self) -> int:
        """Return the number of images."""
        return int(self._count)

    def __getstate__(self) -> dict[str, object]:
        """Leave the open file behind when the source goes to another process."""
        return {**self.__dict__, "_opened": None}

    def label(self, index: int) -> str:
        """Return the path of the file, the data set and the place of an image in it."""
        return f"{self.name}::{self._member}[{index}]"

    def read(self, index: int) -> Image:
        """Return the pixels of an image."""
        block, row = divmod(index, self._rows)
        image = self._blocks[block][row]
        return np.ascontiguousarray(image if self._channels_last else image.transpose(1, 2, 0))

    def class_of(self, index: int) -> str | None:
        """Return the label of an image as text; None where the file has no labels."""
        return None if self._labels is None else str(self._labels[index])

    def _load(self, block: int) -> npt.NDArray[np.uint8]:
        start = block * self._rows
        try:
            found: npt.NDArray[np.uint8] = self._file()[self._member][start : start + self._rows]
        except (OSError, KeyError, RuntimeError) as error:
            raise InputError(f"cannot be read: {' '.join(str(error).split())[:120]}") from None
        return found

    def _file(self) -> Any:  # noqa: ANN401 - h5py has no types
        """Return the file as this process has it: a handle from before a fork would share its state."""
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, _h5py().File(self._path, "r")
        return self._opened[1]

    def _find_images(self, file: Any) -> str:  # noqa: ANN401
        found: dict[str, Any] = {}
        file.visititems(lambda name, item: found.update({name: item}) if hasattr(item, "shape") else None)
        able = [name for name, item in found.items() if item.dtype == np.uint8 and len(item.shape) == _AXES]
        named = [name for name in _IMAGES if name in able]
        if named or len(able) == 1:
            return str((named or able)[0])
        held = ", ".join(f"{name} ({item.dtype} {list(item.shape)})" for name, item in found.items()) or "nothing"
        raise InputError(f"{self._path} needs one data set of uint8 images with four axes, or imgs; it holds {held}")

    def _has_channels_last(self, shape: tuple[int, ...]) -> bool:
        last, second = shape[3] == _CHANNELS, shape[1] == _CHANNELS
        if last == second or 0 in shape:
            raise InputError(
                f"{self._path}::{self._member} needs uint8 [n, 3, h, w] or [n, h, w, 3]; got {list(shape)}"
            )
        return last

    def _rows_a_block(self, images: Any) -> int:  # noqa: ANN401
        """Return how many images are read at once: those of a chunk, which HDF5 reads whole anyway."""
        size = int(np.prod(images.shape[1:]))
        return int(images.chunks[0]) if images.chunks else max(1, _BLOCK_BYTES // size)

    def _find_labels(self, file: Any) -> npt.NDArray[Any] | None:  # noqa: ANN401
        for name in _LABELS:
            item = file.get(name)
            if item is None or len(item.shape) != 1 or item.dtype.kind not in "iu":
                continue
            if len(item) != self._count:
                raise InputError(
                    f"{self._path} needs a label in {name} for each image; it has {len(item):,} for {self._count:,}"
                )
            labels: npt.NDArray[Any] = item[:]
            return labels
        return None


def _h5py() -> Any:  # noqa: ANN401
    return require("h5py", extra="hdf5", user="an HDF5 file")
