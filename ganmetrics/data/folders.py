"""A folder of image files, with or without class folders."""

import os
import stat
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganmetrics._files import check_readable, open_at_once, read_regular
from ganmetrics.data.classes import (
    DATASET_JSON,
    Classes,
    classes_of_paths,
    folders_above_all,
    json_limit,
    read_dataset_json,
)
from ganmetrics.data.image_source import Listing
from ganmetrics.data.members import MEMBER_LIMIT, is_hidden, is_image_name, no_images
from ganmetrics.errors import InputError


class FolderSource:
    """All image files under a folder, however deep.

    The order is that of the relative paths with forward slashes, compared as strings by code point: the same on every
    machine and file system, and the same as that of a zip of the folder. Hidden files and what systems keep beside
    images, such as thumbnails, are passed over and counted, and so are files without the extension of an image. Links
    are followed; a linked file that the folder holds already, directly or through an earlier link, is not taken again.

    Classes are the labels of a ``dataset.json``, as StyleGAN's and EDM's tools write it; without one, the first-level
    folders where they do more than number the files.

    Raises:
        InputError: there is no such folder, it holds no image, or a folder in it cannot be read; or its
            ``dataset.json`` does not fit the images.
    """

    uniform_size = None

    def __init__(self, root: Path) -> None:
        self.name = str(root)
        self._root = root
        found = _Walk(root)
        self._paths = found.images()
        # 8 bytes an image: a million of them are few.
        self._stamps = array("q", map(found.stamp, self._paths))
        self.ignored = found.ignored
        if not self._paths:
            raise no_images(root, self.ignored)
        self._classes = self._find_classes()
        self.listing = Listing(self._classes.classes_from, self._classes.no_classes, found.hidden)

    def __len__(self) -> int:
        """Return the number of image files."""
        return len(self._paths)

    def label(self, index: int) -> str:
        """Return the path of an image."""
        return str(self._root / self._paths[index])

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file, which must be the one that was listed.

        Files that are too many to be held are read twice, for the digest of the set and for its features; one that
        changes in between would be scored, and kept, under the digest of another.
        """
        try:
            # A pipe that has taken the file's place must not be waited for.
            with open(self._root / self._paths[index], "rb", opener=open_at_once) as file:
                status = os.fstat(file.fileno())
                if _stamp(status) != self._stamps[index]:
                    raise InputError("cannot be read: it has changed since the folder was listed")
                check_readable(status, MEMBER_LIMIT)
                return file.read()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None

    def class_of(self, index: int) -> str | None:
        """Return the label of an image, or its first-level folder where these are classes."""
        return self._classes.of(index)

    def member(self, index: int) -> str:
        """Return the path of an image in the folder."""
        return self._paths[index]

    def _find_classes(self) -> Classes:
        # Beside the images, or beside their folder where that was unpacked with its name.
        places = [place for place in folders_above_all(self._paths) if (self._root / place / DATASET_JSON).is_file()]
        if places:
            file = self._root / places[0] / DATASET_JSON
            try:
                data = read_regular(file, json_limit(len(self._paths)))
            except OSError as error:
                raise InputError(f"{file} cannot be read: {error.strerror}") from None
            labelled = read_dataset_json(data, [path[len(places[0]) :] for path in self._paths], str(file))
            if labelled is not None:
                self.ignored -= 1
                return labelled
        return classes_of_paths(self._paths)


class _Walk:
    """What lies under a folder: regular image files, links to such, and the number of other files."""

    def __init__(self, root: Path) -> None:
        self.ignored = 0
        self.hidden = 0
        self._files: dict[str, tuple[int, int]] = {}
        self._links: dict[str, tuple[int, int]] = {}
        self._broken: list[str] = []
        self._stamps: dict[str, int] = {}
        self._through_links: set[tuple[int, int]] = set()
        # A list of what to enter, not calls: folders may lie in each other deeper than calls can.
        waiting = [_Folder(root, "", frozenset(), linked=False)]
        while waiting:
            waiting += reversed(list(self._enter(waiting.pop())))

    def images(self) -> list[str]:
        """Return the relative paths of the images in order, each file once."""
        taken = set(self._files.values())
        kept = [*self._files, *self._broken]
        for path, identity in sorted(self._links.items()):
            if identity not in taken:
                taken.add(identity)
                kept.append(path)
        return sorted(kept)

    def stamp(self, path: str) -> int:
        """Return what tells a change of a file: of its size and its time."""
        return self._stamps.get(path, 0)

    def _enter(self, folder: "_Folder") -> Iterator["_Folder"]:
        """Take what lies in a folder, and yield the folders in it in the order of their paths."""
        try:
            identity = _identity(folder.path.stat())
            if identity in folder.above:
                return  # a link to a folder that holds it
            if folder.linked:
                # Among folders that link to each other there are more paths than could ever be walked. All of them lead
                # to the same files, and the first by name is the one that such a file is taken under.
                if identity in self._through_links:
                    return
                self._through_links.add(identity)
            with os.scandir(folder.path) as listing:
                entries = list(listing)
        except OSError as error:
            raise InputError(f"{folder.path} cannot be listed: {error.strerror}") from None
        inner, above = list[_Folder](), folder.above | {identity}
        for entry in entries:
            if is_hidden(entry.name):
                self.hidden += 1
                continue
            path, through_link = folder.prefix + entry.name, folder.linked or entry.is_symlink()
            status = _status(Path(entry.path))
            if status is not None and stat.S_ISDIR(status.st_mode):
                inner.append(_Folder(Path(entry.path), f"{path}/", above, linked=through_link))
            elif not is_image_name(entry.name):
                self.ignored += 1
            elif status is None:
                self._broken.append(path)  # the audit reports it as unreadable
            elif stat.S_ISREG(status.st_mode):
                (self._links if through_link else self._files)[path] = _identity(status)
                self._stamps[path] = _stamp(status)
            else:
                self.ignored += 1
        yield from sorted(inner, key=lambda one: one.prefix)


@dataclass(frozen=True)
class _Folder:
    """A folder to be entered.

    Attributes:
        path: of it.
        prefix: of the relative paths in it.
        above: the folders that it lies in.
        linked: whether a link leads to it.
    """

    path: Path
    prefix: str
    above: frozenset[tuple[int, int]]
    linked: bool


def _status(path: Path) -> os.stat_result | None:
    """Return what lies at a path, through links; None for a link to nothing, to itself or to a place out of reach."""
    try:
        # Not that of the directory entry, which on Windows has no number.
        return path.stat()
    except OSError:
        return None


def _stamp(status: os.stat_result) -> int:
    """Return one number of a file's size and time of change; not of its number, which some file systems make up."""
    return hash((status.st_size, status.st_mtime_ns))


def _identity(status: os.stat_result) -> tuple[int, int]:
    """Return device and number of a file, which two paths to it share."""
    return status.st_dev, status.st_ino
