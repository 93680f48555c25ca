"""Images in a folder or a zip."""

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
from reference_models.errors import DataError, one_line

EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".avif"}
)
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
    except DataError:
        raise
    # Damage ends in whatever unpacking runs into.
    except Exception as error:
        raise DataError(f"{path} cannot be read as a zip: {one_line(error)}") from None


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

    def decode(index: int, content: bytes | None) -> None:
        try:
            if content is None:
                raise DataError("it cannot be read")  # noqa: TRY301 - told below with the others
            with Image.open(io.BytesIO(content)) as image:
                pixels[index] = to_pixels(image, size=size, resize=resize)
        except DataError as error:
            bad.append(f"{clipped(names[index])} ({error})")
        # Damage ends in whatever Pillow's plugins run into.
        except Exception:
            bad.append(f"{clipped(names[index])} (not an image that can be decoded)")

    def stored(index: int) -> bytes | None:
        try:
            return read(names[index])
        except OSError:
            return None

    block = 1024
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        for start in range(0, len(names), block):
            indices = range(start, min(start + block, len(names)))
            list(pool.map(decode, indices, [stored(index) for index in indices]))
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
