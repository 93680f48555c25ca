"""Pixels that lie uncompressed in a file, one image after another: each is read from its place when it is asked for."""

from pathlib import Path

import numpy as np

from ganmetrics._types import Image
from ganmetrics.data.arrays import LabelArray
from ganmetrics.data.image_source import Listing
from ganmetrics.errors import InputError

Shape = tuple[int, int, int, int]
"""Of an array of images: [n, h, w, 3]."""


class RawSource:
    """The uint8 images [n, h, w, 3] that begin at some byte of a file.

    Args:
        path: the file.
        shape: of all images.
        offset: where the first begins.
        member: what the array is called in the file; empty where it is all there is.
        labels: a class for each image.
        classes_from: what the labels are called.

    Attributes:
        uniform_size: width and height of every image.
    """

    ignored = 0

    def __init__(
        self,
        path: Path,
        shape: Shape,
        offset: int,
        *,
        member: str = "",
        labels: LabelArray | None = None,
        classes_from: str = "",
    ) -> None:
        self.name = str(path)
        self._path = path
        self._shape = shape
        self._offset = offset
        self._prefix = f"{path}::{member}" if member else str(path)
        self._labels = labels
        self.listing = Listing(classes_from=classes_from)
        self.uniform_size = (shape[2], shape[1])

    def __len__(self) -> int:
        """Return the number of images."""
        return self._shape[0]

    def label(self, index: int) -> str:
        """Return the path of the file and the place of an image in it."""
        return f"{self._prefix}[{index}]"

    def read(self, index: int) -> Image:
        """Return the pixels of an image."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        _, height, width, channels = self._shape
        size = height * width * channels
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset + index * size)
                data = file.read(size)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None
        if len(data) != size:
            raise InputError("truncated")
        return np.frombuffer(bytearray(data), np.uint8).reshape(height, width, channels)

    def class_of(self, index: int) -> str | None:
        """Return the label of an image as text; None where the file has no labels."""
        return None if self._labels is None else str(self._labels[index])
