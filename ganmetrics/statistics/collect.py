"""One pass over a set of images: decoded, prepared, through the network, into moments."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.core.moments import Moments
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import NotEnoughSamples, NumericsError
from ganmetrics.features.base import Outputs
from ganmetrics.statistics.settings import Settings

BLOCK_ROWS = 1024
"""Features enter the moments in blocks of this many images whatever the batch size, so that it cannot change their sum,
and one d x d update serves many small batches."""


@dataclass(frozen=True)
class Collected:
    """What one pass gathers.

    Attributes:
        moments: count, mean and covariance of the features.
        features: float32 [n, d], where they were asked for.
        logits: float32 [n, c], where they were asked for.
    """

    moments: Moments
    features: Tensor | None
    logits: Tensor | None


@dataclass(frozen=True)
class Keep:
    """What a pass keeps beside the moments; memory then grows with the number of images."""

    features: bool = False
    logits: bool = False


MOMENTS_ONLY = Keep()


def collect(
    source: ImageSource, settings: Settings, *, skip: frozenset[int], keep: Keep, progress: Progress
) -> Collected:
    """Return the moments of the features of `source`, without the images at the indices `skip`.

    Raises:
        InputError: an image can no longer be read.
        NumericsError: the network gave a non-finite feature; the image is named.
    """
    features: list[Tensor] = []
    logits: list[Tensor] = []
    moments: Moments | None = None
    for block in _blocks(_outputs(source, settings, skip=skip, progress=progress)):
        part = Moments.of(block.features)
        moments = part if moments is None else moments.merge(part)
        if keep.features:
            features.append(block.features)
        if keep.logits and block.logits is not None:
            logits.append(block.logits)
    if moments is None:
        raise NotEnoughSamples(f"statistics need at least one image; {source.name} has none that can be read")
    return Collected(
        moments=moments,
        features=torch.cat(features) if features else None,
        logits=torch.cat(logits) if logits else None,
    )


def _outputs(source: ImageSource, settings: Settings, *, skip: frozenset[int], progress: Progress) -> Iterator[Outputs]:
    kept = [index for index in range(len(source)) if index not in skip]
    batches = prepared_batches(
        source,
        settings.extractor.prepare,
        alpha=settings.alpha,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=skip,
    )
    start = 0
    # Closed as soon as this generator is: the decoding workers must not outlive an error of the network.
    with closing(batches), progress(total=len(kept), stage=f"extracting {source.name}") as advance:
        for batch in batches:
            outputs = settings.extractor(torch.from_numpy(batch), settings.device)
            _check_finite(outputs.features, source, kept[start : start + len(batch)])
            start += len(batch)
            advance(len(batch))
            yield outputs


def _check_finite(features: Tensor, source: ImageSource, indices: list[int]) -> None:
    finite = features.isfinite().all(dim=1)
    if not finite.all():
        label = source.label(indices[int(finite.logical_not().nonzero()[0])])
        raise NumericsError(f"features must be finite; the extractor gave a non-finite one for {label}")


def _blocks(outputs: Iterable[Outputs]) -> Iterator[Outputs]:
    """Regroup outputs into blocks of `BLOCK_ROWS` images; the last may be smaller."""
    pending: list[Outputs] = []
    rows = 0
    for output in outputs:
        pending.append(output)
        rows += len(output.features)
        while rows >= BLOCK_ROWS:
            whole = _concatenate(pending)
            yield _rows(whole, slice(0, BLOCK_ROWS))
            pending, rows = [_rows(whole, slice(BLOCK_ROWS, rows))], rows - BLOCK_ROWS
    if rows:
        yield _concatenate(pending)


def _concatenate(outputs: list[Outputs]) -> Outputs:
    logits = [output.logits for output in outputs if output.logits is not None]
    return Outputs(
        features=torch.cat([output.features for output in outputs]),
        logits=torch.cat(logits) if logits else None,
    )


def _rows(output: Outputs, rows: slice) -> Outputs:
    return Outputs(features=output.features[rows], logits=None if output.logits is None else output.logits[rows])
