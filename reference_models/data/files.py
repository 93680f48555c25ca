"""Images in a folder, a zip or an npz."""

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image

from ganmetrics import clipped
from reference_models.data.images import LabelledImages
from reference_models.data.resize import to_pixels
from reference_models.errors import DataError

EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".avif"}
)
_AXES = 4
_NAMED = 5
"""How many unreadable files a message names."""

ReadProgress = Callable[[int, int], object]
"""Told of images read, and of how many there are."""


def read_folder(path: Path, *, size: int, resize: str, progress: ReadProgress) -> LabelledImages:
    """Return all images under a folder; its first-level folders are the classes where there are two or more.

    Raises:
        DataError: there are none, or one cannot be read.
    """
    found = sorted(
        str(file.relative_to(path).as_posix()) for file in path.rglob("*") if file.is_file() and _is_image(file.name)
    )
    return _read(found, lambda name: (path / name).read_bytes(), str(path), size=size, resize=resize, progress=progress)


def read_zip(path: Path, *, size: int, resize: str, progress: ReadProgress) -> LabelledImages:
    """Return all images of a zip, with classes as in a folder.

    Raises:
        DataError: it is no zip, has no images, or one cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = sorted(name for name in archive.namelist() if _is_image(name))
            return _read(found, archive.read, str(path), size=size, resize=resize, progress=progress)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} cannot be read as a zip: {clipped(error)}") from None


def read_npz_images(path: Path, *, size: int, resize: str) -> LabelledImages:
    """Return the images ``arr_0`` or ``images``, uint8 [n, h, w, 3], and the classes of an npz.

    Classes are ``labels``, or else ``arr_1``, as ADM's sample files (Dhariwal and Nichol 2021) and `sample` have them.

    Raises:
        DataError: the file is damaged, or has other arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
    # Damage ends in whatever unpacking and parsing run into.
    except Exception as error:
        raise DataError(f"{path} cannot be read as an npz: {clipped(error)}") from None
    images, labels = arrays.get("arr_0", arrays.get("images")), arrays.get("labels", arrays.get("arr_1"))
    if images is None:
        raise DataError(
            f"{path} needs uint8 images [n, h, w, 3] in arr_0; it has {clipped(', '.join(arrays)) or 'nothing'}"
        )
    if images.dtype != np.uint8 or images.ndim != _AXES or images.shape[3] != 3:  # noqa: PLR2004
        raise DataError(f"{path} needs uint8 images [n, h, w, 3]; it has {images.dtype} {list(images.shape)}")
    pixels = np.empty((len(images), 3, size, size), np.uint8)
    for index, image in enumerate(images):
        pixels[index] = to_pixels(Image.fromarray(image), size=size, resize=resize)
    if labels is None:
        return LabelledImages(torch.from_numpy(pixels), None, (), str(path))
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise DataError(f"{path} needs whole numbers [n] as labels; it has {labels.dtype} {list(labels.shape)}")
    classes = tuple(str(label) for label in range(max(int(labels.max(initial=0)) + 1, 1)))
    return LabelledImages(torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64)), classes, str(path))


def _read(
    names: Sequence[str],
    read: Callable[[str], bytes],
    source: str,
    *,
    size: int,
    resize: str,
    progress: ReadProgress,
) -> LabelledImages:
    """Return the images of these names, decoded by several threads, in order."""
    if not names:
        raise DataError(f"{source} needs to hold image files; it has none")
    # zipfile's handles are shared and locked, so reading is in this thread and decoding in others.
    pixels = np.empty((len(names), 3, size, size), np.uint8)
    bad: list[str] = []

    def decode(index: int, content: bytes) -> None:
        try:
            with Image.open(io.BytesIO(content)) as image:
                pixels[index] = to_pixels(image, size=size, resize=resize)
        except DataError as error:
            bad.append(f"{clipped(names[index])} ({error})")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            bad.append(f"{clipped(names[index])} (not an image that can be decoded)")

    block = 1024
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        for start in range(0, len(names), block):
            indices = range(start, min(start + block, len(names)))
            list(pool.map(decode, indices, [read(names[index]) for index in indices]))
            progress(indices.stop, len(names))
    if bad:
        listed = ", ".join(sorted(bad)[:_NAMED]) + (", ..." if len(bad) > _NAMED else "")
        raise DataError(f"{len(bad):,} of {len(names):,} images of {source} cannot be used: {listed}")
    labels, classes = _classes(names)
    return LabelledImages(torch.from_numpy(pixels), labels, classes, source)


def _classes(names: Sequence[str]) -> tuple[torch.Tensor | None, tuple[str, ...]]:
    """Return labels and class names where every image lies in one of two or more first-level folders."""
    folders = [PurePosixPath(name).parts[0] if len(PurePosixPath(name).parts) > 1 else None for name in names]
    classes = sorted({folder for folder in folders if folder is not None})
    if None in folders or len(classes) < 2:  # noqa: PLR2004 - one folder is no class
        return None, ()
    index = {name: label for label, name in enumerate(classes)}
    return torch.tensor([index[folder] for folder in folders if folder is not None]), tuple(classes)


def _is_image(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and path.suffix.lower() in EXTENSIONS
