"""`evaluate`: every asked metric from one pass over the images."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics._types import Progress, silent
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.extraction.settings import resolve_settings
from ganmetrics.features.base import Extractor
from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.protocols import resolve_protocol
from ganmetrics.ranks import all_ranks
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.reference import Reference
from ganmetrics.report import Report, Score
from ganmetrics.scoring import ScoringOptions, score_sides
from ganmetrics.scoring.featured import featured, survey_source
from ganmetrics.scoring.gather import gather
from ganmetrics.scoring.sides import STORED, Request, Side, open_side


def evaluate(
    real: object,
    fake: object,
    *,
    metrics: tuple[str, ...] | list[str] = ("fid",),
    extractor: str | Extractor = "inception-v3",
    protocol: str | None = None,
    weights: str | Path | None = None,
    count: int | None = None,
    seed: int = 0,
    alpha: str = "white",
    skip_bad: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    compile: bool = False,
    device: str | torch.device | None = None,
    offline: bool = False,
    cache: str | Path | None = None,
    interval: bool = True,
    confidence: float = 0.95,
    floor: bool = False,
    real_labels: Sequence[object] | None = None,
    fake_labels: Sequence[object] | None = None,
    k: int | None = None,
    subsets: int | None = None,
    subset_size: int | None = None,
    splits: int | None = None,
    memory: int = MEMORY,
    progress: Progress = silent,
) -> Report:
    """Return the scores of the fake images against the real ones, from one pass over each set.

    Called on all processes of torch.distributed's group, each extracts a share, the first one scores, and all return
    its report.

    Args:
        real: a folder, zip or npz (path), uint8 tensor [n, 3, h, w], map-style data set, `Reference` or its path.
        fake: the same.
        metrics: names of `ganmetrics.metrics.catalogue.METRICS`, such as ``fid``, ``kid`` or ``precision``.
        extractor: a name (``inception-v3``, ``efficientnet-lite0``, ``timm:NAME``) or an extractor.
        protocol: the conventions; None for the extractor's own (``ttur`` for ``inception-v3``).
        weights: a file of weights other than the published one.
        count: choose this many images of each side; None for all.
        seed: of that choice.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        skip_bad: score the readable images where some cannot be read, and say so in the result.
        batch_size: images a pass of the network; 32 where not given, and 8 on a CPU, which takes less memory.
        workers: decoding processes; 0 decodes in this one, None chooses.
        compile: compile the network where there are images enough to repay it; features agree to 1e-6.
        device: where the network runs; None for CUDA where there is one.
        offline: never download weights.
        cache: a folder to keep statistics in between runs; None keeps none.
        interval: give distances a value corrected for the counts, and an interval for it.
        confidence: of the interval, between 0 and 1.
        floor: score one half of the real images against the other as well, under each name with ``_floor``.
        real_labels: the class of each real image, in order; None for its first-level folder.
        fake_labels: the class that each fake image is meant to be of, likewise.
        k: rank of the neighbour that is the radius of precision, recall, density and coverage; None for the protocol's.
        subsets: how many subsets the kernel distance averages over; None for the protocol's.
        subset_size: images in each; None for the protocol's, but no more than there are.
        splits: parts of the Inception Score; None for the protocol's.
        memory: bytes that all features and blocks of distances may take; past it features lie on the disk.
        progress: shows how far a stage has come.

    Raises:
        InputError: a source or an option is not what is needed.
        NotEnoughSamples: a side has fewer images than the metric is defined for.
        NumericsError: the extractor gave a non-finite feature.
        StaleStatistics: a reference was made by another extractor, weights or protocol.
        StorageError: the cache cannot be written.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> report = evaluate(random_images(20, seed=1), random_images(20, seed=2), metrics=("fid", "is"),
    ...                   extractor=ChannelMeans(), workers=0)
    >>> [(name, score.fake_count) for name, score in report.items()]
    [('fd_channel-means', 20), ('is_channel-means', 20)]
    """
    chosen = _choose(metrics)
    options = ScoringOptions(
        interval=interval,
        confidence=confidence,
        floor=floor,
        k=k,
        subsets=subsets,
        subset_size=subset_size,
        splits=splits,
        seed=seed,
        memory=memory,
    )
    of_real = chosen if floor else tuple(metric for metric in chosen if metric.real)
    with all_ranks(f"evaluate of {', '.join(metrics)}") as ranks:
        real_side, fake_side = ranks.each(lambda: (open_side(real, real_labels), open_side(fake, fake_labels)))
        if isinstance(real_side, Reference) and isinstance(fake_side, Reference) and _stored(chosen):
            _check_given(real_side, fake_side, extractor, protocol)
            if count is not None or weights is not None:
                raise InputError("count and weights say how images are treated; got them with two stored references")
            stored = Side(real_side), Side(fake_side)
            return ranks.once(lambda: score_sides(chosen, *stored, options))
        settings = ranks.in_order(
            lambda: resolve_settings(
                extractor,
                protocol=protocol,
                weights=weights,
                offline=offline,
                count=count,
                seed=seed,
                alpha=alpha,
                skip_bad=skip_bad,
                batch_size=batch_size,
                workers=workers,
                compile=compile,
                device=device,
                progress=progress,
            )
        )
        store = None if cache is None else ReferenceCache(Path(cache))
        # Metrics of the fake side alone do not cost a pass over the real one.
        requests = [Request("real", real_side, of_real, interval, floor, memory)] if of_real else []
        requests.append(Request("fake", fake_side, chosen, interval, memory=memory))
        *given, fake_only = gather(requests, settings, cache=store, progress=progress)
        return ranks.once(lambda: score_sides(chosen, given[0] if given else None, fake_only, options))


def fid(
    real: object,
    fake: object,
    *,
    extractor: str | Extractor = "inception-v3",
    protocol: str | None = None,
    weights: str | Path | None = None,
    count: int | None = None,
    seed: int = 0,
    alpha: str = "white",
    skip_bad: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    compile: bool = False,
    device: str | torch.device | None = None,
    offline: bool = False,
    cache: str | Path | None = None,
    interval: bool = True,
    confidence: float = 0.95,
    progress: Progress = silent,
) -> Score:
    """Return the Fréchet distance between the features of two sets of images (Heusel et al. 2017, eq. 6).

    It is called ``fid`` with the canonical network and weights, ``fd_<extractor>`` otherwise. Sources, options and what
    is raised are those of `evaluate`.

    >>> from ganmetrics.testing import ChannelMeans
    >>> dark, bright = torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.full((4, 3, 8, 8), 10, dtype=torch.uint8)
    >>> print(fid(dark, bright, extractor=ChannelMeans(), workers=0))
    fd_channel-means = 300 (real 4, fake 4, channel-means/native, lower is better)
    """
    report = evaluate(
        real,
        fake,
        metrics=("fid",),
        extractor=extractor,
        protocol=protocol,
        weights=weights,
        count=count,
        seed=seed,
        alpha=alpha,
        skip_bad=skip_bad,
        batch_size=batch_size,
        workers=workers,
        compile=compile,
        device=device,
        offline=offline,
        cache=cache,
        interval=interval,
        confidence=confidence,
        progress=progress,
    )
    (score,) = report.values()
    return score


class Extracted(NamedTuple):
    """What `extract` returns: float32 features [n, d], and logits [n, c] where the extractor has them."""

    features: Tensor
    logits: Tensor | None


def extract(
    source: object,
    *,
    extractor: str | Extractor = "inception-v3",
    protocol: str | None = None,
    weights: str | Path | None = None,
    count: int | None = None,
    seed: int = 0,
    alpha: str = "white",
    skip_bad: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    compile: bool = False,
    device: str | torch.device | None = None,
    offline: bool = False,
    progress: Progress = silent,
) -> Extracted:
    """Return the features and logits of every readable image of `source`, in order.

    Source, options and what is raised are those of `evaluate`; memory grows with the number of images.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> features, logits = extract(random_images(5), extractor=ChannelMeans(), workers=0)
    >>> features.shape, features.dtype
    (torch.Size([5, 3]), torch.float32)
    """
    settings = resolve_settings(
        extractor,
        protocol=protocol,
        weights=weights,
        offline=offline,
        count=count,
        seed=seed,
        alpha=alpha,
        skip_bad=skip_bad,
        batch_size=batch_size,
        workers=workers,
        compile=compile,
        device=device,
        progress=progress,
    )
    found = featured(survey_source(source, settings, progress), settings, progress)
    return Extracted(found.features, found.logits)


def _choose(names: tuple[str, ...] | list[str]) -> tuple[Metric, ...]:
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise InputError(f"metrics must be among {', '.join(METRICS)}; got {', '.join(unknown) or 'none'}")
    return tuple(METRICS[name] for name in dict.fromkeys(names))


def _stored(metrics: tuple[Metric, ...]) -> bool:
    """Tell whether two stored sides are enough: every metric is of both and reads nothing that a file cannot hold."""
    return all(metric.real and metric.real | metric.fake <= STORED for metric in metrics)


def _check_given(real: Reference, fake: Reference, extractor: str | Extractor, protocol: str | None) -> None:
    """Refuse two stored sides that differ, or that are not of the extractor and protocol that were asked for."""
    real.check_comparable(fake)
    asked = extractor if isinstance(extractor, str) else extractor.spec.name
    conventions = resolve_protocol(protocol, asked).name
    for side in (real, fake):
        if side.spec is not None and (side.spec.name, side.protocol) != (asked, conventions):
            raise StaleStatistics(
                f"this run uses {asked}/{conventions}; the reference {side.source} was made with "
                f"{side.spec.name}/{side.protocol}"
            )
