"""A map-style data set, such as those of torchvision, or any list of images."""

import threading
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from PIL import Image as Pillow

from ganmetrics._text import clipped, one_line
from ganmetrics.data.arrays import open_array, open_tensor
from ganmetrics.data.dataset_labels import FROM_ITEMS, label_of_item, labels_of
from ganmetrics.data.decode import Stored
from ganmetrics.data.image_source import Listing
from ganmetrics.errors import InputError


@runtime_checkable
class MapDataset(Protocol):
    """Anything with a length whose items are had by their number."""

    def __len__(self) -> int:
        """Return the number of items."""
        ...

    def __getitem__(self, index: int, /) -> Any:  # noqa: ANN401 - users' data sets return what they like
        """Return an item."""
        ...


class DatasetSource:
    """The images of a data set.

    An item is a uint8 tensor [3, h, w], a Pillow image, a uint8 array [h, w, 3], or a tuple, list or mapping whose
    first element, or ``"image"``, or only value that is one, is one of these. Classes are torchvision's ``targets``, a
    column ``label``, or the whole number after the image in an item; these are known once the item has been read.

    Raises:
        InputError: the data set is empty.
    """

    uniform_size = None
    ignored = 0

    def __init__(self, dataset: MapDataset) -> None:
        self.name = type(dataset).__name__
        self._dataset = dataset
        # Data sets over HDF5 or LMDB files are rarely safe to read from several threads.
        self._lock = threading.Lock()
        try:
            count = len(dataset)
        # Python's own words for what is no length: another type, below 0, or beyond 64 bits.
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{self.name} needs a length: {one_line(error)}") from None
        if count == 0:
            raise InputError(f"{self.name} needs to hold images; it is empty")
        stored = labels_of(dataset)
        self._labels = None if stored is None else stored[0]
        self._seen: dict[int, str | None] = {}
        self.listing = Listing(classes_from=FROM_ITEMS if stored is None else stored[1])

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self._dataset)

    def __getstate__(self) -> dict[str, object]:
        """Leave the lock behind when the source goes to another process."""
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take up the data set in another process."""
        self.__dict__.update(state, _lock=threading.Lock())

    def label(self, index: int) -> str:
        """Return the type of the data set with the number of an item."""
        return f"{self.name}[{index}]"

    def read(self, index: int) -> Stored:
        """Return the image of an item."""
        try:
            with self._lock:
                item = self._dataset[index]
                if self._labels is None:
                    self._seen[index] = label_of_item(item)
                return _image_of(item)
        except InputError:
            raise
        # What a user's data set raises is theirs; it is told with the item that raised it.
        except Exception as error:
            text = " ".join(str(error).split())
            raise InputError(f"cannot be read: {type(error).__name__}: {clipped(text)}") from error

    def class_of(self, index: int) -> str | None:
        """Return the class of an item; without `targets` or a column it is read for that, once."""
        if self._labels is not None:
            return self._labels[index]
        if index not in self._seen:
            try:
                self.read(index)
            except InputError:
                # The audit names the item that cannot be read.
                self._seen.setdefault(index, None)
        return self._seen[index]


def _image_of(item: Any) -> Stored:  # noqa: ANN401 - users' data sets return what they like
    if isinstance(item, dict):
        return _image_of(item[_image_key(item)])
    if isinstance(item, tuple | list) and item:
        return _image_of(item[0])
    if isinstance(item, torch.Tensor):
        return open_tensor(item[None]).read(0)
    if isinstance(item, np.ndarray):
        return open_array(item[None]).read(0)
    if isinstance(item, Pillow.Image):
        item.load()  # an image that was only opened would fail later, and far from here
        plain = item.mode == "RGB" and not item.has_transparency_data
        return np.array(item) if plain else item
    raise InputError(f"an item needs to be a uint8 tensor, an array or a Pillow image; got {type(item).__name__}")


def _image_key(item: dict[Any, Any]) -> Any:  # noqa: ANN401
    """Return under which key a mapping has its image."""
    if "image" in item:
        return "image"
    images = [key for key, value in item.items() if isinstance(value, Pillow.Image)]
    if len(images) == 1:
        return images[0]
    keys = ", ".join(map(str, item))
    raise InputError(f'an item that is a mapping needs a key "image", or one Pillow image; got {keys}')
