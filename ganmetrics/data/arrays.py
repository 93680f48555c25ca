"""Images in memory: a uint8 tensor [n, 3, h, w] or array [n, h, w, 3]."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Image
from ganmetrics.data.image_source import Listing
from ganmetrics.errors import InputError

Labels = npt.NDArray[Any]
"""A class for each image, as integers [n]."""

_AXES = 4


class ArraySource:
    """uint8 images of one size in an array [n, h, w, 3], which messages call by `prefix` and an index.

    Attributes:
        pixels: of all images.
        uniform_size: width and height of every image.
    """

    ignored = 0

    def __init__(
        self,
        pixels: npt.NDArray[np.uint8],
        name: str,
        *,
        prefix: str,
        labels: Labels | None = None,
        classes_from: str = "",
    ) -> None:
        self.name = name
        self.listing = Listing(classes_from=classes_from)
        self._labels = labels
        self._prefix = prefix
        self.pixels = pixels
        self.uniform_size = (pixels.shape[2], pixels.shape[1])

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.pixels)

    def label(self, index: int) -> str:
        """Return the name of the array with the index of an image."""
        return f"{self._prefix}[{index}]"

    def read(self, index: int) -> Image:
        """Return the pixels of an image."""
        return np.ascontiguousarray(self.pixels[index])

    def class_of(self, index: int) -> str | None:
        """Return the label of an image as text; None where there are no labels."""
        return None if self._labels is None else str(self._labels[index])


def open_tensor(images: Tensor) -> ArraySource:
    """Return a source of the images of a uint8 tensor [n, 3, h, w] on any device.

    Raises:
        InputError: the dtype or the shape is another; the message says how to convert it.

    >>> open_tensor(torch.zeros(2, 3, 4, 5, dtype=torch.uint8)).uniform_size
    (5, 4)
    >>> open_tensor(torch.zeros(2, 3, 4, 5))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: a tensor of images needs uint8 [n, 3, h, w], got float32 [2, 3, 4, 5]; ...
    """
    shape = tuple(images.shape)
    found = f"a tensor of images needs uint8 [n, 3, h, w], got {str(images.dtype).removeprefix('torch.')} {list(shape)}"
    if images.dtype != torch.uint8:
        raise InputError(f"{found}; ganmetrics.to_uint8 maps floats in [-1, 1] to uint8")
    if len(shape) == _AXES and shape[1] != 3 and shape[3] == 3:  # noqa: PLR2004 - three channels
        raise InputError(f"{found}; images.permute(0, 3, 1, 2) puts the channels second")
    if len(shape) == _AXES and shape[1] == 1:
        raise InputError(f"{found}; images.expand(-1, 3, -1, -1) repeats a gray channel")
    if len(shape) != _AXES or shape[1] != 3 or 0 in shape:  # noqa: PLR2004 - three channels
        raise InputError(found)
    return ArraySource(images.detach().cpu().permute(0, 2, 3, 1).numpy(), "tensor", prefix="tensor")


def open_array(images: npt.NDArray[Any], name: str = "array") -> ArraySource:
    """Return a source of the images of a uint8 array [n, h, w, 3].

    Raises:
        InputError: the dtype or the shape is another; the message says how to convert it.

    >>> len(open_array(np.zeros((2, 4, 5, 3), np.uint8)))
    2
    """
    check_pixels(images.dtype, images.shape, name)
    return ArraySource(images, name, prefix=name)


def check_pixels(dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> None:
    """Raise InputError unless an array of this dtype and shape holds uint8 images [n, h, w, 3]."""
    found = f"{name} needs uint8 images [n, h, w, 3], got {dtype} {list(shape)}"
    if dtype != np.uint8:
        hint = "; ganmetrics.to_uint8 maps floats in [-1, 1] to uint8" if dtype.kind == "f" else ""
        raise InputError(found + hint)
    if len(shape) == _AXES and shape[3] != 3 and shape[1] == 3:  # noqa: PLR2004 - three channels
        raise InputError(f"{found}; images.transpose(0, 2, 3, 1) puts the channels last")
    if len(shape) == _AXES and shape[3] == 1:
        raise InputError(f"{found}; images.repeat(3, axis=3) repeats a gray channel")
    if len(shape) != _AXES or shape[3] != 3 or 0 in shape:  # noqa: PLR2004 - three channels
        raise InputError(found)
