"""Files at an address: fetched once, recorded, and from then on needed to be the same."""

import hashlib
import logging
import re
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from platformdirs import user_cache_path

from ganmetrics._files import as_path, atomic_write
from ganmetrics._text import one_line, shown
from ganmetrics._types import Progress, silent
from ganmetrics.errors import GanMetricsError, InputError, StaleStatistics, WeightsError
from ganmetrics.features.download import HEADERS, RemoteFile, download
from ganmetrics.features.first_use import record_sha256, recorded_sha256
from ganmetrics.features.state_dict import file_sha256
from ganmetrics.optional import require

logger = logging.getLogger(__name__)

STORES = ("s3", "gs", "gcs", "hf")
"""Schemes that fsspec opens, with the package of each: s3fs, gcsfs, huggingface_hub."""
WEB = ("https", "http")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that plain http is allowed of: what comes from there has crossed no network."""
PIN = "sha256="
"""What follows the # of an address whose digest the caller knows."""
TIMEOUT = 30.0
_HEX = frozenset("0123456789abcdef")
_DIGEST = 64
# Two letters or more: C:// is a drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_remote(source: object) -> bool:
    """Tell whether a source is the address of a file elsewhere.

    >>> is_remote("https://example.org/a.npz"), is_remote("s3://bucket/a.npz"), is_remote("folder/a.npz")
    (True, True, False)
    """
    return isinstance(source, str) and _SCHEME.match(source) is not None


def remote_directory() -> Path:
    """Return where files from elsewhere are kept, beside the cache of statistics; `XDG_CACHE_HOME` moves it."""
    return as_path(user_cache_path("ganmetrics", appauthor=False) / "remote")


def fetch_remote(
    address: str, *, sha256: str | None = None, offline: bool = False, progress: Progress = silent
) -> tuple[Path, str]:
    """Return the local copy of a file at an address, and its digest.

    The digest of the first copy is recorded. A copy that is damaged later is fetched again, and what comes must have
    the recorded digest, or the one that is known: ``sha256``, or ``#sha256=...`` at the end of the address.

    Args:
        address: of scheme ``https`` (``http`` of this machine only), ``s3``, ``gs`` or ``hf``.
        sha256: the digest that the file must have.
        offline: never fetch.
        progress: shows how much has come.

    Raises:
        InputError: the address is not of this kind, cannot be reached or has no such file, or nothing may be fetched.
        StaleStatistics: the file has another digest than the one that is recorded or known; nothing of it is kept.
        StorageError: the cache cannot be written.
    """
    url, pinned = _split_pin(address)
    scheme = _checked_scheme(url)
    directory, name = remote_directory(), _local_name(url)
    needed = sha256 or pinned or recorded_sha256(directory, name)
    path = directory / name
    if path.is_file():
        digest = file_sha256(path)
        if needed in (None, digest):
            _record(directory, name, digest)
            return path, digest
        if needed != recorded_sha256(directory, name):
            raise StaleStatistics(f"{url} must have sha256 {needed}; the copy {path} has {digest}")
        logger.warning("damaged copy of %s, fetched again: %s", url, path)
    if offline:
        raise InputError(f"{url} is needed and nothing may be fetched (--offline): put the file at {path}")
    logger.info("fetching %s", url)
    fetch = _from_web if scheme in WEB else _from_store
    try:
        fetch(url, path, needed, progress)
        digest = file_sha256(path)
    except WeightsError as error:
        raise _as_of_statistics(error) from None
    _record(directory, name, digest)
    return path, digest


def _as_of_statistics(error: WeightsError) -> GanMetricsError:
    """Return what the download of weights has found, as it is said of statistics."""
    kind = StaleStatistics if "must have sha256" in str(error) else InputError
    return kind(str(error))


def _record(directory: Path, name: str, digest: str) -> None:
    if recorded_sha256(directory, name) is None:
        record_sha256(directory, name, digest)


