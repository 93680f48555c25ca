"""Every image's features in the cache, so that metrics that read them cost no second extraction.

An entry is a folder of plain .npy files, which are mapped into memory and not read whole, and a list of their digests.
"""

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganmetrics._files import atomic_folder, is_plain_file, read_at_most
from ganmetrics._text import listed, one_line
from ganmetrics.errors import StaleStatistics, StorageError
from ganmetrics.extraction.collect import Collected, Keep

KEPT_SUFFIX = ".features"
DIGESTS = "sha256.json"
_PIECE = 2**24
"""Bytes hashed at a time."""
_LONGEST_DIGESTS = 10_000
"""Bytes of the list of digests; ours have some hundreds."""


class KeptFeatures(NamedTuple):
    """What is kept of each image.

    Attributes:
        features: float32 [n, d].
        logits: float32 [n, c]; None where the extractor has none, or none were asked for.
        block_numbers: int64 [n], the block of each image; None where no interval was asked for.
    """

    features: Tensor
    logits: Tensor | None = None
    block_numbers: Tensor | None = None

    def holds(self, count: int, keep: Keep) -> bool:
        """Tell whether this is all that a pass over `count` images would keep."""
        return (
            len(self.features) == count
            and (self.logits is not None or not keep.logits)
            and (self.block_numbers is not None or not keep.blocks)
        )


def feature_bytes(count: int, dimension: int, classes: int | None) -> int:
    """Return the bytes of an entry for so many images."""
    return count * (4 * (dimension + (classes or 0)) + 8)


def write_features(folder: Path, collected: Collected) -> None:
    """Write the features that a pass has kept to a folder that appears whole or not at all.

    Raises:
        StorageError: the folder cannot be written.
    """
    arrays = {
        name: tensor
        for name, tensor in (
            ("features", collected.features),
            ("logits", collected.logits),
            ("block_numbers", collected.block_numbers),
        )
        if tensor is not None
    }
    try:
        with atomic_folder(folder) as part:
            for name, tensor in arrays.items():
                np.save(part / f"{name}.npy", tensor.numpy(), allow_pickle=False)
            digests = {name: _sha256(part / f"{name}.npy") for name in arrays}
            (part / DIGESTS).write_text(json.dumps(digests))
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror or error}") from None


def read_kept_features(folder: Path) -> KeptFeatures | None:
    """Return the features in a folder, mapped into memory; None where there are none.

    Raises:
        StaleStatistics: the folder is damaged.
    """
    if not os.path.lexists(folder):
        return None
    _check_plain(folder)
    try:
        digests = json.loads(read_at_most(folder / DIGESTS, _LONGEST_DIGESTS))
        wrong = [name for name, digest in digests.items() if _sha256(folder / f"{name}.npy") != digest]
        # Mapped copy-on-write: a caller may change its tensor, and the file stays.
        arrays = {name: torch.from_numpy(np.load(folder / f"{name}.npy", mmap_mode="c")) for name in digests}
        with suppress(OSError):
            os.utime(folder)
        kept = KeptFeatures(**arrays)
    # Whatever was put into the folder: NumPy, JSON and the file system each raise their own.
    except Exception as error:
        raise StaleStatistics(f"cached features {folder} are damaged: {one_line(error)}") from None
    if wrong:
        raise StaleStatistics(f"cached features {folder} are damaged: {', '.join(wrong)} has another digest")
    return kept


def remove_features(folder: Path) -> None:
    """Remove an entry, if there is one, and whatever else lies in its place."""
    if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
        with suppress(OSError):
            folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _check_plain(folder: Path) -> None:
    """Refuse what is no folder of files: a pipe would be waited for, a device never ends, a link leads anywhere."""
    if folder.is_symlink() or not folder.is_dir():
        raise StaleStatistics(f"cached features {folder} are damaged: it is no folder")
    others = [path.name for path in folder.glob("*") if not is_plain_file(path)]
    if others:
        raise StaleStatistics(f"cached features {folder} are damaged: {listed(others)} is no file")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
