"""Files that torch-fidelity keeps in its cache: ``mu`` and ``sigma``, or the features themselves, by ``torch.save``."""

import zipfile
from pathlib import Path

import numpy as np
import torch

from ganmetrics._files import atomic_write
from ganmetrics._text import clipped, one_line
from ganmetrics.core.arrays import check_stored
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.formats.foreign import Foreign, agreed_count, moments_of, moments_of_features
from ganmetrics.references.formats.mu_sigma import POOLED
from ganmetrics.references.formats.plain_pickle import load_plain_pickle

PICKLE = "data.pkl"
"""What the pickle inside a file of torch.save is called, in the folder of the archive's name."""


def read_torch_fidelity(path: Path, *, count: int | None) -> Foreign:
    """Return the moments in ``...-stat-fid-2048.pt``, or those of the features in ``...-features-2048.pt``.

    A tensor is read with `torch.load(weights_only=True)`; a dictionary of NumPy arrays, which that refuses, by a reader
    that allows nothing else. No file runs code.

    Raises:
        InputError: the file holds neither, or needs more than plain arrays.
        StaleStatistics: the file is damaged.
    """
    data, of_tensors = _read_archive(path)
    if of_tensors:
        moments = moments_of_features(_read_tensor(path).detach().numpy(), path=path)
        agreed_count(moments.count or 0, count, path)
        return Foreign("torch-fidelity", moments)
    content = load_plain_pickle(data, name=str(path))
    if not isinstance(content, dict) or not all(isinstance(content.get(name), np.ndarray) for name in POOLED):
        raise InputError(f"a torch-fidelity file needs arrays mu and sigma; {path} has other contents")
    mean, covariance = (content[name] for name in POOLED)
    return Foreign("torch-fidelity", moments_of(mean, covariance, count=count, path=path, names=POOLED))


def write_torch_fidelity(path: Path, moments: Moments) -> None:
    """Write what torch-fidelity reads from its cache: ``mu`` float32 [d] and ``sigma`` float64 [d, d].

    It refuses to compare means of two types, and its own are float32.

    Raises:
        StorageError: the file cannot be written.
    """
    with atomic_write(path) as file:
        torch.save({"mu": moments.mean.float().numpy(), "sigma": moments.covariance.numpy()}, file)


def _read_archive(path: Path) -> tuple[bytes, bool]:
    """Return the pickle in a file of torch.save, and whether tensors lie beside it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            (pickled,) = (name for name in names if name.split("/")[1:] == [PICKLE])
            return archive.read(pickled), any("/data/" in name for name in names)
    except Exception as error:  # a damaged archive fails in the ways of zipfile, zlib and struct
        raise StaleStatistics(f"statistics file {path} is damaged: {one_line(error)}") from None


def _read_tensor(path: Path) -> torch.Tensor:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load documents no exception type for a damaged file
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise InputError(f"a torch-fidelity file needs plain tensors or arrays; {path}: {clipped(reason)}") from None
    if not isinstance(content, torch.Tensor):
        raise InputError(f"a torch-fidelity file needs a tensor of features; {path} has a {type(content).__name__}")
    try:
        check_stored(content, "features")
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if content.dtype not in (torch.float16, torch.float32, torch.float64):
        raise InputError(f"features must be floating point [n, d]; {path} has {content.dtype} {list(content.shape)}")
    return content
