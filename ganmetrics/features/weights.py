"""The published weights: what they are, where they are looked for, how they are had.

Weights are searched for in this order: the path given (``--weights``), the one in the environment's
``GANMETRICS_WEIGHTS``, this library's cache, torch hub's cache (where pytorch-fid and torch-fidelity leave the same
file), and last, unless told to stay offline, a download into this library's cache. A file under a published name is
used only if its digest is the published one; where none is published, that of the first file is recorded and said, and
no other file is taken for it afterwards (`first_use`).
"""

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch.hub
from platformdirs import user_cache_path

from ganmetrics._files import as_path
from ganmetrics._text import shown
from ganmetrics._types import Progress, silent
from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.download import RemoteFile, download
from ganmetrics.features.first_use import record_sha256, recorded_sha256
from ganmetrics.features.names import CLIP, IN_A_PACKAGE
from ganmetrics.features.state_dict import file_sha256, read_state_dict

ENVIRONMENT = "GANMETRICS_WEIGHTS"
_State = Literal["verified", "recorded", "unknown", "damaged", "missing"]

PUBLISHED = {
    "inception-v3": RemoteFile(
        url="https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
        "pt_inception-2015-12-05-6726825d.pth",
        name="pt_inception-2015-12-05-6726825d.pth",
        size=95_628_359,
        sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    ),
    # The address of OpenAI's files has their digests in it.
    CLIP: RemoteFile(
        url="https://openaipublic.azureedge.net/clip/models/"
        "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02/ViT-L-14-336px.pt",
        name="ViT-L-14-336px.pt",
        size=None,
        sha256="3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
    ),
    # Meta publishes neither sizes nor digests.
    **{
        f"dinov2-{model}": RemoteFile(
            url=f"https://dl.fbaipublicfiles.com/dinov2/dinov2_{model}/dinov2_{model}_pretrain.pth",
            name=f"dinov2_{model}_pretrain.pth",
            size=None,
            sha256=None,
        )
        for model in ("vitl14", "vitb14", "vits14")
    },
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
        canonical: it is the published file, or the first that was met where no digest is published.
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
        size: of the published file, in bytes; None where it is not published.
        sha256: that it must have: as published, or as recorded at first use; None where there is neither.
        path: where the file was found, or would be put.
        state: ``verified``, ``recorded`` (the digest is that of first use), ``unknown`` (there is nothing to compare it
            with yet), ``damaged`` (the digest differs) or ``missing``.
    """

    extractor: str
    name: str
    size: int | None
    sha256: str | None
    path: Path
    state: _State


def weights_directory() -> Path:
    """Return the directory that weights are downloaded into; XDG_CACHE_HOME moves it.

    Raises:
        InputError: no folder can have the name that was given.
    """
    return as_path(user_cache_path("ganmetrics", appauthor=False) / "weights")


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
        return _chosen_weights(extractor, as_path(Path(chosen).expanduser()))
    damaged = []
    for candidate in _candidates(extractor):
        if os.path.isfile(candidate):  # noqa: PTH113 - of a path out of reach too it says no
            digest = file_sha256(candidate)
            if _accepted(remote, digest):
                return FoundWeights(candidate, digest, canonical=True)
            _log.warning("not using damaged weights, their digest is not the %s one: %s", _authority(remote), candidate)
            damaged.append(str(candidate))
    if offline:
        found = f"; damaged, not used: {', '.join(damaged)}" if damaged else ""
        raise WeightsError(f"weights of {extractor} are missing, offline: {_remedy(extractor)}{found}")
    fetched = fetch_weights(extractor, progress=progress)
    return FoundWeights(fetched, remote.sha256 or file_sha256(fetched), canonical=True)


def fetch_weights(extractor: str, *, progress: Progress = silent) -> Path:
    """Return the path of the published weights in this library's cache, downloaded unless they are there already.

    Raises:
        WeightsError: the download fails, or brings something else.
        StorageError: the cache cannot be written.
        InputError: the extractor has no published weights.
    """
    remote = _published(extractor)
    cached = weights_directory() / remote.name
    if os.path.isfile(cached) and _accepted(remote, file_sha256(cached)):  # noqa: PTH113 - as above
        return cached
    expected = replace(remote, sha256=_needed_sha256(remote))
    try:
        path = download(expected, weights_directory(), progress=progress)
    except WeightsError as error:
        raise WeightsError(f"{error}; {_remedy(extractor)}") from None
    if expected.sha256 is None:
        _check_tensors(remote, path)
        _accepted(remote, file_sha256(path))
    return path


def verify_weights(extractor: str) -> WeightsStatus:
    """Return what is known of an extractor's published weights on this machine, after reading the whole file.

    Raises:
        InputError: the extractor has no published weights.
    """
    remote = _published(extractor)
    candidates = _candidates(extractor)
    states = {path: _state(remote, file_sha256(path)) for path in candidates if os.path.isfile(path)}  # noqa: PTH113 - as above
    usable = [path for path, state in states.items() if state != "damaged"]
    path = (usable or [*states] or candidates)[0]
    return WeightsStatus(extractor, remote.name, remote.size, _needed_sha256(remote), path, states.get(path, "missing"))


def list_weights() -> list[WeightsStatus]:
    """Return what is known of all published weights on this machine."""
    return [verify_weights(extractor) for extractor in PUBLISHED]


def _published(extractor: str) -> RemoteFile:
    if extractor not in PUBLISHED:
        raise InputError(f"weights are published for {', '.join(PUBLISHED)}; got {shown(extractor)}")
    return PUBLISHED[extractor]


def _check_tensors(remote: RemoteFile, path: Path) -> None:
    """Refuse, and remove, what a server sent in the place of weights, such as the page of a login."""
    try:
        read_state_dict(path)
    except WeightsError:
        path.unlink()
        raise WeightsError(f"{remote.url} must be weights; what came is no state dict and was removed") from None


def _needed_sha256(remote: RemoteFile) -> str | None:
    return remote.sha256 or recorded_sha256(weights_directory(), remote.name)


def _authority(remote: RemoteFile) -> str:
    return "recorded" if remote.sha256 is None else "published"


def _state(remote: RemoteFile, digest: str) -> _State:
    needed = _needed_sha256(remote)
    if needed is None:
        return "unknown"
    if digest != needed:
        return "damaged"
    return "recorded" if remote.sha256 is None else "verified"


def _accepted(remote: RemoteFile, digest: str) -> bool:
    """Tell whether a file under a published name may be used; where nothing is known of it, its digest is recorded."""
    state = _state(remote, digest)
    if state == "unknown":
        record_sha256(weights_directory(), remote.name, digest)
        _log.warning("%s has no published digest; recorded at first use: sha256 %s", remote.name, digest)
    return state != "damaged"


def _chosen_weights(extractor: str, path: Path) -> FoundWeights:
    remote = _published(extractor)
    digest = file_sha256(path)
    if path.name not in _names(extractor):
        return FoundWeights(path, digest, canonical=digest == _needed_sha256(remote))
    if not _accepted(remote, digest):
        raise WeightsError(f"{path} is damaged: it must have sha256 {_needed_sha256(remote)}; it has {digest}")
    return FoundWeights(path, digest, canonical=True)


def _candidates(extractor: str) -> list[Path]:
    hub = Path(torch.hub.get_dir()) / "checkpoints"
    return [weights_directory() / _published(extractor).name, *(hub / name for name in _names(extractor))]


def _names(extractor: str) -> tuple[str, ...]:
    return (_published(extractor).name, *ALIASES.get(extractor, ()))


def _remedy(extractor: str) -> str:
    remote = _published(extractor)
    size = f"{remote.size} bytes" if remote.size else "of unpublished size"
    digest = f"sha256 {_needed_sha256(remote)}" if _needed_sha256(remote) else "no published digest"
    return (
        f"put {remote.name} ({size}, {digest}) into {weights_directory()}, "
        f"or name it in {ENVIRONMENT} or with --weights, or use the extractor {IN_A_PACKAGE}"
    )
