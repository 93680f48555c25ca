"""`Evaluator`: several metrics of generated images inside a training loop, from one pass of the network."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import asdict
from functools import partial
from typing import Any, Self, Unpack

import numpy as np
import torch
from torch import Tensor

from ganmetrics._text import shown
from ganmetrics.core.checks import of_type
from ganmetrics.core.gaussian.blocks import input_hashes
from ganmetrics.data.arrays import check_images
from ganmetrics.data.features import Features
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.outputs import check_finite_features
from ganmetrics.extraction.pooling import pool
from ganmetrics.extraction.rows import GrowingRows
from ganmetrics.extraction.settings import open_settings
from ganmetrics.extraction.streams import in_streams, piece_size, streams_for
from ganmetrics.features.base import Outputs
from ganmetrics.features.batched_preparation import prepare_batch
from ganmetrics.metrics.catalogue import Metric, Need, choose_metrics
from ganmetrics.ranks import Ranks, all_ranks
from ganmetrics.references.agreement import check_matches, check_same_set, follow_stored
from ganmetrics.references.gather import gather, taken_for
from ganmetrics.references.loop_state import FEATURES_MADE_BY, LoopState, unpack_state
from ganmetrics.references.reference import Reference
from ganmetrics.references.refusals import check_holds, check_request
from ganmetrics.references.run import Run
from ganmetrics.references.sides import Demand, Request, Side, open_side
from ganmetrics.report import Report
from ganmetrics.scoring import ScoringOptions, score_sides
from ganmetrics.scoring.keywords import EvaluationOptions, split_options


class Evaluator:
    """Gathers generated images batch by batch and scores them by several metrics, each image passing the network once.

    The real side is gathered once, when this is made. The network runs in evaluation mode whatever the training loop
    does, and draws no random numbers. Copies and pickles carry what was seen so far.

    Args:
        reference: the real images, as `ganmetrics.evaluate` takes them; statistics, or the path of stored ones, will do
            for distances of means and covariances.
        how: how images become features; or its fields as keywords. What stored statistics say need not be said again.
        metrics: names of `ganmetrics.metrics.catalogue.METRICS` that need no classes.
        scoring: what is chosen about the metrics; or its fields as keywords.
        options: the fields of `ganmetrics.Extraction` and of `ganmetrics.scoring.options.ScoringOptions`, and
            ``cache``, ``cache_features`` and ``progress`` for the real side, as `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a metric, a source or an option is not what is needed, or statistics do not say how they were made
            and nothing is named.
        StaleStatistics: the extractor is not the one that made the statistics.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metrics = ("fid", "kid", "precision")
    >>> evaluator = Evaluator(random_images(40), metrics=metrics, extractor=ChannelMeans(), workers=0)
    >>> for seed in (1, 2):
    ...     evaluator.update(random_images(20, seed=seed))
    >>> report = evaluator.compute()
    >>> list(report), report["kd_channel-means"].fake_count
    (['fd_channel-means', 'kd_channel-means', 'precision_channel-means'], 40)
    """

    def __init__(
        self,
        reference: object,
        how: Extraction | None = None,
        *,
        metrics: Sequence[str] = ("fid",),
        scoring: ScoringOptions | None = None,
        **options: Unpack[EvaluationOptions],
    ) -> None:
        self._metrics = choose_metrics(metrics)
        extraction, self._options, run = split_options(how, scoring, options)
        _check_loop(self._metrics, self._options)
        opened = open_side(reference, extraction)
        if isinstance(opened, Features):
            raise InputError(
                f"a loop's images need images or their statistics to be scored against; got {opened.source}"
            )
        stored = [opened] if isinstance(opened, Reference) else []
        _check_named(stored, extraction)
        agreed = follow_stored(extraction, stored, opening=True)
        request = _request(opened, tuple(metric for metric in self._metrics if metric.real), self._options)
        check_holds(request)
        self._settings = open_settings(agreed, progress=run.progress)
        check_request(_request(opened, self._metrics, self._options, real=False), self._settings)
        self._real = self._gather_real(request, agreed, extraction, run)
        self._warned = False
        self.reset()

    @property
    def reference(self) -> Reference | None:
        """The statistics of the real side; None where no metric reads it."""
        return None if self._real is None else self._real.reference

    @property
    def count(self) -> int:
        """Number of images that this process has seen so far."""
        return self._seen.count + sum(layer.moments.count or 0 for layer in self._merged)

    def reset(self) -> None:
        """Forget the images seen so far; the real side stays."""
        kept, device = self._options.interval, self._settings.device
        self._seen, self._spatial = (LayerAccumulator(kept=kept, device=device) for _ in range(2))
        self._merged: list[Layer] = []
        self._merged_spatial: list[Layer] = []
        # Features and logits of each image, where a metric reads them.
        self._features, self._logits = (GrowingRows(memory=self._options.memory) for _ in range(2))

    def update(self, images: object) -> None:
        """Add generated images, uint8 [n, 3, h, w] on any device; `ganmetrics.to_uint8` makes them from [-1, 1].

        All of them are added or, whatever is raised on the way, none.

        Raises:
            InputError: the images are not uint8 of that shape; the message says how to convert them.
            NumericsError: the network gave a feature that is not finite.
        """
        batch, settings = check_images(images), self._settings
        streams = streams_for(settings.extractor, settings.device)
        size = piece_size(settings.batch_size, settings.device, streams=streams)
        # A few at a time: prepared images of one large batch would take as much memory as it has images.
        pieces = (self._prepared(piece) for piece in torch.split(batch.detach(), size) if len(piece))
        given: list[tuple[Outputs, Tensor | None]] = []
        count = 0
        with closing(in_streams(self._outputs, pieces, streams=streams, device=settings.device)) as passed:
            for inputs, outputs in passed:
                check_finite_features(outputs.features, partial(_number_of, count))
                count += len(outputs.features)
                given.append((outputs, input_hashes(inputs) if self._options.interval else None))
        for outputs, hashes in given:
            self._add(outputs, hashes)

    def __copy__(self) -> Self:
        """Return an evaluator that has seen the same, and goes on by itself; network and real side are shared."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        for name in ("_seen", "_spatial", "_merged", "_merged_spatial", "_features", "_logits"):
            setattr(new, name, deepcopy(getattr(self, name)))
        return new

    def merge(self, other: "Evaluator") -> None:
        """Add all that `other` has seen: another stream of images, or another part of the run.

        Raises:
            StaleStatistics: the other's features come from another extractor, weights or protocol, or it scores against
                other real images.
            InputError: it is no evaluator, is this one, or has other metrics or options of theirs.
        """
        of_type("what is merged", other, Evaluator, "an evaluator")
        if other is self:
            raise InputError("what is merged must be another evaluator; got the same, whose images would count twice")
        others = other._chosen()
        for name, chosen in self._chosen().items():
            if others[name] != chosen:
                kind = StaleStatistics if name in FEATURES_MADE_BY else InputError
                raise kind(
                    f"evaluators that merge need the same {name}: {shown(chosen)}; the other has {shown(others[name])}"
                )
        if self.reference is not None and other.reference is not None:
            check_same_set(self.reference, other.reference)
        if not other.count:
            return
        self._merged.append(other._layer())
        if "spatial" in self._needs:
            self._merged_spatial.append(_joined(other._spatial, other._merged_spatial))
        for mine, theirs in ((self._features, other._features), (self._logits, other._logits)):
            if len(theirs):
                mine.append(theirs.tensor())

    def state_dict(self) -> dict[str, Any]:
        """Return what was seen so far: tensors and plain values, which ``torch.save`` writes into a checkpoint.

        `torch.load` reads them with ``weights_only=True``. The real side and the network are not in it.
        """
        layers = {}
        if self.count:
            layers["layer"] = self._layer()
            if "spatial" in self._needs:
                layers["spatial"] = _joined(self._spatial, self._merged_spatial)
        rows = {name: kept.tensor().clone() for name, kept in self._rows().items() if len(kept)}
        return LoopState(layers, rows).pack(self._made())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what another run had seen; what this one has seen so far is forgotten.

        Raises:
            InputError: it is no state of an evaluator, or of one that gathers for other metrics.
            StaleStatistics: it was gathered with another extractor, weights or protocol.
        """
        found = unpack_state(state, self._made(), self._widths())
        self.reset()
        self._merged = [found.layers["layer"]] if "layer" in found.layers else []
        self._merged_spatial = [found.layers["spatial"]] if "spatial" in found.layers else []
        for name, kept in self._rows().items():
            if name in found.rows:
                kept.append(found.rows[name])

    def _rows(self) -> dict[str, GrowingRows]:
        return {"features": self._features, "logits": self._logits}

    def _widths(self) -> dict[str, int]:
        """Return the widths of all that is gathered, by name."""
        spec, needs = self._settings.extractor.spec, self._needs
        widths = {"layer": spec.dimension, "features": spec.dimension, "logits": spec.classes, "spatial": spec.spatial}
        gathered = {"layer", *needs}
        return {name: width for name, width in widths.items() if name in gathered and width is not None}

    def _made(self) -> dict[str, str]:
        """Return what a state must agree in, as texts."""
        spec = self._settings.extractor.spec
        return {
            "needs": " ".join(sorted(self._needs)),
            "interval": str(self._options.interval),
            "extractor": spec.name,
            "weights": spec.weights_sha256 or "none",
            "preprocessing": spec.preprocessing,
            "protocol": self._settings.protocol.name,
        }

    def _chosen(self) -> dict[str, object]:
        """Return what evaluators that merge must agree in: all that a score says, but for the room it may take."""
        options = {name: value for name, value in asdict(self._options).items() if name != "memory"}
        return {"metrics": " ".join(metric.name for metric in self._metrics), **self._made(), **options}

    def compute(self) -> Report:
        """Return the scores of the images seen so far.

        Called on all processes of torch.distributed's group, they are those of the images that all have seen together.

        Raises:
            NotEnoughSamples: too few images were seen for every metric.
        """
        with all_ranks("Evaluator.compute") as ranks:
            if not sum(ranks.gather(self.count)):
                raise NotEnoughSamples(
                    f"{self._metrics[0].title} needs at least 2 images a side; update has been given none"
                )
            fake = self._fake_side(ranks)
            warn, self._warned = not self._warned, True
            return ranks.once(lambda: score_sides(self._metrics, self._real, fake, self._options, warn=warn))

    @property
    def _needs(self) -> frozenset[Need]:
        """What the metrics read of the generated images."""
        return frozenset[Need]().union(*(metric.fake for metric in self._metrics))

    def _gather_real(
        self,
        request: Request,
        agreed: Extraction,
        extraction: Extraction,
        run: Run,
    ) -> Side | None:
        if not request.demands:
            return None
        if isinstance(request.opened, Reference):
            check_matches(request.opened, self._settings)
            return taken_for(Side(request.opened), extraction, self._settings)
        (side,) = gather([request], agreed, cache=run.cache, progress=run.progress)
        return side

    def _prepared(self, images: Tensor) -> Tensor:
        """Return prepared images: made where a GPU's network runs, or by the host."""
        device, prepare = self._settings.device, self._settings.extractor.prepare
        if device.type != "cpu":
            batch = prepare_batch(prepare, images.to(device))
            if batch is not None:
                return batch
        pixels = images.permute(0, 2, 3, 1).cpu().numpy()
        return torch.from_numpy(np.stack([prepare(np.ascontiguousarray(image)) for image in pixels]))

    def _outputs(self, inputs: Tensor) -> Outputs:
        return self._settings.extractor(inputs, self._settings.device).on_host()

    def _add(self, outputs: Outputs, hashes: Tensor | None) -> None:
        self._seen.add(outputs.features, hashes)
        if "spatial" in self._needs and outputs.spatial is not None:
            self._spatial.add(outputs.spatial, hashes)
        if "features" in self._needs:
            self._features.append(outputs.features)
        if "logits" in self._needs and outputs.logits is not None:
            self._logits.append(outputs.logits)

    def _layer(self) -> Layer:
        """Return the statistics of all images, those of merged evaluators included."""
        return _joined(self._seen, self._merged)

    def _fake_side(self, ranks: Ranks) -> Side:
        """Return the side of all processes' images; the first process has the features of each."""
        kept = self._options.interval
        layer = pool(ranks.each(lambda: self._layer() if self.count else None), kept=kept)
        spatial = None
        if "spatial" in self._needs:
            own = _joined(self._spatial, self._merged_spatial) if self.count else None
            spatial = pool(own, kept=kept)
        reference = Reference.of_stream(layer, self._settings, source="generated", spatial=spatial)
        features, logits = (self._all_rows(rows, ranks) for rows in (self._features, self._logits))
        return Side(reference, features=features, logits=logits)

    def _all_rows(self, rows: GrowingRows, ranks: Ranks) -> Tensor | None:
        if not sum(ranks.gather(len(rows))):
            return None
        own = rows.tensor() if len(rows) else None
        others = list(ranks.others_rows(own))
        return torch.cat([part for part in (own, *others) if part is not None]) if others else own


def _number_of(before: int, row: int) -> str:
    return f"images[{before + row}]"


def _joined(seen: LayerAccumulator, merged: Sequence[Layer]) -> Layer:
    layers = [*([seen.layer()] if seen.count else []), *merged]
    first, *rest = layers
    for layer in rest:
        first = first.merge(layer)
    return first


def _request(opened: object, metrics: tuple[Metric, ...], options: ScoringOptions, *, real: bool = True) -> Request:
    demands = tuple(Demand(metric.title, metric.real if real else metric.fake, metric.least) for metric in metrics)
    return Request("real", opened, demands, images=options.interval, memory=options.memory)  # type: ignore[arg-type]


def _check_loop(metrics: tuple[Metric, ...], options: ScoringOptions) -> None:
    """Refuse what a loop cannot give.

    Raises:
        InputError: a metric reads classes, or a floor is asked for.
    """
    classed = [metric.title for metric in metrics if "classes" in metric.fake]
    if classed:
        raise InputError(f"a loop's images have no classes, which {classed[0]} needs (ganmetrics.evaluate has them)")
    if any("pixels" in metric.fake for metric in metrics):
        raise InputError("a loop keeps no pixels, which fwd needs; ganmetrics.evaluate reads them")
    if options.floor:
        raise InputError("a floor is of the real images alone; ganmetrics.evaluate gives it")


def _check_named(stored: Sequence[Reference], how: Extraction) -> None:
    """Refuse statistics that do not say how they were made where nothing is named either.

    Raises:
        InputError: they are such.
    """
    for reference in stored:
        if reference.identity is None and how.name is None and how.protocol is None:
            raise InputError(
                f"a training loop needs to know how a reference was made; {reference.name} does not say: "
                "name its extractor and protocol"
            )
