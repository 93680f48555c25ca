"""Everything that can be scored, as one kind of thing: a source of images in a fixed order."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ganmetrics import _plugins
from ganmetrics._files import as_path
from ganmetrics._members import has_members
from ganmetrics._text import clipped
from ganmetrics.data.archives import ZipSource
from ganmetrics.data.arrays import open_array, open_tensor
from ganmetrics.data.datasets import DatasetSource, MapDataset
from ganmetrics.data.folders import FolderSource
from ganmetrics.data.hdf5 import Hdf5Source
from ganmetrics.data.image_source import ImageSource, Listed, Listing, Named, listing_of
from ganmetrics.data.lmdb import LmdbSource, is_lmdb
from ganmetrics.data.members import is_image_name
from ganmetrics.data.npy import open_npy
from ganmetrics.data.npz import open_npz
from ganmetrics.data.parquet import ParquetSource, open_parquet
from ganmetrics.data.paths import STDIN, are_paths, open_list, open_paths, open_stdin
from ganmetrics.data.patterns import OpenShards, is_pattern, open_pattern
from ganmetrics.data.selection import choose_images, take, with_classes, with_label_file
from ganmetrics.data.streams import Stream, is_stream, open_stream
from ganmetrics.data.tars import TarSource, open_tar
from ganmetrics.data.torch_file import open_torch_file
from ganmetrics.data.videos import is_video, listed_videos, open_video_list, open_videos
from ganmetrics.errors import InputError
from ganmetrics.timing import stage

__all__ = [
    "ImageSource",
    "Listed",
    "Listing",
    "Named",
    "choose_images",
    "listing_of",
    "open_source",
    "take",
    "with_classes",
    "with_label_file",
]

_BESIDE = 1000
"""Names in a folder that are looked at for one spelled nearly so."""


@dataclass(frozen=True)
class _Kind:
    """A kind of thing that images come in.

    Attributes:
        name: what messages and the documentation call it.
        recognises: tells a thing of this kind by its type or its name.
        opens: gives its images.
    """

    name: str
    recognises: Callable[[Any], bool]
    opens: Callable[[Any], ImageSource]


def _file(*suffixes: str) -> Callable[[Path], bool]:
    """Return what tells files by their extensions, in any case."""
    return lambda path: path.is_file() and path.suffix.lower() in suffixes


_COMPRESSED = frozenset({".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".lz4", ".7z", ".rar"})

SHARDS: dict[str, OpenShards] = {".tar": TarSource, ".parquet": ParquetSource}
"""What several files, one pattern, are opened by."""

PATHS = (
    _Kind("folder", lambda path: path.is_dir() and not is_lmdb(path) and not is_video(path), FolderSource),
    _Kind("video", is_video, lambda path: open_videos(path, "first")),
    _Kind(".zip", _file(".zip"), ZipSource),
    _Kind(".tar", _file(".tar"), open_tar),
    _Kind(".npz", _file(".npz"), open_npz),
    _Kind(".npy", _file(".npy"), open_npy),
    _Kind(".pt", _file(".pt", ".pth"), open_torch_file),
    _Kind(".parquet", _file(".parquet"), open_parquet),
    _Kind(".hdf5", _file(".hdf5", ".h5"), Hdf5Source),
    _Kind("LMDB", is_lmdb, LmdbSource),
    _Kind(".txt of paths", _file(".txt"), open_list),
    _Kind("- for paths on stdin", lambda path: str(path) == STDIN, lambda _: open_stdin()),
    _Kind("pattern of images or shards", is_pattern, lambda path: open_pattern(path, SHARDS)),
)
"""What a path can lead to; the first that recognises it opens it."""

OBJECTS = (
    _Kind("uint8 tensor [n, 3, h, w]", lambda thing: isinstance(thing, torch.Tensor), open_tensor),
    _Kind("uint8 array [n, h, w, 3]", lambda thing: isinstance(thing, np.ndarray), open_array),
    _Kind("ganmetrics.Stream", lambda thing: isinstance(thing, Stream), open_stream),
    _Kind("loader, iterator or generator of batches", is_stream, lambda thing: open_stream(Stream(thing))),
    _Kind("list of paths", are_paths, open_paths),
    _Kind("map-style data set with a length", lambda thing: has_members(thing, MapDataset), DatasetSource),
)
"""What a Python object can be; likewise."""


def open_source(source: object) -> ImageSource:
    """Return the images of a folder, archive, file, tensor, array, data set or stream.

    Args:
        source: the path of any of `PATHS`; any of `OBJECTS`; or an `ImageSource`, which is returned as it is.

    Raises:
        InputError: the source is missing, empty, or not one of these.

    >>> source = open_source(torch.zeros(2, 3, 8, 8, dtype=torch.uint8))
    >>> len(source), source.label(1), source.read(1).shape
    (2, 'tensor[1]', (8, 8, 3))
    """
    if has_members(source, ImageSource):
        return source
    videos = listed_videos(source)
    if videos is not None:
        return open_video_list(*videos, "first")
    if isinstance(source, str | os.PathLike):
        return _open_path(as_path(source))
    for kind in OBJECTS:
        if kind.recognises(source):
            return kind.opens(source)
    raise InputError(f"images need a path or a {_names(OBJECTS)}; got {type(source).__name__}")


def _open_path(path: Path) -> ImageSource:
    with stage("listing files"):
        for kind in PATHS:
            if kind.recognises(path):
                return kind.opens(path)
    for name in _plugins.names(_plugins.SOURCE_GROUP):
        added = _added(name, path)
        if added is not None:
            return added
    raise InputError(f"{path} {_state(path)}; images need a {_names(PATHS)}")


def _state(path: Path) -> str:
    """Say what is wrong with a path that no kind recognises, and which one beside it is spelled nearly so."""
    if path.is_file() and path.suffix.lower() in _COMPRESSED:
        return "is compressed, and needs to be unpacked to be read in place"
    if path.exists():
        return "is a single image" if path.is_file() and is_image_name(path.name) else "is a file of another kind"
    try:
        with os.scandir(path.parent) as entries:
            beside = [entry.name for entry in islice(entries, _BESIDE)]
    except OSError:
        beside = []
    near = get_close_matches(path.name, beside, n=1)
    return f"does not exist (did you mean {clipped(path.with_name(near[0]))}?)" if near else "does not exist"


def _added(name: str, path: Path) -> ImageSource | None:
    """Return what another package's source makes of a path; None where it is not its kind."""
    found = _plugins.load(_plugins.SOURCE_GROUP, name)
    opened = found.thing(path)
    if opened is not None and not has_members(opened, ImageSource):
        raise InputError(f"source {name} of {found.package} must give images or None; got {type(opened).__name__}")
    return opened


def _names(kinds: tuple[_Kind, ...]) -> str:
    *others, last = (kind.name for kind in kinds)
    return f"{', '.join(others)} or {last}"