def _split_pin(address: str) -> tuple[str, str | None]:
    """Return an address without its fragment, and the digest in that."""
    url, hash_, fragment = address.partition("#")
    if not hash_:
        return url, None
    digest = fragment.removeprefix(PIN).lower()
    if not fragment.startswith(PIN) or len(digest) != _DIGEST or not set(digest) <= _HEX:
        raise InputError(f"an address may end in #{PIN} and 64 hexadecimal digits; got {shown(fragment)}")
    return url, digest


def _checked_scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise InputError(f"an address must be one; got {shown(url)}: {one_line(error)}") from None
    if parts.scheme not in WEB + STORES:
        known = ", ".join(f"{scheme}://" for scheme in (WEB[0], *STORES))
        raise InputError(f"an address must begin with one of {known}; got {shown(url)}")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise InputError(f"an address must be https, so that nobody can change what comes; got {shown(url)}")
    if not host or not parts.path.strip("/"):
        raise InputError(f"an address must name a file; got {shown(url)}")
    return parts.scheme


def _local_name(url: str) -> str:
    """Return a name of its own for each address, with the file's at its end: what is in a file is told by extension."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)
    return f"{hashlib.sha256(url.encode()).hexdigest()[:16]}-{kept[-80:]}"


def _from_web(url: str, path: Path, sha256: str | None, progress: Progress) -> None:
    final, size = _asked(url)
    download(RemoteFile(final, path.name, size, sha256), path.parent, progress=progress)


def _asked(url: str) -> tuple[str, int | None]:
    """Return where an address leads, and the size that the server gives for the file there.

    Raises:
        InputError: it leads from https to something else, or does not answer.
    """
    request = urllib.request.Request(url, headers=HEADERS, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # nosec B310  # https, or this machine
            final, length = str(response.geturl()), response.headers.get("Content-Length") or ""
    # Whatever the network, the server or its certificate is not: http.client and ssl raise their own.
    except Exception as error:
        reason = getattr(error, "reason", None)
        raise InputError(f"cannot fetch {url}: {' '.join(str(reason or error).split())}") from None
    if final != url and _checked_scheme(final) != urlsplit(url).scheme:
        raise InputError(f"{url} leads to {shown(final)}, which is not {urlsplit(url).scheme}")
    return final, int(length) if length.isdecimal() else None


def _from_store(url: str, path: Path, sha256: str | None, progress: Progress) -> None:
    opened = _open_store(url)
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opened as remote, atomic_write(path) as file, progress(total=1, stage=f"fetching {path.name}") as advance:
            shutil.copyfileobj(remote, _Both(file.write, digest.update))
            # Checked within, so that no wrong file takes the name.
            _check_digest(url, digest.hexdigest(), sha256)
            advance(1)
    except GanMetricsError:
        raise
    # Each store's package raises its own: of credentials, of names, of the network.
    except Exception as error:
        raise InputError(f"cannot fetch {url}: {one_line(error) or type(error).__name__}") from None


def _check_digest(url: str, digest: str, sha256: str | None) -> None:
    if sha256 not in (None, digest):
        raise StaleStatistics(f"{url} must have sha256 {sha256}; what came has {digest} and was not kept")


def _open_store(url: str) -> Any:  # noqa: ANN401 - fsspec has no types
    module = require("fsspec", extra="remote", user=f"an address of {urlsplit(url).scheme}://")
    try:
        return module.open(url, "rb")
    except ImportError as error:
        raise InputError(f'{url} needs a package: {one_line(error)} (pip install "ganmetrics[remote]")') from None
    except Exception as error:  # as above
        raise InputError(f"cannot fetch {url}: {one_line(error) or type(error).__name__}") from None


class _Both:
    """A file that is written and hashed at once."""

    def __init__(self, *sinks: Callable[[bytes], object]) -> None:
        self._sinks = sinks

    def write(self, data: bytes) -> int:
        """Give the data to each sink."""
        for sink in self._sinks:
            sink(data)
        return len(data)
