"""One pass over a set of images: decoded, prepared, through the network, into moments."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.core.gaussian.blocks import blocks_of, input_hashes
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.feature_store import FeatureStore
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.outputs import Inputs, Way, extracted, network_outputs
from ganmetrics.extraction.pooling import pool
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.extraction.wavelets import Pixels, WaveletAccumulator, pool_wavelets
from ganmetrics.features.base import Outputs
from ganmetrics.metrics.wavelet import WaveletMoments
from ganmetrics.ranks import current
from ganmetrics.timing import stage


@dataclass(frozen=True)
class Keep:
    """What a pass keeps beside the moments of the features.

    Attributes:
        blocks: moments of eight parts, for a floor; memory does not grow with the images.
        images: some of the images' features, for intervals; at most as many as there are features.
        spatial: statistics of the spatial features, for sFID.
        features: every image's features; memory, or past a budget the disk, grows with the images.
        logits: every image's class scores.
        memory: bytes that the features may take before they go to the disk.
        wavelet_level: halvings of the wavelet packets whose moments are kept; None keeps none.
    """

    blocks: bool = False
    images: bool = False
    spatial: bool = False
    features: bool = False
    logits: bool = False
    memory: int = MEMORY
    wavelet_level: int | None = None

    def with_all_of(self, layer: Layer, spatial: Layer | None) -> "Keep":
        """Return what keeps as much as these statistics hold, too."""
        return replace(
            self,
            blocks=self.blocks or layer.blocks is not None,
            images=self.images or layer.kept is not None,
            spatial=self.spatial or spatial is not None,
        )


@dataclass(frozen=True, eq=False)
class Collected:
    """What one pass gathers.

    Attributes:
        layer: statistics of the features.
        spatial: of the spatial features, where they were asked for.
        features: float32 [n, d], where they were asked for; of several processes the first has them.
        logits: float32 [n, c], where they were asked for; likewise.
        block_numbers: int64 [n], the block of each image, where blocks and features were asked for; likewise.
        wavelets: moments of the wavelet packets, where they were asked for.
    """

    layer: Layer
    spatial: Layer | None
    features: Tensor | None
    logits: Tensor | None
    block_numbers: Tensor | None = None
    wavelets: WaveletMoments | None = None


def collect(surveyed: Survey, settings: Settings, *, keep: Keep, progress: Progress) -> Collected:
    """Return the statistics of the features of surveyed images, without those that cannot be read.

    Processes that work together extract a share each; the statistics of all images are known to all of them.

    Raises:
        InputError: an image can no longer be read.
        NotEnoughSamples: no image is left.
        NumericsError: the network gave a non-finite feature; the image is named.
        StorageError: the disk has no room for the features.
    """
    (collected,) = collect_several(surveyed, [(settings, keep)], progress=progress)
    return collected


def collect_several(
    surveyed: Survey, networks: Sequence[tuple[Settings, Keep]], *, progress: Progress
) -> list[Collected]:
    """Return what `collect` does for each of several networks; every image is decoded once.

    The settings may differ in extractor and protocol only.

    Raises:
        GanMetricsError: as `collect` does.
    """
    kept, ranks = surveyed.kept, current()
    if not kept:
        raise NotEnoughSamples(f"statistics need at least one image; {surveyed.source.name} has none that can be read")
    share = [kept[row] for row in ranks.share(len(kept))]
    capacity = len(kept) if ranks.first else len(share)
    # What the share's own stages leave is waiting for the slowest process, and what travels.
    with stage("joining processes") if ranks.size > 1 else nullcontext():
        parts = ranks.each(lambda: _collect_share(surveyed.source, networks, share, capacity, progress))
        return [_join(part, keep) for part, (_, keep) in zip(parts, networks, strict=True)]


def _join(part: "_Share", keep: Keep) -> Collected:
    """Return what all processes have gathered; every image's rows are with the first one."""
    ranks = current()
    layer = pool(part.layer, blocks=keep.blocks, kept=keep.images)
    spatial = pool(part.spatial, blocks=keep.blocks, kept=keep.images) if keep.spatial else None
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
        wavelets=None if keep.wavelet_level is None else pool_wavelets(part.wavelets, level=keep.wavelet_level),
    )


