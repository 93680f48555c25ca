"""An HDF5 file of uint8 images, such as BigGAN-PyTorch's ILSVRC128.hdf5."""

import math
import os
import posixpath
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ganmetrics._text import clipped, listed, one_line, shown
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
_LARGEST = 1 << 30
"""Bytes of an image, of a chunk, and of the images read at once: more than any file in use has."""
_SMALL = 1 << 26
_RATIO = 2000
"""Bytes beyond `_SMALL` that one stored byte can stand for: twice what gzip makes of nothing but zeros."""
_LINKS = 10


class Hdf5Source:
    """The images of a data set [n, 3, h, w] or [n, h, w, 3] in an HDF5 file.

    The data set is called ``imgs`` or ``images``, or is the only one of uint8 with four axes. Classes are the whole
    numbers in ``labels``.

    Attributes:
        uniform_size: width and height of every image.

    Raises:
        InputError: h5py is not installed; the file is damaged, has no such data set or several, or another number of
            labels; its data lie in other files, were never stored, or come in larger pieces than can be read.
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
                self._check_stored(self._member, images)
                self._count, *sides = images.shape
                self._channels_last = self._has_channels_last(images.shape)
                self._rows = self._rows_a_block(images)
                self._labels = self._find_labels(file)
        except InputError:
            raise
        # Damage ends in OSError, KeyError, RuntimeError, by what of the file it is in.
        except Exception as error:
            raise InputError(f"{path} cannot be read as HDF5: {one_line(error)}") from None
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
        # Damage ends in OSError, KeyError, RuntimeError, by what of the file it is in, and in more for odd filters.
        except Exception as error:
            raise InputError(f"cannot be read: {one_line(error)}") from None
        return found

    def _file(self) -> Any:  # noqa: ANN401 - h5py has no types
        """Return the file as this process has it: a handle from before a fork would share its state."""
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, _h5py().File(self._path, "r")
        return self._opened[1]

    def _find_images(self, file: Any) -> str:  # noqa: ANN401
        found = self._datasets(file)
        able = [name for name, item in found.items() if item.dtype == np.uint8 and len(item.shape) == _AXES]
        named = [name for name in _IMAGES if name in able]
        if named or len(able) == 1:
            return str((named or able)[0])
        held = listed(f"{name} ({item.dtype} {list(item.shape)})" for name, item in found.items()) or "nothing"
        raise InputError(f"{self._path} needs one data set of uint8 images with four axes, or imgs; it holds {held}")

    def _datasets(self, file: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the data sets of a file by their names, which all lie in it.

        Of one that does not, not even the shape is asked for: that may open the files which it lies in.
        """
        h5py = _h5py()
        for name in (*_IMAGES, *_LABELS):
            link = file.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                raise self._elsewhere(name, f"is a link into {shown(link.filename)}")
        every: dict[str, Any] = {}
        file.visititems(lambda name, item: every.update({name: item}))
        found = {name: item for name, item in every.items() if isinstance(item, h5py.Dataset)}
        for name, item in found.items():
            if item.is_virtual:
                raise self._elsewhere(name, "is a virtual data set, made of others")
            if item.id.get_create_plist().get_external_count():
                raise self._elsewhere(name, "lies in other files")
        return {name: item for name, item in found.items() if item.shape is not None}

    def _elsewhere(self, name: str, state: str) -> InputError:
        return InputError(f"{self._path} needs to hold its data itself; {clipped(name)} {state}")

    def _check_stored(self, name: str, item: Any) -> None:  # noqa: ANN401
        """Refuse a data set of which too little is stored to be what it says: the library reads zeros for the rest."""
        size, stored = math.prod(item.shape) * item.dtype.itemsize, item.id.get_storage_size()
        if size and not stored:
            raise InputError(
                f"{self._path} needs to hold its data; of {clipped(name)} {list(item.shape)} none is stored"
            )
        if size > max(_SMALL, stored * _RATIO):
            raise InputError(
                f"{self._path} needs to hold its data; of {clipped(name)}, {size:,} bytes, {stored:,} are stored"
            )
        chunk = math.prod(item.chunks or (0,)) * item.dtype.itemsize
        if chunk > _LARGEST:
            raise InputError(
                f"{self._path} may have chunks of up to {_LARGEST:,} bytes; those of {clipped(name)} have {chunk:,}"
            )

    def _has_channels_last(self, shape: tuple[int, ...]) -> bool:
        last, second = shape[3] == _CHANNELS, shape[1] == _CHANNELS
        if last == second or 0 in shape:
            raise InputError(
                f"{self._path}::{self._member} needs uint8 [n, 3, h, w] or [n, h, w, 3]; got {list(shape)}"
            )
        return last

    def _rows_a_block(self, images: Any) -> int:  # noqa: ANN401
        """Return how many images are read at once: those of a chunk, which HDF5 reads whole anyway."""
        size = math.prod(images.shape[1:])
        if size > _LARGEST:
            raise InputError(f"{self._path} may hold images of up to {_LARGEST:,} bytes; one has {size:,}")
        if not images.chunks:
            return max(1, _BLOCK_BYTES // int(size))
        return min(int(images.chunks[0]), _LARGEST // int(size))

    def _find_labels(self, file: Any) -> npt.NDArray[Any] | None:  # noqa: ANN401
        for name in _LABELS:
            item = self._inside(file, name)
            if item is None or len(item.shape) != 1 or item.dtype.kind not in "iu":
                continue
            if len(item) != self._count:
                raise InputError(
                    f"{self._path} needs a label in {name} for each image; it has {len(item):,} for {self._count:,}"
                )
            self._check_stored(name, item)
            labels: npt.NDArray[Any] = item[:]
            return labels
        return None

    def _inside(self, file: Any, name: str) -> Any:  # noqa: ANN401
        """Return the data set of a name; None where there is none, or a group.

        A link is followed from name to name within the file, since the library would follow one that leads out of it.
        """
        h5py, path = _h5py(), name
        for _ in range(_LINKS):
            parts = path.split("/")
            for place in range(1, len(parts) + 1):
                step = "/".join(parts[:place])
                link = file.get(step, getlink=True)
                if link is None:
                    return None
                if isinstance(link, h5py.SoftLink):
                    rest = parts[place:]
                    path = posixpath.normpath(posixpath.join("/", *parts[: place - 1], link.path, *rest)).lstrip("/")
                    break
                if not isinstance(link, h5py.HardLink):
                    raise self._elsewhere(name, "is a link out of it")
            else:
                item = file[path]
                return item if isinstance(item, h5py.Dataset) and item.shape is not None else None
        return None


def _h5py() -> Any:  # noqa: ANN401
    return require("h5py", extra="hdf5", user="an HDF5 file")
