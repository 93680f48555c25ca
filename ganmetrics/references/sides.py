"""One side of a score: what is asked of it, before its statistics are known, and what is known of it after."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from ganmetrics._files import as_path
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.audit import Audit
from ganmetrics.data.frames import with_frames
from ganmetrics.data.label_file import read_labels
from ganmetrics.data.selection import with_classes, with_label_file
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.data.streams import Stream, is_stream
from ganmetrics.errors import InputError
from ganmetrics.extraction.collect import Keep
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.survey import Survey
from ganmetrics.metrics.catalogue import Need
from ganmetrics.references.formats.registry import is_statistics
from ganmetrics.references.identity import Identity
from ganmetrics.references.reference import Reference

STREAM_BATCH = 64
"""Images that a generator is asked for at a time, unless a batch size is given."""
STORED: frozenset[Need] = frozenset({"moments", "spatial"})
"""What a reference can hold; the rest needs the images."""


@dataclass(frozen=True)
class Demand:
    """What one metric or command asks of a side.

    Attributes:
        title: what messages call it.
        needs: what it reads.
        least: images that it is defined from.
    """

    title: str
    needs: frozenset[Need]
    least: int


@dataclass(frozen=True)
class Request:
    """One side, before its statistics are known.

    Attributes:
        role: ``real``, ``fake`` and the like, for messages.
        opened: its images, or statistics that are at hand.
        demands: what is asked of it.
        blocks: whether the moments of eight parts are kept as well, for a floor.
        images: whether some of the images are kept, for intervals.
        logits: whether class scores are kept where the extractor has any, though nothing needs them.
        memory: bytes that features may take before they go to the disk.
    """

    role: str
    opened: Reference | ImageSource
    demands: tuple[Demand, ...]
    blocks: bool = False
    images: bool = False
    memory: int = MEMORY
    logits: bool = False

    @property
    def name(self) -> str:
        """What messages call the images."""
        return self.opened.source if isinstance(self.opened, Reference) else self.opened.name

    @property
    def needs(self) -> frozenset[Need]:
        """All that is read of this side."""
        return frozenset[Need]().union(*(demand.needs for demand in self.demands))

    @property
    def keep(self) -> Keep:
        """What a pass over the images keeps beside the moments."""
        return Keep(
            blocks=self.blocks,
            images=self.images,
            spatial="spatial" in self.needs,
            features="features" in self.needs,
            logits=self.logits or "logits" in self.needs,
            memory=self.memory,
        )


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


@dataclass(frozen=True)
class Side:
    """One side of a score.

    Attributes:
        reference: its statistics.
        rows: which image each row is of; None where statistics were at hand.
        features: float32 [n, d], where they were asked for.
        logits: float32 [n, c], where they were asked for.
        block_numbers: int64 [n], to which of the eight blocks each row belongs, where there are blocks and features.
        taken_for: how statistics were made that do not say so themselves; None where they do.
        vouched: the caller named that extractor or protocol; else it was assumed.
    """

    reference: Reference
    rows: ImageRows | None = None
    features: Tensor | None = None
    logits: Tensor | None = None
    block_numbers: Tensor | None = None
    taken_for: Identity | None = None
    vouched: bool = False

    @property
    def identity(self) -> Identity | None:
        """How the statistics were made, as they say themselves or as they are taken."""
        return self.reference.identity or self.taken_for


Labels = Sequence[object] | str | Path | None
"""The class of each image in order, or a file of them; None for what the source itself says."""


def open_side(source: object, how: Extraction, labels: Labels = None) -> Reference | ImageSource:
    """Return statistics for a `Reference` or the path of a stored one, images for everything else.

    Args:
        source: what is to be scored.
        how: how many images a stream gives, its seed, and which frames of animations count as images.
        labels: the classes of the images, where the source does not say them.

    Raises:
        InputError: the source is missing, empty or of no known kind, or the classes are not one for each image.
        StaleStatistics: a stored reference is damaged.
    """
    opened = _open(source, how)
    if isinstance(opened, Reference):
        opened.check_whole()
        if labels is not None:
            raise InputError(f"labels need images; {opened.source} holds only their mean and covariance")
        return opened
    if isinstance(labels, str | os.PathLike):
        opened = with_label_file(opened, read_labels(Path(labels)))
    elif labels is not None:
        opened = with_classes(opened, labels)
    return with_frames(opened, how.frames)


def open_images(source: object, how: Extraction, *, purpose: str) -> ImageSource:
    """Return the images of a source that may not be stored statistics.

    Raises:
        InputError: it is, or is missing, empty or of no known kind.
    """
    opened = open_side(source, how)
    if isinstance(opened, Reference):
        raise InputError(f"{purpose} needs images; {opened.source} holds only their mean and covariance")
    return opened


def _open(source: object, how: Extraction) -> Reference | ImageSource:
    if isinstance(source, Reference):
        return source
    if is_stream(source):
        return open_source(
            Stream(
                cast("Iterable[Any]", source), count=how.count, seed=how.seed, batch_size=how.batch_size or STREAM_BATCH
            )
        )
    if isinstance(source, str | os.PathLike):
        path = as_path(source)
        if path.is_file() and is_statistics(path):
            return Reference.load(path)
    return open_source(source)
