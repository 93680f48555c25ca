"""The published weights: what they are, where they are looked for, how they are had.

Weights are searched for in this order: the path given (``--weights``), the one in the environment's
``GANMETRICS_WEIGHTS``, this library's cache, torch hub's cache (where pytorch-fid and torch-fidelity leave the same
file), and last, unless told to stay offline, a download into this library's cache. A file under a published name is
used only if its digest is the published one.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch.hub
from platformdirs import user_cache_path

from ganmetrics._text import shown
from ganmetrics._types import Progress, silent
from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.download import RemoteFile, download
from ganmetrics.features.state_dict import file_sha256

ENVIRONMENT = "GANMETRICS_WEIGHTS"

PUBLISHED = {
    "inception-v3": RemoteFile(
        url="https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
        "pt_inception-2015-12-05-6726825d.pth",
        name="pt_inception-2015-12-05-6726825d.pth",
        size=95_628_359,
        sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    )
}
"""Extractor to the file of its published weights."""

ALIASES = {"inception-v3": ("weights-inception-2015-12-05-6726825d.pth",)}
"""Other names under which libraries publish the same bytes: this one is torch-fidelity's."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundWeights:
    """A file of weights to use.

    Attributes:
        path: the file.
        sha256: its digest.
        canonical: it is the published file.
    """

    path: Path
    sha256: str
    canonical: bool


@dataclass(frozen=True)
class WeightsStatus:
    """What is known of one extractor's published weights on this machine.

    Attributes:
        extractor: whose weights they are.
        name: of the file.
        size: of the published file, in bytes.
        sha256: of the published file.
        path: where the file was found, or would be put.
        state: ``verified``, ``damaged`` (the digest differs) or ``missing``.
    """

    extractor: str
    name: str
    size: int
    sha256: str
    path: Path
    state: Literal["verified", "damaged", "missing"]


def cache_directory() -> Path:
    """Return the directory that weights are downloaded into; XDG_CACHE_HOME moves it."""
    return user_cache_path("ganmetrics", appauthor=False) / "weights"


def find_weights(
    extractor: str, *, path: str | Path | None = None, offline: bool = False, progress: Progress = silent
) -> FoundWeights:
    """Return the weights to use for an extractor, downloading them if need be.

    Args:
        extractor: a name in `PUBLISHED`.
        path: the file to use; other weights than the published ones are allowed, and are not canonical.
        offline: never download.
        progress: told of a download.

    Raises:
        WeightsError: the weights cannot be found, or a file under a published name is damaged.
        InputError: the extractor has no published weights.
    """
    remote = _published(extractor)
    chosen = path or os.environ.get(ENVIRONMENT)
    if chosen:
        return _chosen_weights(extractor, Path(chosen).expanduser())
    damaged = []
    for candidate in _candidates(extractor):
        if candidate.is_file():
            if file_sha256(candidate) == remote.sha256:
                return FoundWeights(candidate, remote.sha256, canonical=True)
            _log.warning("not using damaged weights, their digest is not the published one: %s", candidate)
            damaged.append(str(candidate))
    if offline:
        found = f"; damaged, not used: {', '.join(damaged)}" if damaged else ""
        raise WeightsError(f"weights of {extractor} are missing, offline: {_remedy(extractor)}{found}")
    return FoundWeights(fetch_weights(extractor, progress=progress), remote.sha256, canonical=True)


def fetch_weights(extractor: str, *, progress: Progress = silent) -> Path:
    """Return the path of the published weights in this library's cache, downloaded unless they are there already.

    Raises:
        WeightsError: the download fails, or brings something else.
        StorageError: the cache cannot be written.
        InputError: the extractor has no published weights.
    """
    remote = _published(extractor)
    cached = cache_directory() / remote.name
    if cached.is_file() and file_sha256(cached) == remote.sha256:
        return cached
    try:
        return download(remote, cache_directory(), progress=progress)
    except WeightsError as error:
        raise WeightsError(f"{error}; {_remedy(extractor)}") from None


def verify_weights(extractor: str) -> WeightsStatus:
    """Return what is known of an extractor's published weights on this machine, after reading the whole file.

    Raises:
        InputError: the extractor has no published weights.
    """
    remote = _published(extractor)
    candidates = _candidates(extractor)
    states: dict[Path, Literal["verified", "damaged"]] = {
        path: "verified" if file_sha256(path) == remote.sha256 else "damaged" for path in candidates if path.is_file()
    }
    verified = [path for path, state in states.items() if state == "verified"]
    path = (verified or [*states] or candidates)[0]
    return WeightsStatus(extractor, remote.name, remote.size, remote.sha256, path, states.get(path, "missing"))


def list_weights() -> list[WeightsStatus]:
    """Return what is known of all published weights on this machine."""
    return [verify_weights(extractor) for extractor in PUBLISHED]


def _published(extractor: str) -> RemoteFile:
    if extractor not in PUBLISHED:
        raise InputError(f"weights are published for {', '.join(PUBLISHED)}; got {shown(extractor)}")
    return PUBLISHED[extractor]


def _chosen_weights(extractor: str, path: Path) -> FoundWeights:
    remote = _published(extractor)
    digest = file_sha256(path)
    canonical = digest == remote.sha256
    if not canonical and path.name in _names(extractor):
        raise WeightsError(f"{path} is damaged: it must have sha256 {remote.sha256}; it has {digest}")
    return FoundWeights(path, digest, canonical)


def _candidates(extractor: str) -> list[Path]:
    hub = Path(torch.hub.get_dir()) / "checkpoints"
    return [cache_directory() / _published(extractor).name, *(hub / name for name in _names(extractor))]


def _names(extractor: str) -> tuple[str, ...]:
    return (_published(extractor).name, *ALIASES.get(extractor, ()))


def _remedy(extractor: str) -> str:
    remote = _published(extractor)
    return (
        f"put {remote.name} ({remote.size} bytes, sha256 {remote.sha256}) into {cache_directory()}, "
        "or name it with --weights, or use --extractor efficientnet-lite0, which needs no download"
    )
