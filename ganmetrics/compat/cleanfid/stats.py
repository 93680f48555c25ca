"""Statistics by name, as ``make_custom_stats`` keeps them: in the user's data folder, not in the installed package."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
import torch
from torch import Tensor

from ganmetrics import InputError, Reference
from ganmetrics._files import atomic_write
from ganmetrics._text import one_line, shown

NAME = re.compile(r"[A-Za-z0-9._-]+")


def stats_folder() -> Path:
    """Return where statistics by name are kept."""
    return platformdirs.user_data_path("ganmetrics") / "cleanfid-stats"


def stats_paths(name: str, mode: str) -> tuple[Path, Path]:
    """Return the files of a name's moments and features.

    Raises:
        InputError: the name is not one of letters, digits, dots, dashes and underscores.

    >>> [path.name for path in stats_paths("my-faces", "clean")]
    ['my-faces_clean.npz', 'my-faces_clean_features.npy']
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InputError(f"a name of statistics needs letters, digits, dots, dashes or underscores; got {shown(name)}")
    return stats_folder() / f"{name}_{mode}.npz", stats_folder() / f"{name}_{mode}_features.npy"


def stored_names(mode: str) -> Iterator[str]:
    """Yield the names that there are statistics of."""
    ending = f"_{mode}.npz"
    for path in sorted(stats_folder().glob(f"*{ending}")):
        yield path.name.removesuffix(ending)


def write_stats(name: str, mode: str, reference: Reference, features: Tensor) -> None:
    """Keep moments and features under a name; the moments come last, so that a name is there whole or not at all.

    Raises:
        InputError: the name is taken, or cannot be one.
        StorageError: the files cannot be written.
    """
    moments, rows = stats_paths(name, mode)
    if moments.exists():
        raise InputError(f"statistics named {name} exist already, in {moments}: remove_custom_stats removes them")
    moments.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(rows) as file:
        np.save(file, features.numpy())
    reference.save(moments)


def read_reference(name: str, mode: str) -> Reference:
    """Return the moments kept under a name.

    Raises:
        InputError: there are none; the message has the names that there are.
    """
    path, _ = _existing(name, mode)
    return Reference.load(path)


def read_features(name: str, mode: str) -> Tensor:
    """Return the features kept under a name, float32 [n, d].

    Raises:
        InputError: there are none.
    """
    _, path = _existing(name, mode)
    try:
        rows = np.load(path, allow_pickle=False)
    # Damage ends in whatever parsing runs into.
    except Exception as error:
        raise InputError(
            f"{path} cannot be read as features: {one_line(error)}; remove_custom_stats removes it"
        ) from None
    return torch.from_numpy(rows)


def remove_stats(name: str, mode: str) -> None:
    """Remove what is kept under a name.

    Raises:
        InputError: there is nothing.
    """
    for path in _existing(name, mode):
        path.unlink(missing_ok=True)


def _existing(name: str, mode: str) -> tuple[Path, Path]:
    paths = stats_paths(name, mode)
    if not paths[0].exists():
        known = ", ".join(stored_names(mode)) or "none"
        raise InputError(
            f"there are no statistics named {name} in mode {mode} (there are: {known}); clean-fid's own are not "
            "downloaded: make_custom_stats makes them from images, and ganmetrics fid takes an .npz file of them"
        )
    return paths
