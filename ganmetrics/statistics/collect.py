"""One pass over a set of images: decoded, prepared, through the network, into moments."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.features.base import Outputs
from ganmetrics.statistics.accumulate import LayerAccumulator
from ganmetrics.statistics.feature_store import FeatureStore
from ganmetrics.statistics.layer import Layer
from ganmetrics.statistics.settings import Settings


@dataclass(frozen=True)
class Keep:
    """What a pass keeps beside the moments of the features.

    Attributes:
        blocks: moments of eight parts, for intervals; memory does not grow with the images.
        spatial: statistics of the spatial features, for sFID.
        features: every image's features; memory, or past a budget the disk, grows with the images.
        logits: every image's class scores.
        memory: bytes that the features may take before they go to the disk.
    """

    blocks: bool = False
    spatial: bool = False
    features: bool = False
    logits: bool = False
    memory: int = 2 * 10**9


MOMENTS_ONLY = Keep()


@dataclass(frozen=True, eq=False)
class Collected:
    """What one pass gathers.

    Attributes:
        layer: statistics of the features.
        spatial: of the spatial features, where they were asked for.
        features: float32 [n, d], where they were asked for.
        logits: float32 [n, c], where they were asked for.
    """

    layer: Layer
    spatial: Layer | None
    features: Tensor | None
    logits: Tensor | None


def collect(
    source: ImageSource, settings: Settings, *, skip: frozenset[int], keep: Keep, progress: Progress
) -> Collected:
    """Return the statistics of the features of `source`, without the images at the indices `skip`.

    Raises:
        InputError: an image can no longer be read.
        NotEnoughSamples: no image is left.
        NumericsError: the network gave a non-finite feature; the image is named.
        StorageError: the disk has no room for the features.
    """
    count = len(source) - len(skip)
    settings = settings.for_count(count)
    if count == 0:
        raise NotEnoughSamples(f"statistics need at least one image; {source.name} has none that can be read")
    layer, spatial = LayerAccumulator(blocks=keep.blocks), LayerAccumulator(blocks=keep.blocks)
    features = FeatureStore(count, settings.extractor.spec.dimension, memory=keep.memory) if keep.features else None
    logits: list[Tensor] = []
    for outputs in _outputs(source, settings, skip=skip, progress=progress):
        layer.add(outputs.features)
        if keep.spatial:
            spatial.add(_spatial(outputs, settings))
        if features is not None:
            features.append(outputs.features)
        if keep.logits and outputs.logits is not None:
            logits.append(outputs.logits)
    return Collected(
        layer=layer.layer(),
        spatial=spatial.layer() if keep.spatial else None,
        features=None if features is None else features.tensor(),
        logits=torch.cat(logits) if logits else None,
    )


def _spatial(outputs: Outputs, settings: Settings) -> Tensor:
    if outputs.spatial is None:
        raise InputError(f"spatial features are inception-v3's; extractor {settings.extractor.spec.name} has none")
    return outputs.spatial


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
