"""The file of stored statistics: one npz without pickle, written whole or not at all, verified on load.

Members: ``header`` (JSON text: identity, provenance, digest of the arrays) and the arrays. ``mu`` and ``sigma`` have
the names and layout that pytorch-fid reads, so that the file also serves there.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ganmetrics._files import as_path, atomic_write, check_writable
from ganmetrics._text import clipped, listed, one_line, shown
from ganmetrics._types import Arrays
from ganmetrics._zips import names_in_zip, sizes_in_zip
from ganmetrics.errors import InputError, StaleStatistics, StorageError
from ganmetrics.extraction.layer import layer_bytes

_FORMAT = "ganmetrics reference 1"

_KINDS = "biufU"
"""The kinds of NumPy's dtypes that statistics hold: numbers, and the text of a header."""

_MEMBER = re.compile(r"(mu|sigma|rows|factor|kept_hashes|kept_features|block\d\w*)(_s)?")
"""What the arrays of a reference are called; those of the spatial layer end in ``_s``."""
_HEADER_LIMIT = 2**28
"""Bytes that a header may unpack to; the counts of a million classes are fewer."""
_LARGE, _RATIO = 2**30, 100
"""What unpacks to more bytes than this, and to more than so many times those in the file, was made to fill memory."""
_OVERHEAD = 2**12

HEADER_BYTES = 2**16
"""Room for the header and the archive's directory."""


def write_statistics(path: Path, header: dict[str, Any], arrays: Arrays) -> None:
    """Write `header` and `arrays` to `path`, replacing it in one step.

    Raises:
        StorageError: the file cannot be written; an older file of that name is kept.
    """
    complete = {**header, "format": _FORMAT, "sha256": _digest(header, arrays)}
    text = np.array(json.dumps(complete, sort_keys=True))
    with atomic_write(path) as file:
        # Without allow_pickle, which NumPy before 2.2 would store as an array; there are no object arrays here.
        np.savez(file, header=text, **arrays)  # type: ignore[arg-type]


