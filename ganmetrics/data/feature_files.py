"""Files of features: .npy, .npz, .pt, .safetensors and Parquet. No code in them runs."""

import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from ganmetrics._text import listed, one_line, shown
from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_stored
from ganmetrics.errors import InputError
from ganmetrics.optional import require

FoundFeatures = tuple[str, ArrayLike]
"""The name of the array in its file, empty where the file is the array, and the array."""

_NAMES = ("features", "feats", "embeddings", "embedding")
"""What an array of features is called, where a file has several that could be."""
STATISTICS = ("mu", "sigma")
"""What tells statistics, whose covariance could be taken for features."""
_AXES = 2


def read_feature_file(path: Path, column: str | None = None) -> FoundFeatures:
    """Return the features in a file: the only floating-point array of two axes, the one called so, or `column`.

    Raises:
        InputError: there is no such file, it is of another kind, damaged or would need to run code, or has no such
            array, or several.
    """
    if path.is_dir():
        raise InputError(f"features need a file; {path} is a folder")
    if not path.is_file():
        raise InputError(f"features need a file; there is none at {path}")
    readers: dict[str, Callable[[Path, str | None], FoundFeatures]] = {
        ".npy": _read_npy,
        ".npz": _read_npz,
        ".pt": _read_torch,
        ".pth": _read_torch,
        ".safetensors": _read_safetensors,
        ".parquet": _read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"features need a file that ends in {', '.join(readers)}; got {path}")
    try:
        return reader(path, column)
    except InputError:
        raise
    except pickle.UnpicklingError:
        raise InputError(f"{path} cannot be read without running code that is in it, or is damaged") from None
    # Damage ends in whatever each format's reader runs into.
    except Exception as error:
        raise InputError(f"{path} cannot be read as features: {one_line(error)}") from None


def _read_npy(path: Path, column: str | None) -> FoundFeatures:
    _no_column(path, column)
    # Mapped copy-on-write: torch takes arrays that it may write to, and the file stays as it is.
    return "", np.load(path, mmap_mode="c", allow_pickle=False)


def _read_npz(path: Path, column: str | None) -> FoundFeatures:
    # Opened here: np.load leaves its own handle to the collector when the file is damaged.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        if column is not None and column in archive.files:
            return column, archive[column]
        shapes = {name: _npz_header(path, name) for name in archive.files}
        name = _choose(path, shapes, column)
        return name, archive[name]


def _npz_header(path: Path, name: str) -> tuple[int, str]:
    """Return the number of axes and the kind of a member, without reading its values."""
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        opened: Any = file
        read = (
            np.lib.format.read_array_header_1_0
            if np.lib.format.read_magic(opened) == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(opened)
        return len(shape), dtype.kind


def _read_torch(path: Path, column: str | None) -> FoundFeatures:
    stored = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    if isinstance(stored, Tensor):
        _no_column(path, column)
        check_stored(stored, str(path))
        return "", stored
    if not isinstance(stored, Mapping):
        raise InputError(f"{path} needs a tensor [n, d], or a mapping with one; it holds {type(stored).__name__}")
    tensors = {str(name): value for name, value in stored.items() if isinstance(value, Tensor)}
    return _of_tensors(path, tensors, column)


def _read_safetensors(path: Path, column: str | None) -> FoundFeatures:
    return _of_tensors(path, safetensors.torch.load_file(path), column)


def _of_tensors(path: Path, tensors: Mapping[str, Tensor], column: str | None) -> FoundFeatures:
    shapes = {name: (value.ndim, "f" if value.is_floating_point() else "o") for name, value in tensors.items()}
    name = _choose(path, shapes, column)
    check_stored(tensors[name], f"{path}::{name}")
    return name, tensors[name]


def _read_parquet(path: Path, column: str | None) -> FoundFeatures:
    module = require("pyarrow.parquet", extra="parquet", user="a .parquet file")
    file = module.ParquetFile(path)
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    shapes = {name: (_AXES if "list<" in kind else 1, "f" if _of_floats(kind) else "o") for name, kind in kinds.items()}
    name = _choose(path, shapes, column)
    if not _of_floats(kinds[name]):
        raise InputError(f"{path}::{name} needs lists of floats; it has {kinds[name]}")
    values = file.read([name], use_threads=False)[name].combine_chunks()
    if values.null_count:
        raise InputError(f"{path}::{name} needs features in each row; {values.null_count:,} are null")
    compute = require("pyarrow.compute", extra="parquet", user="a .parquet file")
    widths = set(compute.list_value_length(values).to_pylist())
    if len(widths) != 1:
        raise InputError(f"{path}::{name} needs rows of one width; it has {listed(sorted(map(str, widths)))}")
    flat = values.flatten().to_numpy(zero_copy_only=False)
    return name, flat.reshape(len(values), widths.pop())


def _of_floats(kind: str) -> bool:
    """Tell Arrow's lists of floats, of one width or not, such as ``list<element: float>``."""
    return "list<" in kind and any(word in kind for word in (": float", ": double", ": halffloat"))


def _choose(path: Path, shapes: Mapping[str, tuple[int, str]], column: str | None) -> str:
    """Return the name of the array that holds features."""
    held = listed(sorted(shapes)) or "nothing"
    if column is not None:
        if column not in shapes:
            raise InputError(f"{path} has no array {shown(column)}; it holds {held}")
        return column
    if set(STATISTICS) <= set(shapes):
        raise InputError(f"{path} holds statistics, {listed(sorted(shapes))}; features are a row for each image")
    able = [name for name, (axes, kind) in shapes.items() if axes == _AXES and kind == "f"]
    named = [name for name in _NAMES if name in able]
    if len(able) == 1 or named:
        return (named or able)[0]
    state = f"several that could be: {listed(sorted(able))}; name one (--column)" if able else f"none: it holds {held}"
    raise InputError(f"{path} needs one floating-point array [n, d]; it has {state}")


def _no_column(path: Path, column: str | None) -> None:
    if column is not None:
        raise InputError(f"{path} is one array; it has no array {shown(column)}")