@dataclass
class _Share:
    """What one process gathers for one network; it may have no image."""

    layer: Layer | None
    spatial: Layer | None
    features: FeatureStore | None
    logits: list[Tensor]
    block_numbers: Tensor
    wavelets: WaveletMoments | None


class _Gathering:
    """Takes what one network gives, batch by batch."""

    def __init__(self, settings: Settings, keep: Keep, capacity: int) -> None:
        self._settings = settings
        self._keep = keep
        self._layer, self._spatial = (
            LayerAccumulator(blocks=keep.blocks, kept=keep.images, device=settings.device) for _ in range(2)
        )
        dimension = settings.extractor.spec.dimension
        self._features = FeatureStore(capacity, dimension, memory=keep.memory) if keep.features else None
        self._logits: list[Tensor] = []
        self._numbers = [torch.empty(0, dtype=torch.int64)]

    def add(self, batch: Inputs, outputs: Outputs) -> None:
        keep = self._keep
        hashes = input_hashes(batch) if keep.blocks or keep.images else None
        if keep.blocks and hashes is not None:
            self._numbers.append(blocks_of(hashes))
        self._layer.add(outputs.features, hashes)
        if keep.spatial:
            self._spatial.add(_spatial(outputs, self._settings), hashes)
        if self._features is not None:
            self._features.append(outputs.features)
        if keep.logits and outputs.logits is not None:
            self._logits.append(outputs.logits)

    def share(self, wavelets: WaveletMoments | None) -> _Share:
        return _Share(
            layer=self._layer.layer() if self._layer.count else None,
            spatial=self._spatial.layer() if self._spatial.count else None,
            features=self._features,
            logits=self._logits,
            block_numbers=torch.cat(self._numbers),
            wavelets=wavelets,
        )


def _collect_share(
    source: ImageSource,
    networks: Sequence[tuple[Settings, Keep]],
    share: Sequence[int],
    capacity: int,
    progress: Progress,
) -> list[_Share]:
    gathering = [_Gathering(settings, keep, capacity) for settings, keep in networks]
    ways: list[Way[Outputs | Tensor]] = [_way(source, settings) for settings, _ in networks]
    levels = {keep.wavelet_level for _, keep in networks if keep.wavelet_level is not None}
    packets = [WaveletAccumulator(level=level) for level in levels]
    ways += [Way(Pixels(networks[0][0].geometry), networks[0][0], _pixels) for _ in packets]
    for number, batch, found in extracted(source, ways, share, progress=progress):
        with stage("moments"):
            if isinstance(found, Outputs):
                gathering[number].add(batch, found)
            else:
                packets[number - len(networks)].add(found)
    wavelets = packets[0].moments() if packets else None
    return [one.share(wavelets) for one in gathering]


def _pixels(inputs: Inputs, _indices: Sequence[int]) -> Tensor:
    return torch.from_numpy(inputs)


def _way(source: ImageSource, settings: Settings) -> Way[Outputs | Tensor]:
    def outputs_of(inputs: Inputs, indices: Sequence[int]) -> Outputs:
        return network_outputs(inputs, settings, _Label(source, indices))

    return Way(settings.extractor.prepare, settings, outputs_of)


def _spatial(outputs: Outputs, settings: Settings) -> Tensor:
    if outputs.spatial is None:
        raise InputError(f"spatial features are inception-v3's; extractor {settings.extractor.spec.name} has none")
    return outputs.spatial


@dataclass(frozen=True)
class _Label:
    """What messages call the image of a row of a batch."""

    source: ImageSource
    indices: Sequence[int]

    def __call__(self, row: int) -> str:
        return self.source.label(self.indices[row])
