"""CIFAR-10 as torchvision stores it: pickled batches under ``cifar-10-batches-py``."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ganmetrics import GanMetricsError, clipped, load_plain_pickle
from reference_models.data.images import LabelledImages
from reference_models.data.resize import to_pixels
from reference_models.errors import DataError
from reference_models.files import check_regular

FOLDER = "cifar-10-batches-py"
BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
_CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_SIZE = 32
_WIDTH = 3 * _SIZE * _SIZE
_LARGEST = 2**28
"""Bytes of a batch; each has some thirty million."""


def read_cifar10(root: Path, *, size: int = _SIZE, resize: str = "squash") -> LabelledImages:
    """Return the 50,000 training images in `root`, downloaded by torchvision if they are not there.

    Args:
        root: the folder that has, or is, ``cifar-10-batches-py``.
        size: height and width.
        resize: how images of 32x32 get there.

    Raises:
        DataError: the files are missing and cannot be downloaded, or are damaged.
    """
    folder = root if root.name == FOLDER else root / FOLDER
    if not folder.is_dir():
        _download(root)
    images, labels = zip(*(_read_batch(folder / name) for name in BATCHES), strict=True)
    pixels = np.concatenate(images)
    if size != _SIZE:
        whole = pixels.transpose(0, 2, 3, 1)
        pixels = np.stack([to_pixels(Image.fromarray(image), size=size, resize=resize) for image in whole])
    return LabelledImages(
        torch.from_numpy(np.ascontiguousarray(pixels)), torch.cat(labels), _CLASS_NAMES, f"cifar10:{root}"
    )


def _read_batch(path: Path) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], torch.Tensor]:
    try:
        check_regular(path, _LARGEST)
        batch = load_plain_pickle(path.read_bytes(), name="the pickle")
    except FileNotFoundError:
        raise DataError(f"CIFAR-10 needs {', '.join(BATCHES)}; {path} is missing") from None
    except (OSError, GanMetricsError) as error:
        raise DataError(f"{path} is no batch of CIFAR-10: {clipped(error)}") from None
    if not (isinstance(batch, dict) and isinstance(batch.get(b"data"), np.ndarray)):
        raise DataError(f"{path} is no batch of CIFAR-10: it has no array b'data'")
    pixels, labels = batch[b"data"], batch.get(b"labels")
    if not (
        isinstance(labels, list) and all(type(label) is int and label in range(len(_CLASS_NAMES)) for label in labels)
    ):
        raise DataError(f"{path} needs labels from 0 to {len(_CLASS_NAMES) - 1} in a list; it has others")
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or pixels.shape != (len(labels), _WIDTH):  # noqa: PLR2004
        raise DataError(f"{path} needs uint8 [n, {_WIDTH}] and n labels; it has {pixels.dtype} {list(pixels.shape)}")
    return pixels.reshape(-1, 3, _SIZE, _SIZE), torch.tensor(labels, dtype=torch.int64)


def _download(root: Path) -> None:
    missing = f"CIFAR-10 needs {root / FOLDER} as torchvision stores it; it is missing"
    try:
        from torchvision.datasets import CIFAR10  # noqa: PLC0415 - an optional package, needed here only
    except ImportError:
        raise DataError(f"{missing}, and downloading it needs torchvision") from None
    try:
        CIFAR10(str(root), train=True, download=True)
    # Networks, disks and archives fail in many ways.
    except Exception as error:
        raise DataError(f"{missing}, and cannot be downloaded: {clipped(error)}") from None
