"""Folders, zips and npz files of images, written one image at a time and whole or not at all."""

import io
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganmetrics import StorageError, shown

_Pixels = npt.NDArray[np.uint8]


class Writer(Protocol):
    """Takes images in order."""

    def add(self, images: _Pixels, labels: list[int] | None) -> None:
        """Write images, uint8 [n, h, w, 3], and their classes."""
        ...


@contextmanager
def open_writer(out: Path, *, count: int, size: int, class_names: tuple[str, ...]) -> Iterator[Writer]:
    """Give a writer whose output appears under its name when the block ends, and only if all of it was written.

    Args:
        out: a new folder, or a new .zip or .npz.
        count: images that will come.
        size: their height and width.
        class_names: folders of the classes; empty without.

    Raises:
        StorageError: the output exists, cannot be written, or a class has a name that no folder can have.
    """
    check_new(out)
    kind = out.suffix.lower()
    if kind != ".npz":
        _check_names(class_names)
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(8)}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".npz":
            with _npz(temporary, count=count, size=size, labelled=bool(class_names)) as npz:
                yield npz
        elif kind == ".zip":
            with zipfile.ZipFile(temporary, "x") as archive:
                yield ZipWriter(archive, class_names)
        else:
            temporary.mkdir()
            yield FolderWriter(temporary, class_names)
        check_new(out)
        temporary.rename(out)
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror or error}") from None
    finally:
        _remove(temporary)


def check_new(out: Path) -> None:
    """Refuse an output that exists.

    Raises:
        StorageError: it does.
    """
    if out.exists() or out.is_symlink():
        raise StorageError(f"--out needs a new name; {out} exists")


class FolderWriter:
    """Numbered PNG files, in a folder for each class where there are classes."""

    def __init__(self, folder: Path, class_names: tuple[str, ...]) -> None:
        self._folder, self._class_names, self._written = folder, class_names, 0

    def add(self, images: _Pixels, labels: list[int] | None) -> None:
        """Write images, uint8 [n, h, w, 3], and their classes."""
        for index, image in enumerate(images):
            path = self._folder / _member(self._class_names, labels, index, self._written)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(_png(image))
            self._written += 1


class ZipWriter:
    """The same files in a zip, with one fixed time, so that equal images give equal bytes."""

    def __init__(self, archive: zipfile.ZipFile, class_names: tuple[str, ...]) -> None:
        self._archive, self._class_names, self._written = archive, class_names, 0

    def add(self, images: _Pixels, labels: list[int] | None) -> None:
        """Write images, uint8 [n, h, w, 3], and their classes."""
        for index, image in enumerate(images):
            name = _member(self._class_names, labels, index, self._written)
            self._archive.writestr(zipfile.ZipInfo(name), _png(image))
            self._written += 1


class NpzWriter:
    """``arr_0``, uint8 [n, h, w, 3], as it comes, and ``arr_1``, int64 [n], the classes."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member
        self.labels: list[int] = []

    def add(self, images: _Pixels, labels: list[int] | None) -> None:
        """Write images, uint8 [n, h, w, 3], and their classes."""
        self._member.write(np.ascontiguousarray(images).tobytes())
        self.labels.extend(labels or [])


@contextmanager
def _npz(path: Path, *, count: int, size: int, labelled: bool) -> Iterator[NpzWriter]:
    with zipfile.ZipFile(path, "x", allowZip64=True) as archive:
        with archive.open(zipfile.ZipInfo("arr_0.npy"), "w", force_zip64=True) as member:
            header = {"descr": "|u1", "fortran_order": False, "shape": (count, size, size, 3)}
            np.lib.format.write_array_header_1_0(member, header)
            writer = NpzWriter(member)
            yield writer
        if labelled:
            buffer = io.BytesIO()
            np.save(buffer, np.asarray(writer.labels, np.int64))
            archive.writestr(zipfile.ZipInfo("arr_1.npy"), buffer.getvalue())


def _member(class_names: tuple[str, ...], labels: list[int] | None, index: int, number: int) -> str:
    name = f"{number:06d}.png"
    return f"{class_names[labels[index]]}/{name}" if class_names and labels is not None else name


def _check_names(class_names: tuple[str, ...]) -> None:
    for name in class_names:
        if name in {"", ".", ".."} or any(mark in name for mark in ("/", "\\", "\0", os.sep)):
            raise StorageError(f"a class named {shown(name)} can have no folder; write an .npz instead")


def _png(image: _Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return buffer.getvalue()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
