"""One side of a score: what is asked of it, before its statistics are known, and what is known of it after."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from ganmetrics._files import as_path
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.features import Features
from ganmetrics.data.frames import with_frames
from ganmetrics.data.label_file import read_labels
from ganmetrics.data.npz import npz_holds_images, open_npz
from ganmetrics.data.selection import with_classes, with_label_file
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.data.streams import Stream, is_stream
from ganmetrics.data.videos import is_video, listed_videos, open_video_list, open_videos
from ganmetrics.errors import InputError
from ganmetrics.extraction.collect import Keep
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import Need
from ganmetrics.metrics.wavelet import LEVEL, WaveletMoments
from ganmetrics.references.elsewhere import is_elsewhere, locate
from ganmetrics.references.formats.registry import is_statistics
from ganmetrics.references.identity import Identity
from ganmetrics.references.reference import Reference
from ganmetrics.references.rows import RowNames

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
        opened: its images, their features, or statistics that are at hand.
        demands: what is asked of it.
        blocks: whether the moments of eight parts are kept as well, for a floor.
        images: whether some of the images are kept, for intervals.
        logits: whether class scores are kept where the extractor has any, though nothing needs them.
        stored: statistics that lie beside the images, of more of them, and that distances are taken from.
        memory: bytes that features may take before they go to the disk.
        wavelet_level: halvings of the wavelet packets, where pixels are read.
    """

    role: str
    opened: "Opened"
    demands: tuple[Demand, ...]
    blocks: bool = False
    images: bool = False
    memory: int = MEMORY
    logits: bool = False
    stored: Reference | None = None
    wavelet_level: int = LEVEL

    @property
    def name(self) -> str:
        """What messages call the images."""
        return self.opened.source if isinstance(self.opened, Features) else self.opened.name

    @property
    def needs(self) -> frozenset[Need]:
        """All that is read of this side's images."""
        every = frozenset[Need]().union(*(demand.needs for demand in self.demands))
        return every if self.stored is None else every - STORED

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
            wavelet_level=self.wavelet_level if "pixels" in self.needs else None,
        )


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
        wavelets: moments of the wavelet packets of its pixels, where they were asked for.
    """

    reference: Reference
    rows: RowNames | None = None
    features: Tensor | None = None
    logits: Tensor | None = None
    block_numbers: Tensor | None = None
    taken_for: Identity | None = None
    vouched: bool = False
    wavelets: WaveletMoments | None = None

    def count_for(self, needs: frozenset[Need]) -> int | None:
        """Return how many images what reads these has seen: statistics may be of more than the images beside them."""
        if self.rows is None or not needs.isdisjoint(STORED):
            return self.reference.count
        return len(self.rows)

    @property
    def identity(self) -> Identity | None:
        """How the statistics were made, as they say themselves or as they are taken."""
        return self.reference.identity or self.taken_for


GivenLabels = Sequence[object] | str | Path | None
"""The class of each image in order, or a file of them; None for what the source itself says."""


@dataclass(frozen=True)
class StoredBeside:
    """Images with statistics beside them that are of more images, as in the reference batches of guided diffusion.

    Attributes:
        reference: the statistics.
        images: some of the images.
    """

    reference: Reference
    images: ImageSource

    def parts(self, needs: frozenset[Need]) -> tuple[Reference | ImageSource, Reference | None]:
        """Return what is opened for these needs, and the statistics that distances are taken from beside images.

        Distances come from the statistics and everything else from the images, as guided diffusion's evaluator does.
        """
        return (self.reference, None) if needs <= STORED else (self.images, self.reference)


Opened = Reference | ImageSource | Features
"""What a source becomes before anything is extracted."""


def open_side(source: object, how: Extraction, labels: GivenLabels = None) -> Opened:
    """Return statistics for a `Reference` or the path of a stored one, `Features` as they are, images for all else.

    Args:
        source: what is to be scored.
        how: how many images a stream gives, its seed, and which frames of animations count as images.
        labels: the classes of the images, where the source does not say them.

    Raises:
        InputError: the source is missing, empty or of no known kind, or the classes are not one for each image.
        StaleStatistics: a stored reference is damaged.
    """
    opened = open_whole(source, how, labels)
    return opened.reference if isinstance(opened, StoredBeside) else opened


def open_whole(source: object, how: Extraction, labels: GivenLabels = None) -> Opened | StoredBeside:
    """Return what `open_side` does; of a file with images beside statistics both, not the statistics alone.

    Raises:
        GanMetricsError: as `open_side` does.
    """
    opened = _open(source, how)
    if isinstance(opened, StoredBeside):
        return replace(opened, images=_with_labels(opened.images, labels))
    if isinstance(opened, Reference):
        opened.check_whole()
        if labels is not None:
            raise InputError(f"labels need images; {opened.name} holds only their mean and covariance")
        return opened
    if isinstance(opened, Features):
        return _labelled(opened, labels)
    return with_frames(_with_labels(opened, labels), how.frames)


def _with_labels(images: ImageSource, labels: GivenLabels) -> ImageSource:
    if isinstance(labels, str | os.PathLike):
        return with_label_file(images, read_labels(as_path(labels)))
    return images if labels is None else with_classes(images, labels)


def open_images(source: object, how: Extraction, *, purpose: str) -> ImageSource:
    """Return the images of a source that may not be stored statistics.

    Raises:
        InputError: it is, or is missing, empty or of no known kind.
    """
    opened = open_side(source, how)
    if isinstance(opened, Features):
        raise InputError(f"{purpose} needs images; {opened.source} holds features")
    if isinstance(opened, Reference):
        raise InputError(f"{purpose} needs images; {opened.name} holds only their mean and covariance")
    return opened


def _labelled(features: Features, labels: GivenLabels) -> Features:
    """Return features with the classes of a list or of a file, whose labels must be in order: rows have no names."""
    if labels is None:
        return features
    if not isinstance(labels, str | os.PathLike):
        return features.with_classes(labels)
    found = read_labels(as_path(labels))
    if found.by_name is not None:
        raise InputError(f"{found.name} has labels by name; the rows of {features.source} have none, only an order")
    return features.with_classes(found.in_order, given_as=found.name)


def _open(source: object, how: Extraction) -> Opened | StoredBeside:
    if isinstance(source, Reference | Features):
        return source
    if is_stream(source):
        return open_source(
            Stream(
                cast("Iterable[Any]", source), count=how.count, seed=how.seed, batch_size=how.batch_size or STREAM_BATCH
            )
        )
    if is_elsewhere(source):
        return _open_elsewhere(cast("str", source), how)
    videos = listed_videos(source)
    if videos is not None:
        return open_video_list(*videos, how.frames)
    if isinstance(source, str | os.PathLike):
        return _open_file(as_path(source), how)
    return open_source(source)


def _open_file(path: Path, how: Extraction) -> Opened | StoredBeside:
    if is_video(path):
        return open_videos(path, how.frames)
    if path.is_file() and is_statistics(path):
        reference = Reference.load(path)
        return StoredBeside(reference, open_npz(path)) if npz_holds_images(path) else reference
    return open_source(path)


def _open_elsewhere(source: str, how: Extraction) -> Opened | StoredBeside:
    located = locate(source, offline=how.offline)
    found = _open_file(located.path, how)
    if isinstance(found, Reference):
        return located.said(found)
    if isinstance(found, StoredBeside):
        return replace(found, reference=located.said(found.reference))
    if located.known is not None:
        raise InputError(f"{located.known.url} needs to be a file of statistics; what came is none: {located.path}")
    return found
