"""Tar archives of image files, read in place: of a folder, or shards that webdataset wrote."""

import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

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
from ganmetrics.data.label_file import LABEL_COLUMNS
from ganmetrics.data.members import MEMBER_LIMIT, hidden_part, is_image_name, no_images
from ganmetrics.errors import InputError

_BLOCK = 512
_LABEL_SUFFIXES = (".cls", ".json")
_SPARSE = "GNU.sparse."
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


@dataclass(frozen=True)
class Member:
    """A file in a tar: its path, and where its bytes lie.

    Attributes:
        archive: the number of the tar among those of a source.
        path: in the archive.
        offset: of its first byte.
        size: in bytes.
    """

    archive: int
    path: str
    offset: int
    size: int

    @property
    def sample(self) -> tuple[int, str]:
        """What webdataset calls the key: the path up to the first dot of the file's name."""
        folder, slash, file = self.path.rpartition("/")
        return self.archive, folder + slash + file.partition(".")[0]


class TarSource:
    """All image files in one or several uncompressed tars: tar after tar, each in the order of its paths.

    A class is the label in a ``dataset.json``, as in a folder; or a sample's ``.cls``, or the ``label`` of its
    ``.json``, as webdataset keeps them beside the image of the same name; without such, the first-level folders.

    Raises:
        InputError: a file is no tar, compressed, cut short, or several in one; it holds no image, a path twice, a link,
            a sparse file, or a path that leads out of it; or a sample has two images, or no label where others have
            one.
    """

    uniform_size = None

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        self.name = name
        self._paths = tuple(paths)
        members = [member for number, path in enumerate(paths) for member in _members(path, number)]
        visible = [member for member in members if hidden_part(member.path) is None]
        images = [member for member in visible if is_image_name(member.path)]
        self.ignored = len(visible) - len(images)
        if not images:
            raise no_images(name, self.ignored)
        self._members = images
        hidden = {(member.archive, hidden_part(member.path)) for member in members if hidden_part(member.path)}
        self._classes = self._find_classes(visible)
        self.listing = Listing(self._classes.classes_from, self._classes.no_classes, len(hidden))

    def __len__(self) -> int:
        """Return the number of image files."""
        return len(self._members)

    def label(self, index: int) -> str:
        """Return the path of the archive and of the image in it."""
        member = self._members[index]
        return f"{self._paths[member.archive]}::{member.path}"

    def member(self, index: int) -> str:
        """Return the path of an image in its archive."""
        return self._members[index].path

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file."""
        return self._read(self._members[index], MEMBER_LIMIT)

    def class_of(self, index: int) -> str | None:
        """Return the label of an image, or its first-level folder where these are classes."""
        return self._classes.of(index)

    def _read(self, member: Member, limit: int) -> bytes:
        if member.size > limit:
            raise InputError(f"it has {member.size:,} bytes, more than {limit:,}")
        try:
            with self._paths[member.archive].open("rb") as file:
                file.seek(member.offset)
                data = file.read(member.size)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None
        if len(data) != member.size:
            raise InputError("truncated")
        return data

    def _find_classes(self, visible: Sequence[Member]) -> Classes:
        labelled = self._from_dataset_json(visible)
        if labelled is not None:
            return labelled
        for suffix in _LABEL_SUFFIXES:
            beside = {member.sample: member for member in visible if member.path.lower().endswith(suffix)}
            first = beside.get(self._members[0].sample)
            # The first sample tells whether there are labels: reading a million captions would take minutes.
            if first is None or self._label_in(first) is None:
                continue
            self.ignored -= len(beside)
            self._check_samples()
            return Classes(tuple(self._label_of(image, beside, suffix) for image in self._members), f"{suffix} members")
        self._check_whole_samples()
        return classes_of_paths([member.path for member in self._members])

    def _from_dataset_json(self, visible: Sequence[Member]) -> Classes | None:
        """Return the classes of a ``dataset.json`` beside the images or their folder, of each tar its own."""
        found = []
        for number, path in enumerate(self._paths):
            paths = [member.path for member in self._members if member.archive == number]
            own = {member.path: member for member in visible if member.archive == number}
            places = [place for place in folders_above_all(paths or [""]) if place + DATASET_JSON in own]
            if not paths or not places:
                continue
            member, name = own[places[0] + DATASET_JSON], f"{path}::{places[0]}{DATASET_JSON}"
            try:
                data = self._read(member, json_limit(len(paths)))
            except InputError as error:
                raise InputError(f"{name}: {error}") from None
            labelled = read_dataset_json(data, [one[len(places[0]) :] for one in paths], name)
            if labelled is not None:
                self.ignored -= 1
                found.append((number, labelled))
        if not found:
            return None
        named = {number: labelled.names for number, labelled in found}
        without = [number for number in {member.archive for member in self._members} if named.get(number) is None]
        if not without:
            return Classes(tuple(name for number in sorted(named) for name in named[number] or ()), DATASET_JSON)
        if any(names is not None for names in named.values()):
            raise InputError(
                f"{self.name} needs a {DATASET_JSON} with labels in each tar; {self._paths[without[0]]} has none"
            )
        return found[0][1]

    def _label_of(self, image: Member, beside: Mapping[tuple[int, str], Member], suffix: str) -> str:
        member = beside.get(image.sample)
        label = None if member is None else self._label_in(member)
        if label is None:
            path = self._paths[image.archive]
            raise InputError(f"{path} needs a label in a {suffix} member for each image; {image.path} has none")
        return label

    def _check_whole_samples(self) -> None:
        """Refuse samples of several images each where there are no labels: the same parts in each are no numbers."""
        parts: dict[tuple[int, str], list[str]] = {}
        for image in self._members:
            parts.setdefault(image.sample, []).append(image.path[len(image.sample[1]) :])
        first = next(iter(parts.values()))
        numbered = all(part.split(".")[1].isdecimal() for part in first)
        if len(parts) > 1 and len(first) > 1 and not numbered and all(found == first for found in parts.values()):
            self._check_samples()

    def _check_samples(self) -> None:
        """Refuse masks and the like: of two images in a sample, one is not of the set."""
        seen: dict[tuple[int, str], Member] = {}
        for image in self._members:
            other = seen.setdefault(image.sample, image)
            if other is not image:
                path = self._paths[image.archive]
                raise InputError(
                    f"{path} needs one image a sample; {image.sample[1]} has {other.path} and {image.path}"
                )

    def _label_in(self, member: Member) -> str | None:
        """Return the label in a ``.cls`` or ``.json`` member; None for a ``.json`` without one."""
        name = f"{self._paths[member.archive]}::{member.path}"
        try:
            text = self._read(member, json_limit(1)).decode()
        except (InputError, UnicodeDecodeError) as error:
            raise InputError(f"{name}: {error}") from None
        if member.path.lower().endswith(".cls"):
            if not text.strip() or len(text.split("\n")) > 2:  # noqa: PLR2004 - a last line break
                raise InputError(f"{name} needs to hold one label; got {shown(text[:40])}")
            return text.strip()
        try:
            stored = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError(f"{name} cannot be read as JSON") from None
        found = [stored[key] for key in LABEL_COLUMNS if key in stored] if isinstance(stored, dict) else []
        usable = found and isinstance(found[0], int | str) and not isinstance(found[0], bool)
        return str(found[0]) if usable else None


def open_tar(path: Path) -> TarSource:
    """Return a source of the images of one tar."""
    return TarSource((path,), str(path))


def _members(path: Path, number: int) -> list[Member]:
    """Return the files of a tar in the order of their paths, after checking that it is whole."""
    try:
        with path.open("rb") as file:
            _check_start(file, path)
            with tarfile.TarFile(fileobj=file) as archive:
                infos = archive.getmembers()
                end = archive.offset
            _check_end(file, path, end)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    # Beside its own errors tarfile lets through what odd headers end in: ValueError, OverflowError, RecursionError...
    except Exception as error:
        raise InputError(f"{path} cannot be read as a tar: {one_line(error)}") from None
    found: dict[str, Member] = {}
    for info in infos:
        if info.isdir():
            continue
        member = Member(number, str(PurePosixPath(info.name)), info.offset_data, info.size)
        _check_member(info, path)
        if member.path in found:
            raise InputError(f"{path} holds {clipped(member.path)} twice")
        found[member.path] = member
    return [found[name] for name in sorted(found)]


def _check_start(file: IO[bytes], path: Path) -> None:
    if file.read(_BLOCK).startswith(_COMPRESSED):
        raise InputError(f"{path} is compressed, and a compressed tar cannot be read in place: unpack it")
    file.seek(0)


def _check_end(file: IO[bytes], path: Path, end: int) -> None:
    """Refuse a tar that is cut between two members, which reads like a shorter one, or goes on after its end."""
    file.seek(end)
    size, empty = 0, True
    while block := file.read(1 << 20):
        size, empty = size + len(block), empty and not any(block)
    if size < _BLOCK:
        raise InputError(f"{path} is truncated: it has no end")
    if not empty:
        raise InputError(f"{path} goes on after its end or is damaged; two tars joined into one need to be two files")


def _check_member(info: tarfile.TarInfo, path: Path) -> None:
    name = info.name
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in PureWindowsPath(name).parts:
        raise InputError(f"{path} has a member whose path leads out of the archive: {clipped(name)}")
    if not info.isreg():
        raise InputError(f"{path} has a member that is a link or no regular file: {clipped(name)}")
    # Its bytes lie in the archive without the runs of zeros, after a map of these.
    if info.issparse() or any(key.startswith(_SPARSE) for key in info.pax_headers):
        raise InputError(
            f"{path} needs members that are stored whole; {clipped(name)} is sparse: pack it without tar's --sparse"
        )
    if info.size < 0:
        raise InputError(f"{path} is damaged: {clipped(name)} has {info.size:,} bytes")
    if is_image_name(name) and info.size > MEMBER_LIMIT:
        raise InputError(f"{path} may hold images of up to {MEMBER_LIMIT:,} bytes; {clipped(name)} has {info.size:,}")
