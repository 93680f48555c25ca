"""Images in an npz, with their classes."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from ganmetrics import clipped
from reference_models.data.images import LabelledImages
from reference_models.data.resize import to_pixels
from reference_models.errors import DataError, one_line

IMAGES, LABELS = ("arr_0", "images"), ("labels", "arr_1")
MOST_NUMBERED = 100_000
"""Of images that are named by whole numbers: a generator has a weight for each."""
_AXES = 4
_ENDING = ".npy"


def read_npz_images(path: Path, *, size: int, resize: str) -> LabelledImages:
    """Return the images ``arr_0`` or ``images``, uint8 [n, h, w, 3], and the classes of an npz.

    Classes are ``labels``, or else ``arr_1``, as ADM's sample files (Dhariwal and Nichol 2021) and `sample` have them.

    Raises:
        DataError: the file is damaged, or has other arrays.
    """
    try:
        arrays, names = _read(path)
    except DataError:
        raise
    # Damage ends in whatever unpacking and parsing run into.
    except Exception as error:
        raise DataError(f"{path} cannot be read as an npz: {one_line(error)}") from None
    images, labels = (next((arrays[name] for name in wanted if name in arrays), None) for wanted in (IMAGES, LABELS))
    if images is None:
        raise DataError(
            f"{path} needs uint8 images [n, h, w, 3] in arr_0; it has {clipped(', '.join(names)) or 'nothing'}"
        )
    if images.dtype != np.uint8 or images.ndim != _AXES or images.shape[3] != 3 or 0 in images.shape:  # noqa: PLR2004
        raise DataError(f"{path} needs uint8 images [n, h, w, 3]; it has {images.dtype} {list(images.shape)}")
    pixels = np.empty((len(images), 3, size, size), np.uint8)
    for index, image in enumerate(images):
        pixels[index] = to_pixels(Image.fromarray(np.ascontiguousarray(image)), size=size, resize=resize)
    if labels is None:
        return LabelledImages(torch.from_numpy(pixels), None, (), str(path))
    classes = _classes(labels, path)
    return LabelledImages(torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64)), classes, str(path))


def _read(path: Path) -> tuple[dict[str, npt.NDArray[Any]], list[str]]:
    """Return the arrays that are asked for, and the names of all."""
    with zipfile.ZipFile(path) as archive:
        names = [name.removesuffix(_ENDING) for name in archive.namelist() if name.endswith(_ENDING)]
        return {name: _array(archive, name) for name in (*IMAGES, *LABELS) if name in names}, names


def _array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    """Return an array that has as many bytes as its header says: one that has not could take all memory first."""
    member = archive.getinfo(f"{name}{_ENDING}")
    with archive.open(member) as file:
        opened: Any = file
        version = np.lib.format.read_magic(opened)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(opened)
        needed = file.tell() + dtype.itemsize * int(np.prod(shape, dtype=object))
    if needed != member.file_size:
        raise DataError(f"{archive.filename} is damaged: {name} needs {needed:,} bytes and has {member.file_size:,}")
    with archive.open(member) as file:
        opened = file
        array: npt.NDArray[Any] = np.lib.format.read_array(opened, allow_pickle=False)
    return array


def _classes(labels: npt.NDArray[Any], path: Path) -> tuple[str, ...]:
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise DataError(f"{path} needs whole numbers [n] as labels; it has {labels.dtype} {list(labels.shape)}")
    most = int(labels.max(initial=0))
    if most >= MOST_NUMBERED:
        raise DataError(f"{path} needs labels from 0 to {MOST_NUMBERED - 1:,}; it has {most:,}")
    return tuple(str(label) for label in range(most + 1))
