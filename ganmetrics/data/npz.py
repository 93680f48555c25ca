"""An npz of uint8 images ``arr_0`` [n, h, w, 3]: the format in which diffusion papers exchange samples.

Guided diffusion writes the class of each image beside them, as integers ``arr_1`` [n].
"""

import struct
import zipfile
from pathlib import Path

import numpy as np

from ganmetrics._text import listed, one_line
from ganmetrics._types import Image
from ganmetrics.data.arrays import ArraySource, Labels, check_pixels
from ganmetrics.errors import InputError

_MEMBER = "arr_0.npy"
_LABELS = "arr_1"
_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<26xHH")  # a member's own header ends with the lengths of its name and extra field


class NpzSource:
    """Images that lie uncompressed, one after another, in an npz: each is read from its place when it is asked for.

    Attributes:
        uniform_size: width and height of every image.
    """

    ignored = 0

    def __init__(self, path: Path, shape: tuple[int, int, int, int], offset: int, labels: Labels | None) -> None:
        self.name = str(path)
        self._path = path
        self._shape = shape
        self._offset = offset
        self._labels = labels
        self.uniform_size = (shape[2], shape[1])

    def __len__(self) -> int:
        """Return the number of images."""
        return self._shape[0]

    def label(self, index: int) -> str:
        """Return the path of the file and the place of an image in it."""
        return f"{self.name}::arr_0[{index}]"

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


def open_npz(path: Path) -> NpzSource | ArraySource:
    """Return a source of the images ``arr_0`` of an npz; a compressed one is loaded into memory.

    Raises:
        InputError: the file is damaged or encrypted, has no ``arr_0``, needs pickle, or holds something else than uint8
            [n, h, w, 3], or another number of labels.
    """
    try:
        return _open(path)
    except InputError:
        raise
    # Damage ends in whatever unpacking and parsing run into: zlib.error, NotImplementedError, tokenize.TokenError...
    except Exception as error:
        raise InputError(f"{path} cannot be read as an npz: {one_line(error)}") from None


def _open(path: Path) -> NpzSource | ArraySource:
    with zipfile.ZipFile(path) as archive:
        if _MEMBER not in archive.namelist():
            names = listed(sorted(name.removesuffix(".npy") for name in archive.namelist())) or "nothing"
            raise InputError(f"{path} needs an array arr_0 of uint8 images [n, h, w, 3]; it holds {names}")
        member = archive.getinfo(_MEMBER)
        shape, in_rows, header = _read_header(archive, path)
        length = header + int(np.prod(shape, dtype=np.int64))
        if member.file_size != length:
            raise InputError(f"{path} is damaged: arr_0 needs {length:,} bytes and has {member.file_size:,}")
        labels = _read_labels(archive, path, shape[0])
        if in_rows and member.compress_type == zipfile.ZIP_STORED:
            _verify(archive)
            return NpzSource(path, shape, _data_offset(path, member) + header, labels)
    with np.load(path, allow_pickle=False) as arrays:
        return ArraySource(arrays["arr_0"], str(path), prefix=f"{path}::arr_0", labels=labels)


def _read_header(archive: zipfile.ZipFile, path: Path) -> tuple[tuple[int, int, int, int], bool, int]:
    """Return the shape of the images, whether they lie row by row, and the length of the header before them."""
    with archive.open(_MEMBER) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran_order, dtype = read(file)
        length = file.tell()
    if dtype.hasobject:
        raise InputError(f"{path}::arr_0 needs pickle, which can run any code, and is not read; save a uint8 array")
    check_pixels(dtype, shape, f"{path}::arr_0")
    count, height, width, channels = shape
    return (count, height, width, channels), not fortran_order, length


def _read_labels(archive: zipfile.ZipFile, path: Path, count: int) -> Labels | None:
    """Return the integers beside the images; a second array of another kind says nothing of classes."""
    if f"{_LABELS}.npy" not in archive.namelist():
        return None
    with archive.open(f"{_LABELS}.npy") as file:
        labels = np.lib.format.read_array(file, allow_pickle=False)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        return None
    if len(labels) != count:
        raise InputError(f"{path} needs a label in {_LABELS} for each image; it has {len(labels):,} for {count:,}")
    return labels


def _verify(archive: zipfile.ZipFile) -> None:
    """Compare the images with their checksum, which reading them one by one from their place will not."""
    with archive.open(_MEMBER) as file:
        while file.read(_BLOCK):
            pass


def _data_offset(path: Path, member: zipfile.ZipInfo) -> int:
    """Return where a member's bytes begin in the archive."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    return member.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)
