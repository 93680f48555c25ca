"""Statistics files by what is in them: which library wrote one, and how it is read and written."""

from pathlib import Path

from ganmetrics._text import shown
from ganmetrics._zips import is_zip, names_in_zip
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.data.torch_file import torch_file_holds_images
from ganmetrics.errors import InputError, StorageError
from ganmetrics.references.formats.foreign import Foreign
from ganmetrics.references.formats.mu_sigma import (
    FEATURES,
    POOLED,
    SPATIAL,
    read_clean_fid_features,
    read_mu_sigma,
    write_adm,
    write_mu_sigma,
)
from ganmetrics.references.formats.names import OWN, WRITTEN
from ganmetrics.references.formats.nvidia import read_pickle, write_edm2
from ganmetrics.references.formats.torch_fidelity import PICKLE, read_torch_fidelity, write_torch_fidelity
from ganmetrics.references.store import member_names

PROTOCOL_MARK = b"\x80"
"""The first byte of a pickle of protocol 2 or later."""


def format_of(path: Path) -> str | None:
    """Tell what kind of statistics file `path` is by its members; None where it is no such file.

    Images in an npz or a .pt are no statistics. Kinds: ``ganmetrics``; ``mu-sigma`` (pytorch-fid, clean-fid and EDM
    write the same); ``adm``; ``features`` (clean-fid); ``torch`` (torch-fidelity); ``pickle`` (EDM2, StyleGAN).
    """
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return _kind_of_npz(member_names(path))
    if suffix == ".pt" and path.is_file() and is_zip(path):
        saved = any(name.split("/")[1:] == [PICKLE] for name in names_in_zip(path))
        return "torch" if saved and not torch_file_holds_images(path) else None
    if suffix == ".pkl" and path.is_file():
        with path.open("rb") as file:
            return "pickle" if file.read(1) == PROTOCOL_MARK else None
    return None


def is_statistics(path: Path) -> bool:
    """Tell whether `path` is a file of statistics, ours or another library's, rather than of images."""
    return format_of(path) is not None


def holds_moments(path: Path) -> bool:
    """Tell whether `path` is a file of means and covariances, ours or another library's, rather than of features.

    >>> holds_moments(Path("missing.npz"))
    False
    """
    return format_of(path) in (OWN, "mu-sigma", "adm", "pickle")


def is_foreign(path: Path) -> bool:
    """Tell whether `path` is a file of statistics that another library wrote."""
    return format_of(path) not in (None, OWN)


def read_foreign(path: Path, *, count: int | None = None, entry: str | None = None) -> Foreign:
    """Return the statistics in another library's file.

    Args:
        path: the file.
        count: of how many images it is; needed where the file does not say, and checked where it does. None leaves an
            unknown count unknown.
        entry: for files of EDM2, the detector that is asked for; None for ``fid``.

    Raises:
        InputError: the file is no such file or its contents are not usable, or an argument does not go with it.
        StaleStatistics: the file is damaged.
    """
    kind = format_of(path)
    if kind == "pickle":
        return read_pickle(path, count=count, entry=entry)
    if entry is not None:
        raise InputError(f"only pickles of EDM2 have entries; got entry {shown(entry)} with {path}")
    if kind in ("mu-sigma", "adm"):
        return read_mu_sigma(path, spatial=kind == "adm", count=count)
    if kind == "features":
        return read_clean_fid_features(path, count=count)
    if kind == "torch":
        return read_torch_fidelity(path, count=count)
    raise InputError(f"statistics of another library need a known .npz, .pkl or .pt file; {path} is none")


def write_foreign(path: Path, moments: Moments, spatial: Moments | None, *, to: str) -> None:
    """Write moments in another library's format; what it has no place for, such as provenance, is left out.

    Raises:
        InputError: the format is unknown, the name has another ending, or the format needs what there is not.
        StorageError: the file cannot be written.
    """
    check_target(path, to)
    if to == "adm":
        write_adm(path, moments, spatial)
    elif to == "torch-fidelity":
        write_torch_fidelity(path, moments)
    elif to == "edm" and path.suffix == ".pkl":
        write_edm2(path, moments)
    else:
        write_mu_sigma(path, moments)


def check_target(path: Path, to: str) -> None:
    """Raise unless a file of that format can have this name; called before the work.

    Raises:
        InputError: the format is unknown, or needs a name with another ending.
        StorageError: the folder does not exist.
    """
    if to not in WRITTEN:
        raise InputError(f"a format must be one of {', '.join(WRITTEN)}; got {shown(to)}")
    if path.suffix not in WRITTEN[to]:
        raise InputError(f"a file for {to} needs a name that ends in {' or '.join(WRITTEN[to])}; got {path}")
    if not path.parent.is_dir():
        raise StorageError(f"a statistics file needs an existing folder; there is none at {path.parent}")


def _kind_of_npz(members: frozenset[str]) -> str | None:
    if "header" in members:
        return OWN
    if members.issuperset(POOLED):
        return "adm" if members.issuperset(SPATIAL) else "mu-sigma"
    return "features" if members.issuperset(FEATURES) else None
