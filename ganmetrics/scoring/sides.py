"""One side of a comparison: before its statistics are known, and after."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from ganmetrics.data.sources import ImageSource, open_source, with_classes
from ganmetrics.errors import InputError
from ganmetrics.extraction.collect import Keep
from ganmetrics.metrics.catalogue import Metric, Need
from ganmetrics.references.formats.registry import is_statistics
from ganmetrics.references.reference import Reference
from ganmetrics.scoring.featured import ImageRows

STORED: frozenset[Need] = frozenset({"moments", "spatial"})
"""What a reference can hold; the rest needs the images."""


@dataclass(frozen=True)
class Request:
    """One side of a comparison, before its statistics are known.

    Attributes:
        role: ``real`` or ``fake``, for messages.
        opened: its images, or statistics that are at hand.
        metrics: what is to be computed from it.
        interval: whether distances get an interval.
        floor: whether the real side is to be scored against itself, and stands for the fake one as well.
        memory: bytes that features may take before they go to the disk.
    """

    role: str
    opened: Reference | ImageSource
    metrics: tuple[Metric, ...]
    interval: bool = False
    floor: bool = False
    memory: int = Keep().memory

    def needed_by(self, metric: Metric) -> frozenset[Need]:
        """Return what a metric reads of this side."""
        if self.floor:
            return metric.real | metric.fake
        return metric.real if self.role == "real" else metric.fake

    @property
    def needs(self) -> frozenset[Need]:
        """What the metrics read of this side."""
        return frozenset[Need]().union(*(self.needed_by(metric) for metric in self.metrics))

    @property
    def keep(self) -> Keep:
        """What a pass over the images keeps beside the moments."""
        return Keep(
            blocks=self.floor or (self.interval and not self.needs.isdisjoint(STORED)),
            spatial="spatial" in self.needs,
            features="features" in self.needs,
            logits="logits" in self.needs,
            memory=self.memory,
        )


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes:
        reference: its statistics.
        rows: which image each row is of; None where statistics were at hand.
        features: float32 [n, d], where a metric reads them.
        logits: float32 [n, c], where a metric reads them.
        block_numbers: int64 [n], to which of the eight blocks each row belongs, where there are blocks and features.
    """

    reference: Reference
    rows: ImageRows | None = None
    features: Tensor | None = None
    logits: Tensor | None = None
    block_numbers: Tensor | None = None


def open_side(source: object, classes: Sequence[object] | None = None) -> Reference | ImageSource:
    """Return statistics for a `Reference` or the path of a stored one, images for everything else.

    Args:
        source: what is to be scored.
        classes: of each image, in order; None for those of its folders.

    Raises:
        InputError: the source is missing, empty or of no known kind, or the classes are not one for each image.
        StaleStatistics: a stored reference is damaged.
    """
    opened = _open(source)
    if isinstance(opened, Reference):
        opened.check_whole()
    if classes is None:
        return opened
    if isinstance(opened, Reference):
        raise InputError(f"labels need images; {opened.source} holds only their mean and covariance")
    return with_classes(opened, classes)


def _open(source: object) -> Reference | ImageSource:
    if isinstance(source, Reference):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_file() and is_statistics(path):
            return Reference.load(path)
    return open_source(source)
