"""Pickles of NVIDIA's repositories: EDM2's statistics by detector, and the feature statistics that StyleGAN caches."""

import pickle
import types
from pathlib import Path
from typing import Any

import numpy as np

from ganmetrics._files import atomic_write
from ganmetrics._text import listed, shown
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.references.formats.foreign import Array, Foreign, agreed_count, moments_of, moments_of_features
from ganmetrics.references.formats.plain_pickle import load_plain_pickle

DEFAULT_ENTRY = "fid"


def read_pickle(path: Path, *, count: int | None, entry: str | None) -> Foreign:
    """Return the moments in a pickle of EDM2 or of StyleGAN 2 and 3, both of which know their count.

    Args:
        path: the file.
        count: of the images, where the caller knows it; it must be the file's.
        entry: the detector of EDM2 that is asked for, such as ``fd_dinov2``; None for ``fid``.

    Raises:
        InputError: the file is neither, has no such entry, or needs more than plain arrays.
        StaleStatistics: the file is damaged.
    """
    content = load_plain_pickle(path.read_bytes(), name=str(path))
    if isinstance(content, dict) and "num_images" in content:
        return _read_edm2(content, path, count=count, entry=entry or DEFAULT_ENTRY)
    if isinstance(content, dict) and "raw_mean" in content:
        if entry is not None:
            raise InputError(f"only files of EDM2 have entries; {path} is of StyleGAN; got entry {shown(entry)}")
        return _read_stylegan(content, path, count=count)
    found = listed(content) if isinstance(content, dict) else type(content).__name__
    raise InputError(f"a statistics pickle needs num_images (EDM2) or raw_mean (StyleGAN); {path} has {found}")


def write_edm2(path: Path, moments: Moments) -> None:
    """Write what EDM2 reads: ``{"num_images": n, "fid": {"mu": [d], "sigma": [d, d]}}``, pickled.

    Raises:
        InputError: the count is unknown.
        StorageError: the file cannot be written.
    """
    if moments.count is None:
        raise InputError(f"a pickle of EDM2 needs the number of images; it is unknown for {path} (--count says it)")
    entry = {"mu": moments.mean.numpy(), "sigma": moments.covariance.numpy()}
    with atomic_write(path) as file:
        pickle.dump({"num_images": moments.count, DEFAULT_ENTRY: entry}, file)


def _read_edm2(content: dict[str, Any], path: Path, *, count: int | None, entry: str) -> Foreign:
    entries = [name for name, value in content.items() if isinstance(value, dict) and {"mu", "sigma"} <= value.keys()]
    if entry not in entries:
        raise InputError(f"{path} needs an entry {shown(entry)} of mu and sigma; it has {listed(entries) or 'none'}")
    stored = agreed_count(_whole(content["num_images"], "num_images", path), count, path)
    names = (f"{entry}.mu", f"{entry}.sigma")
    mean, covariance = (_array(content[entry][name], name, path) for name in ("mu", "sigma"))
    return Foreign("edm", moments_of(mean, covariance, count=stored, path=path, names=names))


def _read_stylegan(content: dict[str, Any], path: Path, *, count: int | None) -> Foreign:
    stored = agreed_count(_whole(content.get("num_items"), "num_items", path), count, path)
    captured, features = content.get("capture_mean_cov", False), content.get("all_features", [])
    if not (isinstance(captured, bool) and isinstance(features, list | types.NoneType)):
        raise InputError(f"capture_mean_cov must be true or false, all_features a list; {path} has something else")
    if not captured:
        # Caches of KID and of precision and recall keep the features themselves.
        parts = [_array(part, "all_features", path) for part in features or []]
        if len({part.shape[1:] for part in parts if part.ndim}) > 1 or not all(part.ndim for part in parts):
            raise InputError(f"all_features must be arrays [n, d] of one width; those of {path} differ")
        if not parts:
            raise InputError(f"a StyleGAN pickle needs raw_mean and raw_cov, or all_features; {path} has captured none")
        moments = moments_of_features(np.concatenate(parts), path=path)
        agreed_count(moments.count or 0, stored, path)
        return Foreign("stylegan", moments)
    total, squares = (_array(content.get(name), name, path) for name in ("raw_mean", "raw_cov"))
    mean = total / stored
    if squares.shape != mean.shape * 2:
        raise InputError(
            f"statistics need raw_mean [d] and raw_cov [d, d]; {path} has {list(mean.shape)} and {list(squares.shape)}"
        )
    # The sums of x and of x x^T: StyleGAN divides them by n, and n - 1 here keeps the law of merging.
    covariance = (squares - stored * np.outer(mean, mean)) / max(stored - 1, 1)
    return Foreign("stylegan", moments_of(mean, covariance, count=stored, path=path, names=("raw_mean", "raw_cov")))


def _whole(value: object, name: str, path: Path) -> int:
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value > 0:
        return int(value)
    raise InputError(f"{name} must be a number of images; {path} has {shown(value)}")


def _array(value: object, name: str, path: Path) -> Array:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value
    raise InputError(f"{name} must be a floating-point array; {path} has a {type(value).__name__}")
