"""A zip of image files, read in place."""

import os
import stat
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from ganmetrics._text import clipped, one_line, shown
from ganmetrics.data.classes import (
    DATASET_JSON,
    Classes,
    classes_of_paths,
    folders_above_all,
    json_limit,
    read_dataset_json,
)
from ganmetrics.data.image_source import Listing
from ganmetrics.data.members import MEMBER_LIMIT, hidden_part, is_image_name, no_images
from ganmetrics.errors import InputError

_ENCRYPTED = 0x1


class ZipSource:
    """All image files in a zip archive, in the order of their paths and with the classes that `FolderSource` has.

    Every process opens the archive for itself: a descriptor shared after a fork would share its position.

    Raises:
        InputError: the file is no zip archive or holds no image; a member is encrypted, larger than `MEMBER_LIMIT`, or
            has a path that leads out of the archive; or its ``dataset.json`` does not fit the images.
    """

    uniform_size = None

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._opened: tuple[int, zipfile.ZipFile] | None = None
        try:
            with zipfile.ZipFile(path) as archive:
                listed = archive.infolist()
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path} cannot be opened as a zip archive: it says that a member's name is UTF-8, and it is not "
                f"({shown(error.object)})"
            ) from None
        # zipfile and struct each raise their own on damaged bytes.
        except Exception as error:
            raise InputError(f"{path} cannot be opened as a zip archive: {_reason(error)}") from None
        for member in listed:
            self._check_path(member)
        members = {path: member for path, member in self._by_path(listed).items() if not path.endswith("/")}
        visible = {path: member for path, member in members.items() if hidden_part(path) is None}
        images = {path: member for path, member in visible.items() if is_image_name(path)}
        for member in images.values():
            self._check_content(member, "images", MEMBER_LIMIT)
        self.ignored = len(visible) - len(images)
        if not images:
            raise no_images(path, self.ignored)
        self._members = sorted(images)
        # Where slashes lean as Windows' do, the archive knows a member by another name.
        self._stored_as = {path: member.filename for path, member in visible.items() if path != member.filename}
        self._classes = self._find_classes(visible)
        hidden = {hidden_part(path) for path in members} - {None}
        self.listing = Listing(self._classes.classes_from, self._classes.no_classes, len(hidden))

    def __len__(self) -> int:
        """Return the number of image files."""
        return len(self._members)

    def __getstate__(self) -> dict[str, object]:
        """Leave the open archive behind when the source goes to another process."""
        return {**self.__dict__, "_opened": None}

    def label(self, index: int) -> str:
        """Return the path of the archive and of the image in it."""
        return f"{self.name}::{self._members[index]}"

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file, whose checksum is verified."""
        return self._unpack(self._members[index])

    def class_of(self, index: int) -> str | None:
        """Return the label of an image, or its first-level folder where these are classes."""
        return self._classes.of(index)

    def member(self, index: int) -> str:
        """Return the path of an image in the archive."""
        return self._members[index]

    def _unpack(self, member: str) -> bytes:
        try:
            return self._archive().read(self._stored_as.get(member, member))
        except zipfile.BadZipFile as error:
            raise InputError("bad checksum in the archive" if "CRC" in str(error) else _reason(error)) from None
        # zipfile, zlib, lzma and struct each raise their own on damaged bytes.
        except Exception as error:
            raise InputError(f"cannot be unpacked: {_reason(error)}") from None

    def _find_classes(self, visible: Mapping[str, zipfile.ZipInfo]) -> Classes:
        # Beside the images, or beside their folder where that was packed with its name.
        places = [folder for folder in folders_above_all(self._members) if folder + DATASET_JSON in visible]
        if places:
            member = places[0] + DATASET_JSON
            self._check_content(visible[member], f"a {DATASET_JSON}", json_limit(len(self._members)))
            name = f"{self.name}::{member}"
            try:
                data = self._unpack(member)
            except InputError as error:
                raise InputError(f"{name}: {error}") from None
            labelled = read_dataset_json(data, [path[len(places[0]) :] for path in self._members], name)
            if labelled is not None:
                self.ignored -= 1
                return labelled
        return classes_of_paths(self._members)

    def _archive(self) -> zipfile.ZipFile:
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, zipfile.ZipFile(self._path)
        return self._opened[1]

    def _by_path(self, listed: Sequence[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """Return the members by their paths with forward slashes.

        Raises:
            InputError: two lean their slashes differently and have one path then.
        """
        found: dict[str, zipfile.ZipInfo] = {}
        for member in listed:
            path = member.filename.replace("\\", "/")
            if found.setdefault(path, member).filename != member.filename:
                raise InputError(f"{self.name} holds {clipped(path)} twice, once with backslashes")
            found[path] = member
        return found

    def _check_path(self, member: zipfile.ZipInfo) -> None:
        name = member.filename
        if not name:
            raise InputError(f"{self.name} has a member without a name")
        # Windows' rules are checked too: an archive should mean the same everywhere.
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in PureWindowsPath(name).parts:
            raise InputError(f"{self.name} has a member whose path leads out of the archive: {clipped(name)}")

    def _check_content(self, member: zipfile.ZipInfo, kind: str, limit: int) -> None:
        name = member.filename
        if stat.S_ISLNK(member.external_attr >> 16):
            raise InputError(f"{self.name} has a member that is a link: {clipped(name)}")
        if member.flag_bits & _ENCRYPTED:
            raise InputError(f"{self.name} needs to be without a password; {clipped(name)} is encrypted")
        if member.file_size > limit:
            raise InputError(
                f"{self.name} may hold {kind} of up to {limit:,} bytes; {clipped(name)} unpacks to {member.file_size:,}"
            )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return one_line(error)
