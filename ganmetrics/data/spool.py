"""Images that come once and are read often: kept in memory up to a bound, then in a temporary file without a name."""

import os
import tempfile
import threading
import weakref
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganmetrics._files import check_writable
from ganmetrics._types import Image
from ganmetrics.data.arrays import LabelArray
from ganmetrics.data.fingerprint import stored_digest
from ganmetrics.data.image_source import Listing
from ganmetrics.errors import InputError, StorageError


class Spool:
    """uint8 images [n, h, w, 3] of one size, appended batch by batch, losslessly.

    Args:
        name: what messages call the images.
        memory: bytes that they may take before they go to the disk.
        expected: how many will come, so that a disk without room is known from the first batch on; None where unknown.
    """

    def __init__(self, name: str, *, memory: int, expected: int | None) -> None:
        self._name = name
        self._memory = memory
        self._expected = expected
        self._size: tuple[int, int] | None = None
        self._held = bytearray()
        self._file: _File | None = None
        self._digests: list[bytes] = []

    def __len__(self) -> int:
        return len(self._digests)

    def append(self, images: npt.NDArray[np.uint8]) -> None:
        """Add images, and take their digests.

        Raises:
            InputError: they are of another size than those before.
            StorageError: the disk has no room for them.
        """
        height, width = images.shape[1:3]
        if self._size is None:
            self._size = (width, height)
            self._check_room()
        if (width, height) != self._size:
            raise InputError(
                f"{self._name} needs images of one size; {len(self):,} of "
                f"{self._size[0]}x{self._size[1]} are followed by {width}x{height}"
            )
        self._digests.extend(stored_digest(image) for image in images)
        data = np.ascontiguousarray(images).tobytes()
        if self._file is None and len(self._held) + len(data) > self._memory:
            self._file = _File()
            self._write(self._held)
            self._held = bytearray()
        if self._file is None:
            self._held += data
        else:
            self._write(data)

    def images(self, labels: LabelArray | None = None) -> "SpooledSource":
        """Return all images as a source."""
        assert self._size is not None
        return SpooledSource(self._name, self._size, self._file or _Memory(self._held), self._digests, labels)

    def _check_room(self) -> None:
        if self._size is None or self._expected is None:
            return
        needed = self._expected * self._size[0] * self._size[1] * 3
        if needed > self._memory:
            check_writable(Path(tempfile.gettempdir()), needed)

    def _write(self, data: bytes | bytearray) -> None:
        assert self._file is not None
        try:
            self._file.append(data)
        except OSError as error:
            raise StorageError(
                f"{self._name} cannot be kept in {tempfile.gettempdir()} after {len(self):,} images: {error.strerror}"
            ) from None


class SpooledSource:
    """What a `Spool` holds, as a source; the file goes with it.

    Attributes:
        uniform_size: width and height of every image.
    """

    ignored = 0

    def __init__(
        self,
        name: str,
        size: tuple[int, int],
        pixels: "_Memory | _File",
        digests: list[bytes],
        labels: LabelArray | None,
    ) -> None:
        self.name = name
        self.uniform_size = size
        self.listing = Listing(classes_from="" if labels is None else "the stream's labels")
        self._pixels = pixels
        self._digests = digests
        self._labels = labels

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._digests)

    def label(self, index: int) -> str:
        """Return the name of the stream and the place of an image in it."""
        return f"{self.name}[{index}]"

    def read(self, index: int) -> Image:
        """Return the pixels of an image."""
        width, height = self.uniform_size
        size = width * height * 3
        data = self._pixels.read(index * size, size)
        if len(data) != size:
            raise InputError("truncated")
        return np.frombuffer(bytearray(data), np.uint8).reshape(height, width, 3)

    def digest(self, index: int) -> bytes:
        """Return the digest of an image, which was taken when it came."""
        return self._digests[index]

    def class_of(self, index: int) -> str | None:
        """Return the label that came with an image; None where none did."""
        return None if self._labels is None else str(self._labels[index])


class _Memory:
    """Bytes in memory."""

    def __init__(self, data: bytearray) -> None:
        self._data = data

    def read(self, start: int, size: int) -> bytes:
        return bytes(self._data[start : start + size])


class _File:
    """Bytes in a file without a name, which no other process can open, and which goes with this object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as the images are read
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    def __reduce__(self) -> str:
        raise TypeError("images of a stream that lie on the disk stay in their process")

    def append(self, data: bytes | bytearray) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def read(self, start: int, size: int) -> bytes:
        try:
            # Does not move the file's position, which threads and forked processes share.
            if hasattr(os, "pread"):
                return os.pread(self._file.fileno(), size, start)
            with self._lock:
                self._file.seek(start)
                return self._file.read(size)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None
