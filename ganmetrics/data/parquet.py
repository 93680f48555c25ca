"""Parquet files with a column of encoded images, as Hugging Face's hub keeps data sets."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganmetrics._text import clipped, listed, one_line
from ganmetrics.data.image_source import Listing
from ganmetrics.data.label_file import LABEL_COLUMNS
from ganmetrics.data.recent import RecentBlocks
from ganmetrics.errors import InputError
from ganmetrics.optional import require

GROUP_LIMIT = 1 << 30
"""The largest row group that is read, in bytes: to read one image is to read its group's."""

_LABEL_LIMIT = 1 << 30
"""Bytes of all labels: those of ten million images have fewer."""
_SMALLEST = 64
"""Bytes of a row: of more rows than this leaves room for in the largest group, none can be an image."""
_ROWS_AT_ONCE = 256
_POINTER = 8
_IMAGE_COLUMNS = ("image", "img")


@dataclass(frozen=True)
class _Group:
    """A row group: the file that it is in, its number there, how many rows came before it in all, and its own."""

    path: Path
    number: int
    start: int
    count: int


class ParquetSource:
    """The images of one or several Parquet files, row by row.

    The image column is called ``image`` or ``img``, or is the only one that can hold images: bytes, or a structure with
    ``bytes`` as the library ``datasets`` writes it. Classes are whole numbers or texts in a column ``label``.

    Raises:
        InputError: pyarrow is not installed; a file is damaged, has no rows, no image column or several, or row groups
            larger than `GROUP_LIMIT`; or only some of the files have labels.
    """

    uniform_size = None
    ignored = 0

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        self.name = name
        opened = [_Opened(path) for path in paths]
        self._columns = {file.path: file.image_column for file in opened}
        self._groups: list[_Group] = []
        count = 0
        for file in opened:
            for number, rows in enumerate(file.group_rows):
                self._groups.append(_Group(file.path, number, count, rows))
                count += rows
        if count == 0:
            raise InputError(f"{name} needs to hold images; it has no rows")
        self._count = count
        self._starts = [group.start for group in self._groups]
        self._labels = _joined_labels(opened, name)
        columns = dict.fromkeys(file.label_column for file in opened)
        self.listing = Listing(classes_from="" if self._labels is None else f"column {next(iter(columns))}")
        self._blocks = RecentBlocks(self._load)
        self._faults: dict[int, str] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def label(self, index: int) -> str:
        """Return the path of the file, the column and the row in the file."""
        group = self._group_of(index)
        first = next(other.start for other in self._groups if other.path == group.path)
        return f"{group.path}::{self._columns[group.path]}[{index - first}]"

    def read(self, index: int) -> bytes:
        """Return the bytes of an image file."""
        number = bisect_right(self._starts, index) - 1
        # A group that cannot be read is not tried again for each of its rows.
        if number in self._faults:
            raise InputError(self._faults[number])
        data = self._blocks[number][index - self._starts[number]]
        if isinstance(data, dict):
            path, data = data.get("path"), data.get("bytes")
            if data is None and path is not None:
                raise InputError(f"is not in the file, only its path {clipped(path)}")
        if data is None:
            raise InputError("is null")
        return bytes(data)

    def class_of(self, index: int) -> str | None:
        """Return the label of a row."""
        return None if self._labels is None else self._labels[index]

    def _group_of(self, index: int) -> _Group:
        return self._groups[bisect_right(self._starts, index) - 1]

    def _load(self, number: int) -> list[Any]:
        group = self._groups[number]
        try:
            return self._unpacked(group)
        except InputError as error:
            self._faults[number] = str(error)
            raise
        # pyarrow raises its own errors, which are ValueErrors and OSErrors, and more for damaged pages.
        except Exception as error:
            self._faults[number] = f"cannot be read: {one_line(error)}"
            raise InputError(self._faults[number]) from None

    def _unpacked(self, group: _Group) -> list[Any]:
        """Return the rows of a group, a few at a time: a row that is stored once may stand for thousands."""
        column, rows, size = self._columns[group.path], list[Any](), 0
        # Opened for each group: a handle would be shared after a fork, and threads do not survive one.
        file = _parquet().ParquetFile(group.path)
        stored = file.metadata.row_group(group.number).total_byte_size
        # No row is longer than all that is stored.
        at_once = min(max(GROUP_LIMIT // max(stored, 1), 1), _ROWS_AT_ONCE)
        batches = file.iter_batches(at_once, row_groups=[group.number], columns=[column], use_threads=False)
        for batch in batches:
            size += batch.nbytes
            if size > GROUP_LIMIT:
                raise InputError(f"is in a row group that unpacks to more than {GROUP_LIMIT:,} bytes")
            rows += batch.column(0).to_pylist()
        if len(rows) != group.count:
            raise InputError(f"is in a damaged row group: it needs to hold {group.count} rows; it has {len(rows)}")
        return rows


def open_parquet(path: Path) -> ParquetSource:
    """Return a source of the images of one Parquet file."""
    return ParquetSource((path,), str(path))


class _Opened:
    """What the footer of a file says, and its labels."""

    def __init__(self, path: Path) -> None:
        self.path = path
        module = _parquet()
        try:
            file = module.ParquetFile(path)
            self.schema = file.schema_arrow
            self.image_column = self._find_images()
            self.label_column = self._find_labels()
            self.group_rows = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
            self._check_groups(file.metadata)
            self.labels = None if self.label_column is None else self._read_labels(self.label_column, file)
        except InputError:
            raise
        # Damage ends in pyarrow's own errors, in OSError, or in whatever its parsing meets.
        except Exception as error:
            raise InputError(f"{path} cannot be read as Parquet: {one_line(error)}") from None

    def _read_labels(self, column: str, opened: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
        """Return the labels, some groups at a time; of texts each is kept once, however many rows have it."""
        texts = "string" in str(self.schema.field(column).type)
        file = (
            _parquet().ParquetFile(self.path, read_dictionary=[column], metadata=opened.metadata) if texts else opened
        )
        labels, size = list[Any](), 0
        for groups in _together(opened.metadata):
            for chunk in file.read_row_groups(groups, columns=[column], use_threads=False)[column].chunks:
                size += max(chunk.nbytes, _POINTER * len(chunk))
                if size > _LABEL_LIMIT:
                    raise InputError(f"{self.path} may have labels of up to {_LABEL_LIMIT:,} bytes in all; it has more")
                if hasattr(chunk, "dictionary"):
                    names = chunk.dictionary.to_pylist()
                    labels += [None if place is None else names[place] for place in chunk.indices.to_pylist()]
                else:
                    labels += chunk.to_pylist()
        return labels

    def _find_images(self) -> str:
        able = [field.name for field in self.schema if _holds_bytes(field.type)]
        named = [name for name in _IMAGE_COLUMNS if name in able]
        if named:
            return named[0]
        if len(able) == 1:
            return str(able[0])
        columns = listed(f"{field.name} ({field.type})" for field in self.schema)
        raise InputError(f"{self.path} needs one column of images, called image or alone of its kind; it has {columns}")

    def _find_labels(self) -> str | None:
        for name in LABEL_COLUMNS:
            if name in self.schema.names and str(self.schema.field(name).type).rstrip("0123456789") in (
                "int",
                "uint",
                "string",
                "large_string",
            ):
                return name
        return None

    def _check_groups(self, metadata: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        for number in range(metadata.num_row_groups):
            # Not the image column's own size: pyarrow ends the process where a column's description is damaged.
            size, rows = metadata.row_group(number).total_byte_size, metadata.row_group(number).num_rows
            if rows > GROUP_LIMIT // _SMALLEST:
                raise InputError(
                    f"{self.path} may have row groups of up to {GROUP_LIMIT // _SMALLEST:,} rows; group {number} has "
                    f"{rows:,}"
                )
            if size > GROUP_LIMIT:
                raise InputError(
                    f"{self.path} may have row groups of up to {GROUP_LIMIT:,} bytes; group {number} has {size:,}: "
                    "write it with fewer rows a group"
                )


def _together(metadata: Any) -> list[list[int]]:  # noqa: ANN401
    """Return the numbers of the row groups in parts that are no larger than one group may be."""
    parts, size = list[list[int]](), GROUP_LIMIT
    for number in range(metadata.num_row_groups):
        stored = metadata.row_group(number).total_byte_size
        size += stored
        if size > GROUP_LIMIT:
            parts.append([])
            size = stored
        parts[-1].append(number)
    return parts


def _joined_labels(files: Sequence[_Opened], name: str) -> list[str] | None:
    given = [file for file in files if file.labels is not None]
    if not given:
        return None
    without = [file.path for file in files if file.labels is None]
    if without:
        raise InputError(f"{name} needs labels in all files or in none; {without[0]} has no column label")
    labels = [label for file in given for label in file.labels or ()]
    if None in labels:
        raise InputError(f"{name} needs a label in each row; row {labels.index(None)} has null")
    return [str(label) for label in labels]


def _holds_bytes(kind: Any) -> bool:  # noqa: ANN401
    text = str(kind)
    return text in ("binary", "large_binary") or (text.startswith("struct<") and "bytes: binary" in text)


def _parquet() -> Any:  # noqa: ANN401
    return require("pyarrow.parquet", extra="parquet", user="a .parquet file")