def read_statistics(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Return the header and the arrays of `path`, after checking the digest.

    Raises:
        InputError: there is no such file, or it is not one of ours.
        StaleStatistics: the file is damaged, or of a format that this version does not know.
    """
    names = {name.removesuffix(".npy") for name in names_in_zip(path)}
    # The header first: it is small, and says whether the file is one of ours.
    members = read_npz(path, names & {"header"}, limits={"header": _HEADER_LIMIT})
    if "header" not in members:
        raise InputError(
            f"a reference needs a 'header' member; {path} has {listed(sorted(names)) or 'none'} "
            "(`reference build` makes one of images)"
        )
    header = _parse_header(path, members["header"])
    arrays = sorted(names - {"header"})
    unknown = [name for name in arrays if not _MEMBER.fullmatch(name)]
    if unknown:
        raise StaleStatistics(f"reference {path} is damaged: this version stores no {listed(unknown)}")
    members = read_npz(path, arrays, limits=_layer_limits(path, arrays))
    declared = header.pop("sha256", None)
    header.pop("format")
    if declared != _digest(header, members):
        raise StaleStatistics(f"reference {path} is damaged: its contents do not have the digest that it declares")
    return header, members


def member_names(path: Path) -> frozenset[str]:
    """Return the names of the arrays in an npz file; none where `path` is no npz file that can be read."""
    if not path.is_file():
        return frozenset()
    return frozenset(name.removesuffix(".npy") for name in names_in_zip(path) if name.endswith(".npy"))


def read_npz(path: Path, names: Iterable[str] | None = None, *, limits: Mapping[str, int] | None = None) -> Arrays:
    """Return the members of an npz file, those of `names` or all, never unpickling.

    Args:
        path: the file.
        names: the members to read.
        limits: bytes that a member may unpack to, by its name; more is refused before any of it is read.

    Raises:
        InputError: there is no such file, it is not an npz, or it needs pickle.
        StaleStatistics: the file is damaged.
    """
    if path.is_dir():
        raise InputError(f"statistics need an npz file; {path} is a folder (`reference build` makes one of images)")
    if not path.is_file():
        raise InputError(f"statistics need an npz file; there is none at {path}")
    if not any(name.endswith(".npy") for name in names_in_zip(path)):
        raise InputError(f"statistics need an npz file; {path} is none, is empty or is damaged")
    names = None if names is None else list(names)
    _check_sizes(path, names, limits or {})
    try:
        # Opened here: np.load leaves its own handle to the collector when the file is damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            members = {name: archive[name] for name in (archive.files if names is None else names)}
    except ValueError as error:
        if "pickle" in str(error):
            raise InputError(f"statistics need an npz file without pickle; {path} has object arrays") from None
        raise StaleStatistics(f"statistics file {path} is damaged: {one_line(error)}") from None
    # zipfile, zlib, struct and NumPy's parser of headers each raise their own on damaged bytes.
    except Exception as error:
        raise StaleStatistics(f"statistics file {path} is damaged: {one_line(error)}") from None
    for name, member in members.items():
        # What does not begin as an array is returned as its bytes.
        if not isinstance(member, np.ndarray) or member.dtype.kind not in _KINDS:
            kind = member.dtype if isinstance(member, np.ndarray) else "no array"
            raise StaleStatistics(f"statistics file {path} is damaged: {clipped(name)} needs numbers, it is {kind}")
    return members


def _check_sizes(path: Path, names: list[str] | None, limits: Mapping[str, int]) -> None:
    for file_name, (unpacked, packed) in sizes_in_zip(path).items():
        name = file_name.removesuffix(".npy")
        if names is not None and name not in names:
            continue
        if unpacked > limits.get(name, unpacked):
            raise StaleStatistics(
                f"statistics file {path} needs {clipped(name)} of at most {limits[name]:,} bytes; it has {unpacked:,}"
            )
        if unpacked > _LARGE and unpacked > _RATIO * packed:
            raise StaleStatistics(
                f"statistics file {path} is damaged: {clipped(name)} unpacks from {packed:,} to {unpacked:,} bytes"
            )


def _layer_limits(path: Path, arrays: list[str]) -> dict[str, int]:
    """Return what each array of a layer may unpack to: no more than all of them together, of features of its width."""
    sizes = sizes_in_zip(path)
    width = max((sizes[f"{name}.npy"][0] for name in ("mu", "mu_s") if f"{name}.npy" in sizes), default=0) // 8
    return dict.fromkeys(arrays, layer_bytes(width, blocks=True, kept=True) + _OVERHEAD)


def check_reference_output(path: Path, array_bytes: int) -> None:
    """Raise unless a reference file with arrays of so many bytes can be written to `path`; called before the long work.

    Raises:
        InputError: the name does not end in .npz.
        StorageError: the folder does not exist, cannot be written, or has no room.
    """
    path = as_path(path)
    if path.suffix != ".npz":
        raise InputError(f"a reference file needs a name that ends in .npz; got {path}")
    if not path.parent.is_dir():
        raise StorageError(f"a reference file needs an existing folder; there is none at {path.parent}")
    check_writable(path.parent, bytes_needed=array_bytes + HEADER_BYTES)


def _parse_header(path: Path, member: npt.NDArray[Any]) -> dict[str, Any]:
    try:
        header = json.loads(str(member[()]))
    # Numbers of too many digits are a ValueError too.
    except (ValueError, RecursionError):
        raise StaleStatistics(f"reference {path} is damaged: its header is not JSON") from None
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        found = header.get("format") if isinstance(header, dict) else type(header).__name__
        raise StaleStatistics(f"reference {path} needs format {shown(_FORMAT)}; it has {shown(found)}")
    return header


def _digest(header: dict[str, Any], arrays: Arrays) -> str:
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()
