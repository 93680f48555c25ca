"""A file of labels beside the images: CSV or JSON lines, by name or in order."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ganmetrics._files import read_at_most
from ganmetrics.errors import InputError

NAME_COLUMNS = ("file_name", "filename", "name", "path", "file", "image")
"""What a column of images' names may be called; the first is what Hugging Face's image folders have."""
LABEL_COLUMNS = ("label", "class", "target", "cls")
"""What a column of labels may be called."""

_Row = tuple[str | None, str]
"""The name of an image, None where labels are in order, and its label."""

_LARGEST = 2**30
"""Bytes of a file of labels: one of ten million images has fewer."""


@dataclass(frozen=True)
class LabelFile:
    """Labels as a file has them.

    Attributes:
        name: of the file, for messages and the audit.
        by_name: the label of each image's name; None where they are in order.
        in_order: the labels in the order of the file.
    """

    name: str
    by_name: Mapping[str, str] | None
    in_order: tuple[str, ...]


def read_labels(path: Path) -> LabelFile:
    """Return the labels of a CSV file or of JSON lines (``.jsonl``).

    A CSV file has a header with a column of `LABEL_COLUMNS` and maybe one of `NAME_COLUMNS`; or no header and one
    column, the labels in order, or two, names and labels. JSON lines are objects with the same keys. Names are paths
    within the folder or archive, with forward slashes.

    Raises:
        InputError: the file is missing, empty, one piece of JSON or not of this kind, a row is not like the others, or
            a name comes twice; the line is named.
    """
    try:
        text = read_at_most(path, _LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read as labels: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} cannot be read as labels: it is no text in UTF-8") from None
    if path.suffix.lower() == ".json":
        raise InputError(f"{path} must be CSV or JSON lines (.jsonl); got .json, which is read beside images only")
    lines = text.splitlines()
    found = list(_json_rows(lines, path) if path.suffix.lower() == ".jsonl" else _csv_rows(lines, path))
    if not found:
        raise InputError(f"{path} needs to hold labels; it is empty")
    labels = tuple(label for _, (_, label) in found)
    if found[0][1][0] is None:
        return LabelFile(str(path), None, labels)
    by_name: dict[str, str] = {}
    for line, (name, label) in found:
        if name is None or name in by_name:
            raise InputError(f"{path} needs one label for each name; line {line} has {name} again")
        by_name[name] = label
    return LabelFile(str(path), by_name, labels)


def _csv_rows(lines: Iterable[str], path: Path) -> Iterator[tuple[int, _Row]]:
    reader = csv.reader(lines)
    columns: tuple[int | None, int] | None = None
    width = 0
    try:
        for row in reader:
            if not row:
                continue
            if columns is None:
                width = len(row)
                header = _header(row)
                columns = header or _without_header(row, path)
                if header is not None:
                    continue
            if len(row) != width:
                raise InputError(f"{path} needs {width} columns in each line; line {reader.line_num} has {len(row)}")
            name, label = columns
            yield (
                reader.line_num,
                (None if name is None else row[name].strip(), _label(row[label].strip(), reader.line_num, path)),
            )
    except csv.Error as error:
        raise InputError(f"{path} cannot be read as CSV: line {reader.line_num}: {error}") from None


def _header(row: list[str]) -> tuple[int | None, int] | None:
    """Return which columns hold the names and the labels; None where the row is no header."""
    titles = [title.strip().lower() for title in row]
    labels = [titles.index(title) for title in LABEL_COLUMNS if title in titles]
    names = [titles.index(title) for title in NAME_COLUMNS if title in titles]
    return (names[0] if names else None, labels[0]) if labels else None


def _without_header(row: list[str], path: Path) -> tuple[int | None, int]:
    if len(row) > 2:  # noqa: PLR2004 - a name and a label
        raise InputError(
            f"{path} needs a header with a column {' or '.join(LABEL_COLUMNS)}; its first line is {','.join(row)[:60]}"
        )
    return (0, 1) if len(row) == 2 else (None, 0)  # noqa: PLR2004


def _json_rows(lines: Iterable[str], path: Path) -> Iterator[tuple[int, _Row]]:
    named: bool | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{path} needs an object in each line; line {number} is no JSON") from None
        if not isinstance(row, dict):
            raise InputError(f"{path} needs an object in each line; line {number} has {type(row).__name__}")
        labels = [row[key] for key in LABEL_COLUMNS if key in row]
        names = [str(row[key]) for key in NAME_COLUMNS if key in row]
        if not labels or isinstance(labels[0], bool | list | dict | float):
            raise InputError(
                f"{path} needs a label, a whole number or a text, in each line; line {number} has {line.strip()[:60]}"
            )
        if named is not None and named != bool(names):
            raise InputError(f"{path} needs names in all lines or in none; line {number} differs from those before it")
        named = bool(names)
        yield number, (names[0] if names else None, _label(labels[0], number, path))


def _label(label: object, line: int, path: Path) -> str:
    if label is None or label == "":
        raise InputError(f"{path} needs a label in each line; line {line} has an empty one")
    return str(label)
