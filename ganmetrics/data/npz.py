"""An npz of uint8 images [n, h, w, 3]: the format in which diffusion papers exchange samples, as ``arr_0``.

Guided diffusion writes the class of each image beside them, as integers ``arr_1`` [n]. Its reference batches also hold
the statistics of many more images, ``mu`` and ``sigma``: the images are read here, the statistics elsewhere.
"""

import math
import struct
import zipfile
from pathlib import Path

import numpy as np

from ganmetrics._text import listed, one_line
from ganmetrics._zips import names_in_zip
from ganmetrics.data.arrays import ArraySource, LabelArray
from ganmetrics.data.npy import read_header, read_npy_header
from ganmetrics.data.raw import RawSource, Shape
from ganmetrics.errors import InputError

_MEMBER = "arr_0.npy"
_LABELS = ("arr_1", "labels", "label")
_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<26xHH")  # a member's own header ends with the lengths of its name and extra field


def open_npz(path: Path) -> RawSource | ArraySource:
    """Return a source of the images of an npz; a compressed one is loaded into memory.

    They are ``arr_0``, or the only array of uint8 [n, h, w, 3]; classes are whole numbers ``arr_1``, ``labels`` or
    ``label``.

    Raises:
        InputError: the file is damaged or encrypted, has no such array or several, needs pickle, or holds something
            else in ``arr_0``, or another number of labels.
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
        member = archive.getinfo(_find_images(archive, path))
        name = member.filename.removesuffix(".npy")
        shape, in_rows, header = _read_header(archive, member.filename, path)
        length = header + math.prod(shape)
        if member.file_size != length:
            raise InputError(f"{path} is damaged: {name} needs {length:,} bytes and has {member.file_size:,}")
        labels, classes_from = _read_labels(archive, path, shape[0])
        if in_rows and member.compress_type == zipfile.ZIP_STORED:
            _verify(archive, member.filename)
            start = _data_offset(path, member) + header
            return RawSource(path, shape, start, member=name, labels=labels, classes_from=classes_from)
    with np.load(path, allow_pickle=False) as arrays:
        return ArraySource(arrays[name], str(path), prefix=f"{path}::{name}", labels=labels, classes_from=classes_from)


def _find_images(archive: zipfile.ZipFile, path: Path) -> str:
    """Return the member that holds the images: ``arr_0``, or the only one that looks like images."""
    names = [name for name in archive.namelist() if name.endswith(".npy")]
    if _MEMBER in names:
        return _MEMBER
    found = [name for name in names if _is_images(archive, name, path)]
    if len(found) != 1:
        held = listed(sorted(name.removesuffix(".npy") for name in archive.namelist())) or "nothing"
        several = f", {len(found)} of which are such" if found else ""
        raise InputError(
            f"{path} needs an array arr_0, or one array, of uint8 images [n, h, w, 3]; it holds {held}{several}"
        )
    return found[0]


def _is_images(archive: zipfile.ZipFile, name: str, path: Path) -> bool:
    try:
        _read_header(archive, name, path)
    except InputError:
        return False
    return True


def _read_header(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[Shape, bool, int]:
    """Return the shape of the images, whether they lie row by row, and the length of the header before them."""
    with archive.open(name) as file:
        return read_npy_header(file, f"{path}::{name.removesuffix('.npy')}")


def _read_labels(archive: zipfile.ZipFile, path: Path, count: int) -> tuple[LabelArray | None, str]:
    """Return the integers beside the images, and their name; an array of another kind says nothing of classes."""
    name = next((name for name in _LABELS if f"{name}.npy" in archive.namelist()), None)
    if name is None:
        return None, _LABELS[0]
    # The header alone, since what it is of may be as large as a small file can unpack to.
    with archive.open(f"{name}.npy") as file:
        shape, dtype, _, _ = read_header(file)
    if len(shape) != 1 or dtype.kind not in "iu":
        return None, name
    if shape[0] != count:
        raise InputError(f"{path} needs a label in {name} for each image; it has {shape[0]:,} for {count:,}")
    with archive.open(f"{name}.npy") as file:
        return np.lib.format.read_array(file, allow_pickle=False), name


def _verify(archive: zipfile.ZipFile, name: str) -> None:
    """Compare the images with their checksum, which reading them one by one from their place will not."""
    with archive.open(name) as file:
        while file.read(_BLOCK):
            pass


def _data_offset(path: Path, member: zipfile.ZipInfo) -> int:
    """Return where a member's bytes begin in the archive."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    return member.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)
