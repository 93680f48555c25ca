"""Files that are held in memory between their first use and their last, so that each is read once."""

import threading

from ganmetrics._members import has_members
from ganmetrics.data.decode import Stored
from ganmetrics.data.image_source import Digested, ImageSource, listing_of

HELD_BYTES = 512 * 2**20
"""What the files of all sides of a job may take: 10,000 images of CIFAR-10 are 10 MB, 1,000 photographs 100 to 500."""


class Room:
    """Bytes that several sets may take together; safe to use from several threads.

    >>> room = Room(10)
    >>> room.take(8), room.take(8), room.left
    (True, False, 2)
    """

    def __init__(self, size: int = HELD_BYTES) -> None:
        self.left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Take so many bytes; False, and nothing taken, where there are fewer."""
        with self._lock:
            if size > self.left:
                return False
            self.left -= size
            return True

    def give_back(self, size: int) -> None:
        """Give bytes back."""
        with self._lock:
            self.left += size


class HeldImages:
    """A source whose files are held from their first reading until `release`, as far as there is room.

    A run looks at every image before it extracts one. Without this each file would be read twice, over a network at
    twice the cost, and one that changed in between would be scored under the digest of another.

    >>> from ganmetrics.testing import write_images
    >>> import pathlib, tempfile
    >>> from ganmetrics.data.folders import FolderSource
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = write_images(pathlib.Path(folder), 2)
    ...     images = HeldImages(FolderSource(pathlib.Path(folder)), Room())
    ...     before = images.read(0)
    >>> images.read(0) == before, images.held(1)  # the folder is gone
    (True, None)
    """

    uniform_size = None

    def __init__(self, source: ImageSource, room: Room) -> None:
        self.name = source.name
        self.ignored = source.ignored
        self.listing = listing_of(source)
        self.source = source
        self._room = room
        self._files: dict[int, bytes] = {}
        self._released = False

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.source)

    def label(self, index: int) -> str:
        """Return what messages call an image."""
        return self.source.label(index)

    def class_of(self, index: int) -> str | None:
        """Return the class of an image, as the source does."""
        return self.source.class_of(index)

    def read(self, index: int) -> Stored:
        """Return an image as it is stored, from memory where it has been read before."""
        held = self._files.get(index)
        if held is not None:
            return held
        stored = self.source.read(index)
        self.hold(index, stored)
        return stored

    @property
    def holds_more(self) -> bool:
        """Whether another file may be held."""
        return not self._released and self._room.left > 0

    def held(self, index: int) -> bytes | None:
        """Return the bytes of a file that is held; None for any other."""
        return self._files.get(index)

    def hold(self, index: int, stored: Stored | None) -> None:
        """Hold the bytes of a file where there is room; what is no file lies in memory already."""
        wanted = not self._released and index not in self._files
        if isinstance(stored, bytes) and wanted and self._room.take(len(stored)):
            self._files[index] = stored

    def release(self) -> None:
        """Let go of all files, and hold none from now on."""
        self._released = True
        self._room.give_back(sum(map(len, self._files.values())))
        self._files = {}

    def __getstate__(self) -> dict[str, object]:
        """Leave the files behind when this goes to another process, which gets what it needs with its tasks."""
        return {**self.__dict__, "_files": {}, "_released": True, "_room": None}


def holding(source: ImageSource, room: Room) -> ImageSource:
    """Return images whose files are held; pixels in memory, and images of which a copy is kept, as they are."""
    return source if source.uniform_size is not None or has_members(source, Digested) else HeldImages(source, room)


def unheld(source: ImageSource) -> ImageSource:
    """Return the source itself: what goes to another process, with the files that are held sent one by one."""
    return source.source if isinstance(source, HeldImages) else source


def file_held(source: ImageSource, index: int) -> bytes | None:
    """Return the bytes of a file that is held; None where it is not."""
    return source.held(index) if isinstance(source, HeldImages) else None
