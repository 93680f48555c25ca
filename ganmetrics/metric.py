"""`FrechetInceptionDistance`: the score of generated images inside a training loop."""

from copy import copy
from typing import Self, Unpack

from ganmetrics.core.checks import of_type
from ganmetrics.evaluator import Evaluator
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.reference import Reference
from ganmetrics.report import Score
from ganmetrics.scoring import ScoringOptions


class FrechetInceptionDistance:
    """Gathers generated images batch by batch and scores them against a reference.

    The reference is computed once, with the factor that the distance needs, so that each `compute` costs little beside
    the generation. The network runs in evaluation mode whatever the training loop does, and draws no random numbers.

    Args:
        reference: the real images, as `ganmetrics.fid` takes them, which are gathered once; or their statistics, or
            the path of stored ones, which cost nothing.
        how: how images become features; or its fields as keywords. What the reference says need not be said again: an
            extractor object, a file of weights, a device. Statistics of another library that do not say how they were
            made are taken for the extractor and protocol that are named here, and the score says so.
        interval: give `compute` a value corrected for the counts, and an interval.
        confidence: of the interval, between 0 and 1.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress`` for real
            images, as `ganmetrics.evaluate` takes them.

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
        reference: object,
        how: Extraction | None = None,
        *,
        interval: bool = True,
        confidence: float = 0.95,
        **options: Unpack[GatheringOptions],
    ) -> None:
        choices = ScoringOptions(interval=interval, confidence=confidence)
        self._evaluator = Evaluator(reference, how, metrics=("fid",), scoring=choices, **options)

    @property
    def reference(self) -> Reference:
        """The statistics of the real images."""
        found = self._evaluator.reference
        assert found is not None  # the distance reads it
        return found

    def reset(self) -> None:
        """Forget the images seen so far; the reference stays."""
        self._evaluator.reset()

    @property
    def count(self) -> int:
        """Number of images that this process has seen so far."""
        return self._evaluator.count

    def update(self, images: object) -> None:
        """Add generated images, uint8 [n, 3, h, w] on any device; `ganmetrics.to_uint8` makes them from [-1, 1].

        Raises:
            InputError: the images are not uint8 of that shape; the message says how to convert them.
        """
        self._evaluator.update(images)

    def __copy__(self) -> Self:
        """Return a metric that has seen the same, and goes on by itself; network and reference are shared."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._evaluator = copy(self._evaluator)
        return new

    def merge(self, other: "FrechetInceptionDistance") -> None:
        """Add all that `other` has seen: another stream of images, or another part of the run.

        Raises:
            StaleStatistics: the other metric's features come from another extractor or protocol.
            InputError: it is no such metric.
        """
        of_type("what is merged", other, FrechetInceptionDistance, "a metric of the same kind")
        self._evaluator.merge(other._evaluator)

    def compute(self) -> Score:
        """Return the distance of the images seen so far from the reference.

        Called on all processes of torch.distributed's group, it is that of the images that they have seen together.

        Raises:
            NotEnoughSamples: fewer than two images were seen.
        """
        (score,) = self._evaluator.compute().values()
        return score
