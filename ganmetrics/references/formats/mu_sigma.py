"""npz files of ``mu`` and ``sigma``: TTUR, pytorch-fid, clean-fid, EDM, and ADM with its spatial pair.

None of them says of how many images it is. ADM's may hold images too (``arr_0``), but other ones than those that its
statistics are of: its reference for ImageNet has statistics of 1.28 million images and 10,000 images.
"""

from pathlib import Path

import numpy as np

from ganmetrics._files import atomic_write
from ganmetrics._types import Arrays
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.references.formats.foreign import Foreign, agreed_count, moments_of, moments_of_features
from ganmetrics.references.store import read_npz

POOLED = ("mu", "sigma")
SPATIAL = ("mu_s", "sigma_s")
FEATURES = ("feats",)
FEATURES_LIMIT = 16_384
"""Features that another library's statistics may be of: eight times those of its networks."""
_LIMITS = {name: 8 * FEATURES_LIMIT**2 + 2**12 for name in POOLED + SPATIAL}


def read_mu_sigma(path: Path, *, spatial: bool, count: int | None) -> Foreign:
    """Return the moments of a file; `count` says of how many images they are, None that nobody knows.

    Whatever else the file holds, such as ADM's images, is not read.

    Raises:
        InputError: the members are not usable moments.
        StaleStatistics: the file is damaged, or would fill the memory.
    """
    members = read_npz(path, POOLED + SPATIAL if spatial else POOLED, limits=_LIMITS)
    moments, *more = (
        moments_of(members[names[0]], members[names[1]], count=count, path=path, names=names)
        for names in ((POOLED, SPATIAL) if spatial else (POOLED,))
    )
    return Foreign("adm" if spatial else "mu-sigma", moments, more[0] if more else None)


def read_clean_fid_features(path: Path, *, count: int | None) -> Foreign:
    """Return the moments of the features ``feats`` [n, d] that clean-fid keeps for its KID.

    Raises:
        InputError: the member is no such array, or `count` is not n.
        StaleStatistics: the file is damaged.
    """
    moments = moments_of_features(read_npz(path, FEATURES)["feats"], path=path)
    agreed_count(moments.count or 0, count, path)
    return Foreign("clean-fid", moments)


def write_mu_sigma(path: Path, moments: Moments) -> None:
    """Write ``mu`` [d] and ``sigma`` [d, d], both float64, for pytorch-fid, clean-fid and EDM.

    Raises:
        StorageError: the file cannot be written.
    """
    _write(path, _arrays(moments, POOLED))


def write_adm(path: Path, moments: Moments, spatial: Moments | None) -> None:
    """Write the statistics that ADM's evaluator reads, pooled and spatial; it needs both.

    Raises:
        InputError: there are no spatial ones.
        StorageError: the file cannot be written.
    """
    if spatial is None:
        raise InputError(f"an adm file needs spatial statistics (mu_s and sigma_s) too; there are none for {path}")
    _write(path, {**_arrays(moments, POOLED), **_arrays(spatial, SPATIAL)})


def _arrays(moments: Moments, names: tuple[str, str]) -> Arrays:
    return {names[0]: moments.mean.numpy(), names[1]: moments.covariance.numpy()}


def _write(path: Path, arrays: Arrays) -> None:
    with atomic_write(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
