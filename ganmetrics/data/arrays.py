"""Images in memory: a uint8 tensor [n, 3, h, w] or array [n, h, w, 3]."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Image
from ganmetrics.core.arrays import check_array
from ganmetrics.data.decode import MAX_PIXELS
from ganmetrics.data.image_source import Listing
from ganmetrics.errors import InputError

LabelArray = npt.NDArray[Any]
"""A class for each image, as integers [n]."""

_AXES = 4
_FEATURE_AXES = 2
_CHANNELS = 3


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
        labels: LabelArray | None = None,
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
    ganmetrics.errors.InputError: a tensor of images needs uint8 [n, 3, h, w]; got float32 [2, 3, 4, 5]; ...
    """
    if not len(check_images(images)):
        raise InputError(_needed(images))
    return ArraySource(images.detach().cpu().permute(0, 2, 3, 1).numpy(), "tensor", prefix="tensor")


def check_images(images: object) -> Tensor:
    """Return a batch of images, uint8 [n, 3, h, w], which may have none.

    Raises:
        InputError: it is something else, whereof the message says how to make one of it; or the images are too large.

    >>> check_images(torch.zeros(2, 1, 4, 5, dtype=torch.uint8))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: a tensor of images needs uint8 [n, 3, h, w]; got uint8 [2, 1, 4, 5]; images.expand...
    """
    if isinstance(images, Tensor):
        check_array(images, "a tensor of images")
        advice = [line for line in (_dtype_advice(images), _shape_advice(images)) if line]
        right = images.ndim == _AXES and images.shape[1] == _CHANNELS and 0 not in images.shape[2:]
        if images.dtype == torch.uint8 and right:
            _check_size(images.shape[2], images.shape[3], "a tensor of images")
            return images
    elif isinstance(images, np.ndarray):
        advice = ["torch.from_numpy(images) makes a tensor of it"]
        if images.ndim == _AXES and images.shape[3] == _CHANNELS != images.shape[1]:
            advice = ["torch.from_numpy(images).permute(0, 3, 1, 2) makes a tensor of it"]
    elif isinstance(images, list | tuple):
        advice = ["torch.stack(images) makes one tensor of tensors of one size"]
    else:
        advice = []
    raise InputError("; ".join([_needed(images), *advice]))


def _needed(images: object) -> str:
    if isinstance(images, Tensor):
        came = f"{str(images.dtype).removeprefix('torch.')} {list(images.shape)}"
    elif isinstance(images, np.ndarray):
        came = f"a NumPy array, {images.dtype} {list(images.shape)}"
    else:
        came = type(images).__name__
    return f"a tensor of images needs uint8 [n, 3, h, w]; got {came}"


def _dtype_advice(images: Tensor) -> str:
    if images.is_floating_point():
        return "ganmetrics.to_uint8 maps floats in [-1, 1] to uint8"
    return "" if images.dtype == torch.uint8 else "images.to(torch.uint8) is right for values from 0 to 255"


def _shape_advice(images: Tensor) -> str:
    shape = tuple(images.shape)
    if len(shape) == _AXES and shape[1] != _CHANNELS and shape[3] == _CHANNELS:
        return "images.permute(0, 3, 1, 2) puts the channels second"
    if len(shape) == _AXES and shape[1] == 1:
        return "images.expand(-1, 3, -1, -1) repeats a gray channel"
    if len(shape) == _AXES and shape[3] == 1:
        return "images.permute(0, 3, 1, 2).expand(-1, 3, -1, -1) repeats a gray channel"
    if len(shape) == _AXES - 1 and shape[0] == _CHANNELS:
        return "images[None] makes a batch of one image"
    return ""


def open_array(images: npt.NDArray[Any], name: str = "array") -> ArraySource:
    """Return a source of the images of a uint8 array [n, h, w, 3].

    Raises:
        InputError: the dtype or the shape is another; the message says how to convert it.

    >>> len(open_array(np.zeros((2, 4, 5, 3), np.uint8)))
    2
    """
    check_array(images, name)
    check_pixels(images.dtype, images.shape, name)
    return ArraySource(images, name, prefix=name)


def check_pixels(dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> None:
    """Raise InputError unless an array of this dtype and shape holds uint8 images [n, h, w, 3], none too large."""
    found = f"{name} needs uint8 images [n, h, w, 3]; got {dtype} {list(shape)}"
    if dtype.kind == "f" and len(shape) == _FEATURE_AXES:
        raise InputError(f"{found}; features [n, d] are scored with --features (ganmetrics.Features)")
    if dtype != np.uint8:
        hint = "; ganmetrics.to_uint8 maps floats in [-1, 1] to uint8" if dtype.kind == "f" else ""
        raise InputError(found + hint)
    if len(shape) == _AXES and shape[3] != _CHANNELS and shape[1] == _CHANNELS:
        raise InputError(f"{found}; images.transpose(0, 2, 3, 1) puts the channels last")
    if len(shape) == _AXES and shape[3] == 1:
        raise InputError(f"{found}; images.repeat(3, axis=3) repeats a gray channel")
    if len(shape) != _AXES or shape[3] != _CHANNELS or 0 in shape:
        raise InputError(found)
    _check_size(shape[1], shape[2], name)


def _check_size(height: int, width: int, name: str) -> None:
    """Refuse images larger than a file may have: a view that repeats one pixel has any size."""
    if height * width > MAX_PIXELS:
        raise InputError(f"{name} needs images of at most {MAX_PIXELS:,} pixels; got {width}x{height}")
