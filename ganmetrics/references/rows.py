"""Which image, or other thing, each row of features is of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from ganmetrics.data.audit import Audit
from ganmetrics.data.features import Features
from ganmetrics.data.sources import ImageSource
from ganmetrics.extraction.survey import Survey


@runtime_checkable
class RowNames(Protocol):
    """Which image, or other thing, each row of features is of."""

    def __len__(self) -> int:
        """Return the number of rows."""
        ...

    def label(self, row: int) -> str:
        """Return what messages call the image of a row."""
        ...

    def class_of(self, row: int) -> str | None:
        """Return the class of the image of a row; None where there are no classes."""
        ...

    def take(self, rows: Sequence[int]) -> "RowNames":
        """Return the same of some rows."""
        ...


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """Rows of features that the caller gave.

    Attributes:
        features: all of them.
    """

    features: Features

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.features)

    def label(self, row: int) -> str:
        """Return the name of the array with the number of a row."""
        return self.features.label(row)

    def class_of(self, row: int) -> str | None:
        """Return the class of a row; None where none were given."""
        return self.features.class_of(row)

    def take(self, rows: Sequence[int]) -> "FeatureRows":
        """Return the same of some rows."""
        return FeatureRows(self.features.take(rows))


@dataclass(frozen=True, eq=False)
class ImageRows:
    """Which image each row of features is of: unreadable images have none.

    Attributes:
        source: the images.
        audit: what they were.
        contents: digest of their bytes.
        indices: the number of each row's image in `source`.
    """

    source: ImageSource
    audit: Audit
    contents: str
    indices: tuple[int, ...]

    @classmethod
    def of(cls, surveyed: Survey) -> "ImageRows":
        """Return which image each row of a pass over surveyed images is of."""
        return cls(surveyed.source, surveyed.audit, surveyed.contents, surveyed.kept)

    def label(self, row: int) -> str:
        """Return what messages call the image of a row: its file, where it has one."""
        return self.source.label(self.indices[row])

    def class_of(self, row: int) -> str | None:
        """Return the class of the image of a row; None where there are no class folders."""
        return self.source.class_of(self.indices[row])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.indices)

    def take(self, rows: Sequence[int]) -> "ImageRows":
        """Return the same of some rows."""
        return replace(self, indices=tuple(self.indices[row] for row in rows))
