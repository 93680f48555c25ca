"""One file over HTTP: resumed where it stopped, checked before it takes its name.

Several processes may download the same file at once (the ranks of a training job do). Each writes a part of its own, so
none can spoil another's; the last rename wins, and every one of them puts the same verified bytes. A part that was left
behind is taken over by renaming it, which only one process can do.
"""

import http.client
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ganmetrics._types import Progress, silent
from ganmetrics.errors import GanMetricsError, StorageError, WeightsError
from ganmetrics.features.state_dict import file_sha256

CHUNK = 1 << 18
HEADERS = {"User-Agent": "ganmetrics", "Accept-Encoding": "identity"}
PARTIAL_CONTENT = 206
RANGE_NOT_SATISFIABLE = 416
TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
"""HTTP statuses that may pass; every other error is final."""
ABANDONED_AFTER = 3600.0
"""Seconds without a write after which a part has no live owner: a download without data gives up long before."""


@dataclass(frozen=True)
class RemoteFile:
    """A file to download, with what it must be when it has arrived.

    Attributes:
        url: where it is.
        name: the name that it is stored under.
        size: in bytes; None where it is not published, and the server is asked.
        sha256: in hexadecimal; None where it is not published, and only the size is checked.
    """

    url: str
    name: str
    size: int | None
    sha256: str | None


class _InterruptedDownload(Exception):
    """The connection ended early, or the server asked for patience: trying again may help."""


class _Unreachable(_InterruptedDownload):
    """No connection to the server came about."""


def download(
    remote: RemoteFile,
    directory: Path,
    *,
    progress: Progress = silent,
    attempts: int = 5,
    timeout: float = 30.0,
    pause: float = 1.0,
) -> Path:
    """Return the path of a file in `directory`, downloaded and verified.

    What an earlier call left incomplete is continued. Proxies are taken from the environment.

    Args:
        remote: the file.
        directory: where it is put; made if missing.
        progress: told of the bytes as they come.
        attempts: connections to try before giving up.
        timeout: seconds to wait for the server's next bytes.
        pause: seconds before the second attempt; doubled before each further one.

    Raises:
        WeightsError: the server has no such file or cannot be reached, or the file is not the one expected, in which
            case nothing of it is kept.
        StorageError: the directory cannot be written.
    """
    target = directory / remote.name
    size = _asked_size(remote.url, timeout=timeout) if remote.size is None else remote.size
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _own_part(target) as part, progress(total=size, stage=f"downloading {remote.name}") as advance:
            transfer = _Transfer(remote.url, size, part, _Meter(advance), timeout)
            _complete(transfer, attempts=attempts, pause=pause)
            _verify(remote, part)
            part.replace(target)
    except GanMetricsError:
        raise
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror or error}") from None
    return target


@contextmanager
def _own_part(target: Path) -> Iterator[Path]:
    """Give a part that no other process writes to, and leave what it holds for the next attempt."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(8)}.part")
    left = target.with_name(f"{target.name}.part")
    for candidate in (left, *target.parent.glob(f"{target.name}.*.part")):
        if candidate == left or _is_abandoned(candidate):
            try:
                candidate.rename(part)
                break
            except FileNotFoundError:
                continue
    try:
        yield part
    finally:
        if part.exists():
            part.replace(left)


def _is_abandoned(part: Path) -> bool:
    try:
        return time.time() - part.stat().st_mtime > ABANDONED_AFTER
    except FileNotFoundError:
        return False


class _Meter:
    """Reports each byte of the file once, also when the download has to start over."""

    def __init__(self, advance: Callable[[int], object]) -> None:
        self._advance = advance
        self._reported = 0

    def reached(self, position: int) -> None:
        if position > self._reported:
            self._advance(position - self._reported)
            self._reported = position


@dataclass(frozen=True)
class _Transfer:
    """A file on its way: from where, how long, into which part."""

    url: str
    size: int
    part: Path
    meter: _Meter
    timeout: float


def _complete(transfer: _Transfer, *, attempts: int, pause: float) -> None:
    for attempt in range(attempts):
        try:
            _continue(transfer)
        except _InterruptedDownload as interruption:
            # A server that was never reached is not tried again: without a network, the answer should come at once.
            if attempt == attempts - 1 or (attempt == 0 and isinstance(interruption, _Unreachable)):
                tries = "1 attempt" if attempt == 0 else f"{attempt + 1} attempts"
                raise WeightsError(f"cannot download {transfer.url}: {interruption} ({tries})") from None
            time.sleep(pause * 2**attempt)
        else:
            return


def _continue(transfer: _Transfer) -> None:
    """Append to the part what is missing of it, over one connection."""
    part, meter, size = transfer.part, transfer.meter, transfer.size
    start = part.stat().st_size if part.exists() else 0
    if start > size:
        part.unlink()
        start = 0
    if start == size:
        meter.reached(start)
        return
    with _open(transfer.url, start, part, timeout=transfer.timeout) as response:
        # A server without ranges answers 200 with the whole file: then the part starts over.
        resumed = response.status == PARTIAL_CONTENT and _starts_at(response, start)
        with part.open("ab" if resumed else "wb") as file:
            position = start if resumed else 0
            meter.reached(position)
            while chunk := _read(response):
                position += len(chunk)
                if position > size:
                    break
                file.write(chunk)
                meter.reached(position)
    if position > size:
        part.unlink()
        raise WeightsError(f"{transfer.url} must have {size} bytes; the server sent more")
    if position < size:
        raise _InterruptedDownload(f"the connection ended after {position} of {size} bytes")


def _asked_size(url: str, *, timeout: float) -> int:
    """Return the size that the server gives for a file, without the file.

    Raises:
        WeightsError: the server cannot be reached, has no such file, or does not say.
    """
    request = urllib.request.Request(url, headers=HEADERS, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # ours, all https  # nosec B310
            length = response.headers.get("Content-Length") or ""
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise WeightsError(f"cannot download {url}: {reason or type(error).__name__}") from None
    if not length.isdecimal():
        raise WeightsError(f"cannot download {url}: the server does not say how long it is")
    return int(length)


def _open(url: str, start: int, part: Path, *, timeout: float) -> http.client.HTTPResponse:
    headers = dict(HEADERS)
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(  # the URLs are ours, all of them https  # nosec B310
            urllib.request.Request(url, headers=headers), timeout=timeout
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise _InterruptedDownload("the server refused to continue the download") from None
        if error.code in TEMPORARY:
            raise _InterruptedDownload(f"HTTP {error.code} {error.reason}") from None
        raise WeightsError(f"cannot download {url}: HTTP {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise _Unreachable(str(reason) or type(error).__name__) from None
    return response


def _starts_at(response: http.client.HTTPResponse, start: int) -> bool:
    return (response.headers.get("Content-Range") or "").startswith(f"bytes {start}-")


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedDownload(str(error) or type(error).__name__) from None


def _verify(remote: RemoteFile, part: Path) -> None:
    if remote.sha256 is None:
        return
    digest = file_sha256(part)
    if digest != remote.sha256:
        part.unlink()
        raise WeightsError(f"{remote.url} must have sha256 {remote.sha256}; what came has {digest} and was removed")
