"""A .pt of uint8 images [n, 3, h, w], as torch.save writes a tensor."""

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganmetrics._zips import is_zip
from ganmetrics.core.arrays import check_stored
from ganmetrics.data.arrays import ArraySource, open_tensor
from ganmetrics.data.image_source import ImageSource
from ganmetrics.data.selection import with_classes
from ganmetrics.errors import InputError

_IMAGES = "images"
_LABELS = "labels"
_AXES = 4


def open_torch_file(path: Path) -> ImageSource:
    """Return a source of the images of a .pt: a tensor, or a mapping with tensors ``images`` and maybe ``labels``.

    Nothing but tensors and plain containers is unpickled. A file of the present format is mapped into memory, so that
    only what is read is loaded.

    Raises:
        InputError: the file is damaged or would need to run code, or holds something else, or another number of labels.
    """
    stored = _load(path)
    if isinstance(stored, Tensor):
        return _named(stored, path, str(path))
    if not isinstance(stored, dict) or not isinstance(stored.get(_IMAGES), Tensor):
        found = (
            f"a mapping with {', '.join(map(str, stored)) or 'nothing'}" if isinstance(stored, dict) else _type(stored)
        )
        hint = "; torch.stack makes one tensor of a list" if isinstance(stored, list | tuple) else ""
        raise InputError(
            f"{path} needs a uint8 tensor [n, 3, h, w], alone or under the key {_IMAGES}; it holds {found}{hint}"
        )
    source = _named(stored[_IMAGES], path, f"{path}::{_IMAGES}")
    labels = stored.get(_LABELS)
    if labels is None:
        return source
    if isinstance(labels, Tensor):
        check_stored(labels, f"{path}::{_LABELS}")
    if not isinstance(labels, Tensor) or labels.ndim != 1 or labels.is_floating_point() or labels.is_complex():
        raise InputError(f"{path}::{_LABELS} needs whole numbers [n]; got {_type(labels)}")
    return with_classes(source, labels.tolist(), given_as=f"{path}::{_LABELS}")


def torch_file_holds_images(path: Path) -> bool:
    """Tell whether a .pt has what `open_torch_file` reads, rather than statistics or features; False for a damaged one.

    >>> torch_file_holds_images(Path("missing.pt"))
    False
    """
    try:
        stored = _load(path)
    except InputError:
        return False
    images = stored.get(_IMAGES) if isinstance(stored, dict) else stored
    if isinstance(images, list | tuple):
        return bool(images) and all(isinstance(one, Tensor) and one.dtype == torch.uint8 for one in images)
    # Features are floats [n, d]: whole numbers of any shape were meant for pixels.
    return isinstance(images, Tensor) and (images.ndim == _AXES or images.dtype == torch.uint8)


def _load(path: Path) -> Any:  # noqa: ANN401 - whatever was saved
    try:
        # Files of torch before 1.6 are no zip archives, and cannot be mapped.
        return torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip(path))
    except pickle.UnpicklingError:
        raise InputError(
            f"{path} cannot be read without running code that is in it, or is damaged; torch.save a uint8 tensor"
        ) from None
    # A damaged file ends in whatever unpacking runs into: RuntimeError, EOFError, KeyError...
    except Exception as error:
        raise InputError(f"{path} cannot be read as a tensor: {' '.join(str(error).split())[:120]}") from None


def _named(images: Tensor, path: Path, prefix: str) -> ArraySource:
    try:
        check_stored(images, "images")
        source = open_tensor(images)
    except InputError as error:
        raise InputError(f"{prefix}: {error}") from None
    return ArraySource(source.pixels, str(path), prefix=prefix)


def _type(thing: object) -> str:
    if isinstance(thing, Tensor):
        return f"{str(thing.dtype).removeprefix('torch.')} {list(thing.shape)}"
    return type(thing).__name__
