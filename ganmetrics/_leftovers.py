"""What a killed process leaves of its writing is known by its name, and by a lock that has ended."""

import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCKS = sys.platform != "win32"
"""Windows has no such locks, and renames no open file."""

_LONGEST = 255
"""Bytes of a name on nearly every file system."""
_RANDOM = 16
"""Digits that make a name one of its own."""
_END = ".tmp"


def new_name(target: Path) -> Path:
    """Return the name, beside `target`, of what is to become it; nobody else has it."""
    return target.with_name(f"{_beginning(target)}{secrets.token_hex(8)}{_END}")


def remove_leftovers_of(target: Path) -> None:
    """Remove what processes that were killed left beside `target` when they wrote it.

    Whoever writes holds a lock, which ends with the process; what has a free lock has no writer.
    """
    pattern = re.compile(re.escape(_beginning(target)) + r"[0-9a-f]{16}" + re.escape(_END))
    with suppress(OSError):
        for path in target.parent.iterdir():
            if pattern.fullmatch(path.name):
                _remove_if_free(path)


@contextmanager
def locked_folder(path: Path) -> Iterator[None]:
    """Create a folder and hold its lock until the block ends.

    Raises:
        OSError: it cannot be created.
    """
    if not LOCKS:
        path.mkdir()
        yield
        return
    descriptor = _new_locked(path)
    try:
        yield
    finally:
        os.close(descriptor)


def lock(descriptor: int, *, wait: bool) -> bool:
    """Lock an open file or folder until it is closed; return whether it is locked now. Some file systems cannot."""
    if not LOCKS:
        return False
    import fcntl  # noqa: PLC0415 - there is none on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _beginning(target: Path) -> str:
    """Return how the names of all that is to become `target` begin.

    A name so long that no more would fit is cut, and the digest of the whole stands for the rest.
    """
    name = os.fsencode(target.name)
    if len(name) + len("..") + _RANDOM + len(_END) <= _LONGEST:
        return f".{target.name}."
    digest = hashlib.sha256(name).hexdigest()[:_RANDOM]
    kept = name[: _LONGEST - len(".~.") - 2 * _RANDOM - len(_END)]
    # A part of a character at the cut is left out.
    return f".{kept.decode(sys.getfilesystemencoding(), errors='ignore')}~{digest}."


def _new_locked(path: Path) -> int:
    while True:
        path.mkdir()
        # Between the steps another process may have taken it for a leftover: then once more.
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_RDONLY)
            lock(descriptor, wait=True)
            if path.is_dir():
                return descriptor
            os.close(descriptor)


def _remove_if_free(path: Path) -> None:
    # Another process may have removed it, or it may not be ours: it stays, and harms nothing.
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if not lock(descriptor, wait=False):
                return
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        finally:
            os.close(descriptor)
