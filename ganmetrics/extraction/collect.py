"""One pass over a set of images: decoded, prepared, through the network, into moments."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.core.gaussian.blocks import input_blocks
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.feature_store import FeatureStore
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.pooling import pooled
from ganmetrics.extraction.settings import Settings
from ganmetrics.features.base import Outputs
from ganmetrics.ranks import current
from ganmetrics.timing import in_stage, stage


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
    memory: int = MEMORY


MOMENTS_ONLY = Keep()


@dataclass(frozen=True, eq=False)
class Collected:
    """What one pass gathers.

    Attributes:
        layer: statistics of the features.
        spatial: of the spatial features, where they were asked for.
        features: float32 [n, d], where they were asked for; of several processes the first has them.
        logits: float32 [n, c], where they were asked for; likewise.
        block_numbers: int64 [n], the block of each image, where blocks and features were asked for; likewise.
    """

    layer: Layer
    spatial: Layer | None
    features: Tensor | None
    logits: Tensor | None
    block_numbers: Tensor | None = None


def collect(
    source: ImageSource, settings: Settings, *, skip: frozenset[int], keep: Keep, progress: Progress
) -> Collected:
    """Return the statistics of the features of `source`, without the images at the indices `skip`.

    Processes that work together extract a share each; the statistics of all images are known to all of them.

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
    ranks = current()
    kept = [index for index in range(len(source)) if index not in skip]
    share = [kept[row] for row in ranks.share(count)]
    capacity = count if ranks.first else len(share)
    # What the share's own stages leave is waiting for the slowest process, and what travels.
    with stage("joining processes") if ranks.size > 1 else nullcontext():
        part = ranks.each(
            lambda: _collect_share(source, settings, share, capacity=capacity, keep=keep, progress=progress)
        )
        layer = pooled(part.layer, blocks=keep.blocks)
        spatial = pooled(part.spatial, blocks=keep.blocks) if keep.spatial else None
        if part.features is not None:
            for rows in ranks.others_rows(part.features.tensor()):
                part.features.append(rows)
        numbers = ranks.gather(part.block_numbers) if keep.blocks and keep.features else []
        if keep.logits:
            part.logits.extend(ranks.others_rows(torch.cat(part.logits) if part.logits else None))
    return Collected(
        layer=layer,
        spatial=spatial,
        features=None if part.features is None or not ranks.first else part.features.tensor(),
        logits=torch.cat(part.logits) if part.logits and ranks.first else None,
        block_numbers=torch.cat(numbers) if numbers else None,
    )


@dataclass
class _Share:
    """What one process gathers; it may have no image."""

    layer: Layer | None
    spatial: Layer | None
    features: FeatureStore | None
    logits: list[Tensor]
    block_numbers: Tensor


def _collect_share(
    source: ImageSource, settings: Settings, share: list[int], *, capacity: int, keep: Keep, progress: Progress
) -> _Share:
    layer, spatial = LayerAccumulator(blocks=keep.blocks), LayerAccumulator(blocks=keep.blocks)
    features = FeatureStore(capacity, settings.extractor.spec.dimension, memory=keep.memory) if keep.features else None
    logits: list[Tensor] = []
    numbers = [torch.empty(0, dtype=torch.int64)]
    for batch, outputs in _outputs(source, settings, share, progress):
        with stage("moments"):
            if keep.blocks:
                numbers.append(input_blocks(batch))
            layer.add(outputs.features, numbers[-1])
            if keep.spatial:
                spatial.add(_spatial(outputs, settings), numbers[-1])
            if features is not None:
                features.append(outputs.features)
            if keep.logits and outputs.logits is not None:
                logits.append(outputs.logits)
    return _Share(
        layer=layer.layer() if layer.count else None,
        spatial=spatial.layer() if spatial.count else None,
        features=features,
        logits=logits,
        block_numbers=torch.cat(numbers),
    )


def _spatial(outputs: Outputs, settings: Settings) -> Tensor:
    if outputs.spatial is None:
        raise InputError(f"spatial features are inception-v3's; extractor {settings.extractor.spec.name} has none")
    return outputs.spatial


def _outputs(
    source: ImageSource, settings: Settings, share: list[int], progress: Progress
) -> Iterator[tuple[npt.NDArray[np.float32], Outputs]]:
    """Yield what the network is given, and what it gives, batch by batch."""
    batches = prepared_batches(
        source,
        settings.extractor.prepare,
        alpha=settings.alpha,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=frozenset(range(len(source))).difference(share),
    )
    start = 0
    # Closed as soon as this generator is: the decoding workers must not outlive an error of the network.
    with closing(batches), progress(total=len(share), stage=f"extracting {source.name}") as advance:
        for batch in in_stage("waiting for images", batches):
            with stage("network"):
                outputs = settings.extractor(torch.from_numpy(batch), settings.device).on_host()
                _check_finite(outputs.features, source, share[start : start + len(batch)])
            start += len(batch)
            advance(len(batch))
            yield batch, outputs


def _check_finite(features: Tensor, source: ImageSource, indices: list[int]) -> None:
    finite = features.isfinite().all(dim=1)
    if not finite.all():
        label = source.label(indices[int(finite.logical_not().nonzero()[0])])
        raise NumericsError(f"features must be finite; the extractor gave a non-finite one for {label}")
