"""An npz of uint8 images ``arr_0`` [n, h, w, 3]: the format in which diffusion papers exchange samples.

Guided diffusion writes the class of each image beside them, as integers ``arr_1`` [n]. Its reference batches also hold
the statistics of many more images, ``mu`` and ``sigma``: the images are read here, the statistics elsewhere.
"""

import struct
import zipfile
from pathlib import Path

import numpy as np

from ganmetrics._text import listed, one_line
from ganmetrics._zips import names_in_zip
from ganmetrics.data.arrays import ArraySource, LabelArray
from ganmetrics.data.npy import read_npy_header
from ganmetrics.data.raw import RawSource, Shape
from ganmetrics.errors import InputError

_MEMBER = "arr_0.npy"
_LABELS = "arr_1"
_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<26xHH")  # a member's own header ends with the lengths of its name and extra field


def open_npz(path: Path) -> RawSource | ArraySource:
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


def npz_holds_images(path: Path) -> bool:
    """Tell whether an npz has an array ``arr_0``, whatever else it holds; False for a damaged one.

    >>> npz_holds_images(Path("missing.npz"))
    False
    """
    return _MEMBER in names_in_zip(path)


def _open(path: Path) -> RawSource | ArraySource:
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
            start = _data_offset(path, member) + header
            return RawSource(path, shape, start, member="arr_0", labels=labels, classes_from=_LABELS)
    with np.load(path, allow_pickle=False) as arrays:
        return ArraySource(arrays["arr_0"], str(path), prefix=f"{path}::arr_0", labels=labels, classes_from=_LABELS)


def _read_header(archive: zipfile.ZipFile, path: Path) -> tuple[Shape, bool, int]:
    """Return the shape of the images, whether they lie row by row, and the length of the header before them."""
    with archive.open(_MEMBER) as file:
        return read_npy_header(file, f"{path}::arr_0")


def _read_labels(archive: zipfile.ZipFile, path: Path, count: int) -> LabelArray | None:
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
