"""One pass of the network over a set of images, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.core.arrays import all_finite
from ganmetrics.data.loading import BatchOfWays, Prepare, prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import NumericsError
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.streams import in_streams, piece_size, streams_for
from ganmetrics.features.base import Outputs
from ganmetrics.timing import in_stage, stage

Inputs = npt.NDArray[np.float32]
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Way(Generic[_Result]):
    """What is done with every image of a pass; a pass may have several ways, for several networks.

    Attributes:
        prepare: maps uint8 RGB [h, w, 3] to float32 of one shape.
        settings: the network, where it runs, and how images are decoded, which all ways of a pass have in common.
        work: gives what is wanted of prepared images, float32 [n, ...], and their indices; several threads call it.
    """

    prepare: Prepare
    settings: Settings
    work: Callable[[Inputs, Sequence[int]], _Result]

    @property
    def streams(self) -> int:
        """How many streams run this network; 0 where it is called in the calling thread."""
        return streams_for(self.settings.extractor, self.settings.device)

    @property
    def piece(self) -> int:
        """The most images that the network is called with."""
        return piece_size(self.settings.batch_size, self.settings.device, streams=self.streams)


Piece = tuple[int, Inputs, Sequence[int]]
"""The number of a way, prepared images, and their indices."""


def extracted(
    source: ImageSource, ways: Sequence[Way[_Result]], share: Sequence[int], *, progress: Progress
) -> Iterator[tuple[int, Inputs, _Result]]:
    """Yield what each way gives for the images at the indices `share` in order, a few images at a time.

    Every image is decoded once, and each network gets the batches that it would get alone.

    Args:
        source: the images.
        ways: what is done with every image.
        share: indices in the source.
        progress: shows how many images have passed the networks.

    Yields:
        The number of a way, prepared images, and what its work gave for them.

    Raises:
        InputError: an image can no longer be read, or its preparation fails.
    """
    settings = ways[0].settings
    batches = prepared_batches(
        source,
        [way.prepare for way in ways],
        alpha=settings.alpha,
        bit_depth=settings.bit_depth,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=frozenset(range(len(source))).difference(share),
    )
    streams = [way.streams for way in ways]

    def work(piece: Piece) -> _Result | None:
        number, inputs, indices = piece
        # A network that may not be called from several threads waits for the calling one, below.
        return ways[number].work(inputs, indices) if streams[number] or not any(streams) else None

    pieces = _pieces(in_stage("waiting for images", batches), share, [way.piece for way in ways])
    # Closed as soon as this generator is: threads and decoding workers must not outlive an error.
    with (
        closing(batches),
        progress(total=len(share), stage=f"extracting {source.name}") as advance,
        closing(in_streams(work, pieces, streams=max(streams), device=settings.device)) as passed,
    ):
        for (number, inputs, indices), given in passed:
            result = given
            if result is None:
                with stage("network"):
                    result = ways[number].work(inputs, indices)
            yield number, inputs, result
            if number == len(ways) - 1:
                advance(len(inputs))


def _pieces(batches: Iterable[BatchOfWays], share: Sequence[int], most: Sequence[int]) -> Iterator[Piece]:
    """Yield each way's batches in pieces of at most so many images, with the index of each image."""
    start = 0
    for of_ways in batches:
        for number, batch in enumerate(of_ways):
            for first in range(0, len(batch), most[number]):
                piece = batch[first : first + most[number]]
                yield number, piece, share[start + first : start + first + len(piece)]
        start += len(of_ways[0])


def network_outputs(inputs: Inputs, settings: Settings, label: Callable[[int], str]) -> Outputs:
    """Return what the network gives for a batch of prepared images.

    Args:
        inputs: float32 [n, ...].
        settings: the network, and where it runs.
        label: what messages call the image of a row.

    Raises:
        NumericsError: a feature is not finite; the image is named.
    """
    outputs = settings.extractor(torch.from_numpy(inputs), settings.device).on_host()
    check_finite_features(outputs.features, label)
    return outputs


def check_finite_features(features: Tensor, label: Callable[[int], str]) -> None:
    """Refuse features of which one is not finite; `label` is what messages call the image of a row.

    Raises:
        NumericsError: naming the first such image.
    """
    if all_finite(features):
        return
    finite = features.isfinite().all(dim=1)
    row = int(finite.logical_not().nonzero()[0])
    raise NumericsError(f"features must be finite; the extractor gave a non-finite one for {label(row)}")
