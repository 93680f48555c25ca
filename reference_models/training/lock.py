"""One process trains in a run's folder at a time: it holds a lock on the folder, which ends with it however it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganmetrics import StorageError
from reference_models.errors import CheckpointError

try:
    import fcntl
except ImportError:  # Windows has no such locks, and opens no folder
    LOCKS = False
else:
    LOCKS = True


class FolderLock:
    """The lock of a run's folder, on the folder itself: no file is left that a copy of the run, or a check, would see.

    Where the system or the file system has no such locks, as Windows and some network drives, nothing is locked.

    Args:
        folder: of the run; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def take(self) -> None:
        """Lock the folder where it exists and this object has not locked it yet.

        Raises:
            CheckpointError: another process, or another call of this one, trains in it.
        """
        while LOCKS and self._descriptor is None and self._folder.is_dir():
            try:
                descriptor = os.open(self._folder, os.O_RDONLY)
            except OSError:  # whoever may not look into it is told so when it is read
                return
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                raise CheckpointError(
                    f"{self._folder} is in use: another train or resume is under way in it; wait for its end, "
                    f"or choose another folder"
                ) from None
            except OSError:  # of a file system without locks
                os.close(descriptor)
                return
            if self._is_of(descriptor):
                self._descriptor = descriptor
            else:  # it was removed, or replaced, before it was locked: then once more
                os.close(descriptor)

    def take_new(self) -> None:
        """Lock the folder, which is made where it does not exist.

        Raises:
            CheckpointError: another process trains in it.
            StorageError: it cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be made: {error.strerror or error}") from None
        self.take()

    def release(self) -> None:
        """Unlock the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _is_of(self, descriptor: int) -> bool:
        """Return whether what was locked is still the folder of that name."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._folder.stat())
        except OSError:
            return False


@contextmanager
def folder_lock(folder: Path) -> Iterator[FolderLock]:
    """Give the lock of a folder, free as yet; what the block takes of it is released at its end."""
    lock = FolderLock(folder)
    try:
        yield lock
    finally:
        lock.release()
