"""`FrechetInceptionDistance`: the score of generated images inside a training loop."""

from pathlib import Path
from typing import Unpack

import numpy as np
import torch

from ganmetrics.core.gaussian.blocks import input_hashes
from ganmetrics.data.arrays import check_images
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.extraction.pooling import pool
from ganmetrics.extraction.settings import open_settings
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.ranks import all_ranks
from ganmetrics.references.agreement import check_matches, follow_stored
from ganmetrics.references.gather import taken_for
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Side
from ganmetrics.report import Score
from ganmetrics.scoring import Comparison, ScoringOptions
from ganmetrics.scoring.frechet import frechet_score


class FrechetInceptionDistance:
    """Gathers generated images batch by batch and scores them against a reference.

    The reference is computed once, with the factor that the distance needs, so that each `compute` costs little beside
    the generation. The network runs in evaluation mode whatever the training loop does, and draws no random numbers.

    Args:
        reference: statistics of the real images, or the path of stored ones.
        how: how images become features; or its fields as keywords. What the reference says need not be said again: an
            extractor object, a file of weights, a device. Statistics of another library that do not say how they were
            made are taken for the extractor and protocol that are named here, and the score says so.
        interval: give `compute` a value corrected for the counts, and an interval.
        confidence: of the interval, between 0 and 1.
        options: the fields of `ganmetrics.Extraction`.

    Raises:
        StaleStatistics: the extractor is not the one that made the reference.
        InputError: the reference does not say how it was made and nothing is named, or an option is not what is needed.

    >>> import torch
    >>> from ganmetrics import FrechetInceptionDistance, Reference
    >>> from ganmetrics.testing import ChannelMeans
    >>> real = torch.zeros(4, 3, 8, 8, dtype=torch.uint8)
    >>> metric = FrechetInceptionDistance(Reference.from_images(real, extractor=ChannelMeans(), workers=0),
    ...                                   extractor=ChannelMeans())
    >>> metric.update(real[:2] + 10)
    >>> metric.update(real[2:] + 10)
    >>> float(metric.compute())
    300.0
    """

    def __init__(
        self,
        reference: Reference | str | Path,
        how: Extraction | None = None,
        *,
        interval: bool = True,
        confidence: float = 0.95,
        **options: Unpack[ExtractionOptions],
    ) -> None:
        extraction = Extraction.of(how, options)
        self._options = ScoringOptions(interval=interval, confidence=confidence)
        self.reference = reference if isinstance(reference, Reference) else Reference.load(reference)
        self.reference.check_whole()
        named = extraction.name is not None or extraction.protocol is not None
        if self.reference.identity is None and not named:
            raise InputError(
                f"a training loop needs to know how a reference was made; {self.reference.source} does not say: "
                "name its extractor and protocol"
            )
        agreed = follow_stored(extraction, [self.reference], opening=True)
        self._settings = open_settings(agreed, progress=None)
        check_matches(self.reference, self._settings)
        self._real = taken_for(Side(self.reference), extraction, self._settings)
        self._warned = False
        self.reset()

    def reset(self) -> None:
        """Forget the images seen so far; the reference stays."""
        self._seen = LayerAccumulator(kept=self._options.interval)
        self._merged: Layer | None = None

    @property
    def count(self) -> int:
        """Number of images that this process has seen so far."""
        merged = 0 if self._merged is None or self._merged.moments.count is None else self._merged.moments.count
        return merged + self._seen.count

    def update(self, images: object) -> None:
        """Add generated images, uint8 [n, 3, h, w] on any device; `ganmetrics.to_uint8` makes them from [-1, 1].

        Raises:
            InputError: the images are not uint8 of that shape; the message says how to convert them.
        """
        images = check_images(images)
        # A few at a time: prepared images of one large batch would take as much memory as it has images.
        size = self._settings.batch_size
        for start in range(0, len(images), size):
            pixels = images[start : start + size].detach().permute(0, 2, 3, 1).cpu().numpy()
            prepare = self._settings.extractor.prepare
            inputs = np.stack([prepare(np.ascontiguousarray(image)) for image in pixels])
            features = self._settings.extractor(torch.from_numpy(inputs), self._settings.device).on_host().features
            self._seen.add(features, input_hashes(inputs) if self._options.interval else None)

    def merge(self, other: "FrechetInceptionDistance") -> None:
        """Add all that `other` has seen: another stream of images, or another part of the run.

        Raises:
            StaleStatistics: the other metric's features come from another extractor or protocol.
        """
        self.reference.check_comparable(other.reference)
        if other.count:
            theirs = other._layer()
            self._merged = theirs if self._merged is None else self._merged.merge(theirs)

    def compute(self) -> Score:
        """Return the distance of the images seen so far from the reference.

        Called on all processes of torch.distributed's group, it is that of the images that they have seen together.

        Raises:
            NotEnoughSamples: fewer than two images were seen.
        """
        with all_ranks("FrechetInceptionDistance.compute") as ranks:
            if not sum(ranks.gather(self.count)):
                raise NotEnoughSamples("a Fréchet distance needs at least 2 images a side; update has been given none")
            own = ranks.each(lambda: self._layer() if self.count else None)
            layer = pool(own, kept=self._options.interval)
            return ranks.once(lambda: self._score(layer))

    def _score(self, layer: Layer) -> Score:
        fake = Reference.of_stream(layer, self._settings, source="generated")
        comparison = Comparison.of(self._real, Side(fake))
        if not self._warned:
            comparison.warn([METRICS["fid"]])
            self._warned = True
        return frechet_score(comparison, "fid", self._options)

    def _layer(self) -> Layer:
        """Return the statistics of all images, those of merged metrics included."""
        if not self._seen.count and self._merged is not None:
            return self._merged
        seen = self._seen.layer()
        return seen if self._merged is None else seen.merge(self._merged)
