"""Reading and checking a file of weights."""

import hashlib
import io
import os
import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ganmetrics._text import clipped, one_line, shown
from ganmetrics._zips import is_zip
from ganmetrics.core.arrays import check_array
from ganmetrics.errors import InputError, WeightsError

State = dict[str, Tensor]
_Shapes = Mapping[str, tuple[int, ...]]

_SETTLED = 2.0
"""Seconds after a change from which a file's times tell any further change apart, whatever the file system's clock."""
_digests: dict[tuple[int, ...], str] = {}


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; a file that has not changed is read once a process.

    Raises:
        WeightsError: the file cannot be read, or is a device or a pipe, which may never end.
    """
    try:
        _check_ends(path)
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            key = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            if key not in _digests:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                if time.time() - max(stat.st_mtime, stat.st_ctime) < _SETTLED:
                    return digest
                _digests[key] = digest
            return _digests[key]
    except WeightsError:
        raise
    # A ValueError: a name that no file can have.
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or one_line(error)
        raise WeightsError(f"weights must be a readable file; {clipped(path)}: {reason}") from None


def _check_ends(path: Path) -> None:
    """Refuse a device and a pipe: some never end, and others never begin."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise WeightsError(f"weights must be a regular file; {clipped(path)} is none")


def state_sha256(state: State) -> str:
    """Return one digest of all names, types, shapes and values, whatever file or format they came from.

    >>> state_sha256({"bias": torch.zeros(2)})[:16]
    '25afa8cb5bb33b2b'
    """
    digest = hashlib.sha256()
    for name, value in sorted(state.items()):
        digest.update(f"{name} {value.dtype} {list(value.shape)}\n".encode())
        digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def read_state_dict(path: Path, *, sha256: str | None = None) -> State:
    """Return the tensors of a file that `torch.save` wrote, by name, on the CPU.

    Only tensors and plain containers are unpickled, never code. Files of the zip format (torch 1.6 and later) are
    mapped into memory rather than read, so only what is used is; unless a digest is given.

    Args:
        path: the file.
        sha256: the digest that the tensors' own bytes must have: of what is loaded, not of what lay there before.

    Raises:
        WeightsError: the file cannot be read, has another digest, or holds something else than tensors by name.
    """
    try:
        _check_ends(path)
        if sha256 is None:
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip(path))
        else:
            state = torch.load(io.BytesIO(_checked_bytes(path, sha256)), map_location="cpu", weights_only=True)
    except WeightsError:
        raise
    except OSError as error:
        reason = error.strerror or one_line(error)
        raise WeightsError(f"weights must be a readable file; {clipped(path)}: {reason}") from None
    except Exception as error:  # torch.load documents no exception type for a damaged file
        reason = (str(error).splitlines() or [""])[0]
        # Of some damage its reader says no more than the byte that it met.
        reason = reason if len(reason.split()) > 1 else "damaged, or another kind of file"
        raise WeightsError(f"weights must be a state dict saved by torch.save; {path}: {clipped(reason)}") from None
    if not isinstance(state, dict):
        raise WeightsError(f"weights must be a state dict; {path} holds a {type(state).__name__}")
    for name, value in state.items():
        if not (isinstance(name, str) and isinstance(value, Tensor)):
            raise WeightsError(
                f"weights must be a state dict of tensors; {path} holds a {type(value).__name__} at {shown(name)}"
            )
    return dict(state)


def _checked_bytes(path: Path, sha256: str) -> bytes:
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise WeightsError(f"{path} has changed since it was chosen: it must have sha256 {sha256}; it has {found}")
    return data


def select_tensors(state: State, shapes: _Shapes, *, ignored: tuple[str, ...], path: Path) -> State:
    """Return the tensors called for, after checking that the file is of this network.

    Args:
        state: the file's tensors.
        shapes: the tensors that the network has.
        ignored: tensors that the file may also hold: those whose name starts or ends with one of these.
        path: the file, for messages.

    Raises:
        WeightsError: a tensor is missing, is of another shape or not floating point, or does not belong; the message
            names the first.
    """
    for name, shape in shapes.items():
        if name not in state:
            raise WeightsError(f"weights need the tensor {name} {list(shape)}; {path} has none of that name")
        try:
            check_array(state[name], name)
        except InputError as error:
            raise WeightsError(f"weights must be plain tensors; {path}: {error}") from None
        if tuple(state[name].shape) != shape or not state[name].is_floating_point():
            came = f"{state[name].dtype} {list(state[name].shape)}"
            raise WeightsError(f"weights need {name} in floating point {list(shape)}; {path} has {came}")
    for name in state:
        if name not in shapes and not name.startswith(ignored) and not name.endswith(ignored):
            raise WeightsError(f"weights hold {clipped(name)}, which the network does not have: {path}")
    return {name: state[name] for name in shapes}
