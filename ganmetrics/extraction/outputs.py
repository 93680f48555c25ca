"""One pass of the network over a set of images, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.loading import Prepare, prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import NumericsError
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.streams import in_streams, piece_size, streams_for
from ganmetrics.features.base import Outputs
from ganmetrics.timing import in_stage

Inputs = npt.NDArray[np.float32]
_Result = TypeVar("_Result")


def extracted(
    source: ImageSource,
    prepare: Prepare,
    settings: Settings,
    share: Sequence[int],
    *,
    progress: Progress,
    work: Callable[[Inputs, Sequence[int]], _Result],
) -> Iterator[tuple[Inputs, _Result]]:
    """Yield the prepared images at the indices `share` in order, a few at a time, with what the network gives for them.

    Args:
        source: the images.
        prepare: maps uint8 RGB [h, w, 3] to float32 of one shape.
        settings: the network, where it runs, and how images are decoded.
        share: indices in the source.
        progress: shows how many images have passed the network.
        work: gives what is wanted of prepared images, float32 [n, ...], and their indices; several threads call it.

    Raises:
        InputError: an image can no longer be read, or its preparation fails.
    """
    batches = prepared_batches(
        source,
        prepare,
        alpha=settings.alpha,
        bit_depth=settings.bit_depth,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=frozenset(range(len(source))).difference(share),
    )
    streams = streams_for(settings.extractor, settings.device)
    most = piece_size(settings.batch_size, settings.device, streams=streams)
    pieces = _pieces(in_stage("waiting for images", batches), share, most)
    # Closed as soon as this generator is: threads and decoding workers must not outlive an error.
    with (
        closing(batches),
        progress(total=len(share), stage=f"extracting {source.name}") as advance,
        closing(in_streams(lambda piece: work(*piece), pieces, streams=streams, device=settings.device)) as passed,
    ):
        for (inputs, _), result in passed:
            yield inputs, result
            advance(len(inputs))


def _pieces(batches: Iterable[Inputs], share: Sequence[int], most: int) -> Iterator[tuple[Inputs, Sequence[int]]]:
    """Yield batches in pieces of at most so many images, with the index of each image."""
    start = 0
    for batch in batches:
        for first in range(0, len(batch), most):
            piece = batch[first : first + most]
            yield piece, share[start : start + len(piece)]
            start += len(piece)


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
    _check_finite(outputs.features, label)
    return outputs


def _check_finite(features: Tensor, label: Callable[[int], str]) -> None:
    finite = features.isfinite().all(dim=1)
    if not finite.all():
        row = int(finite.logical_not().nonzero()[0])
        raise NumericsError(f"features must be finite; the extractor gave a non-finite one for {label(row)}")
