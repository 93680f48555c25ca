"""`explain`: why libraries give the same files other FIDs.

What differs between the protocols of one network is how an image is resized, how its pixels are scaled, and by what the
covariance is divided. Each is changed in turn, in that order, so that the parts add up to the whole difference.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ganmetrics._types import Progress, silent
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.collect import Collected
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.preparations import Preparation, collect_prepared
from ganmetrics.extraction.settings import Settings, resolve_settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.features.names import DEFAULT_EXTRACTOR
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.protocols import PROTOCOLS, Protocol, resolve_protocol
from ganmetrics.references.reference import Reference
from ganmetrics.report import Score, Table
from ganmetrics.scoring import Comparison
from ganmetrics.scoring.featured import survey_source
from ganmetrics.scoring.sides import Side, open_side
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)

PARTS = ("difference", "resize", "scaling", "convention")

Layers = dict[Preparation, Layer]


class Choices(NamedTuple):
    """What a protocol chooses that can change a Fréchet distance."""

    preparation: Preparation
    ddof: int

    @classmethod
    def of(cls, protocol: Protocol) -> "Choices":
        """Return the choices of a protocol that fixes all of them."""
        assert protocol.resize is not None
        assert protocol.scaling is not None
        return cls(Preparation(protocol.resize, protocol.scaling), protocol.ddof)

    def towards(self, other: "Choices") -> tuple["Choices", "Choices"]:
        """Return the two steps between: the other's resize alone, then its scaling too.

        >>> for step in Choices.of(PROTOCOLS["ttur"]).towards(Choices.of(PROTOCOLS["pytorch-fid"])):
        ...     print(*step.preparation)
        half-pixel-bilinear (x-128)/128
        half-pixel-bilinear 2x/255-1
        """
        resized = self._replace(preparation=self.preparation._replace(resize=other.preparation.resize))
        return resized, self._replace(preparation=other.preparation)


@dataclass(frozen=True)
class Explained:
    """The distance under one protocol, and the parts of its difference from the base's.

    Attributes:
        score: the classical distance.
        resize: what the protocol's resize adds to the base's distance.
        scaling: what its scaling adds to that.
        convention: what its division of the covariance adds to that.
    """

    score: Score
    resize: float
    scaling: float
    convention: float

    @property
    def difference(self) -> float:
        """The protocol's distance less the base's: the sum of the parts."""
        return self.resize + self.scaling + self.convention


@dataclass(frozen=True)
class Explanation:
    """The same files under every protocol of the Inception network.

    Attributes:
        base: the protocol that differences are counted from.
        protocols: by name, in the order of the table of protocols.
        provenance: all that produced the numbers, as plain JSON values.
    """

    base: str
    protocols: dict[str, Explained]
    provenance: dict[str, Any] = field(repr=False)

    def table(self) -> Table:
        """Return one row a protocol."""
        score = self.protocols[self.base].score
        counts = f"real {score.real_count:,}, fake {score.fake_count:,}"
        title = f"{score.name} ({counts}) under every protocol; differences are from {self.base}'s"
        rows = tuple(
            (
                name,
                PROTOCOLS[name].resize,
                PROTOCOLS[name].scaling,
                "n - 1" if PROTOCOLS[name].ddof else "n",
                row.score.value,
                *(getattr(row, part) for part in PARTS),
            )
            for name, row in self.protocols.items()
        )
        columns = (
            "protocol",
            "resize",
            "scaling",
            "divisor",
            score.name,
            "difference",
            "= resize",
            "+ scaling",
            "+ divisor",
        )
        return Table("protocols", title, columns, rows)

    def to_text(self) -> str:
        """Return the table."""
        return self.table().to_text()

    def to_json(self) -> str:
        """Return one JSON object: ``scores`` with the parts of each difference, ``base`` and ``provenance``."""
        scores = [
            {**row.score.to_json(), **{part: getattr(row, part) for part in PARTS}} for row in self.protocols.values()
        ]
        content = {"scores": scores, "base": self.base, "provenance": self.provenance}
        return json.dumps(content, indent=2, allow_nan=False)


def explain(
    real: object,
    fake: object,
    *,
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
) -> Explanation:
    """Return the Fréchet distance of two sets of images under every protocol of ``inception-v3``, and its parts.

    Each image is decoded once and resized once by each resizer; the network runs once for each pair of resizer and
    scaling that a protocol, or a step on the way to it, needs.

    Args:
        real: images as `ganmetrics.evaluate` takes them; a stored reference will not do, it is of one protocol.
        fake: the same.
        protocol: the one that differences are counted from; None for ``ttur``.
        weights: a file of weights other than the published one.
        count: choose this many images of each side; None for all.
        seed: of that choice.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        skip_bad: score the readable images where some cannot be read.
        batch_size: images a pass of the network; 32 where not given, and 8 on a CPU, which takes less memory.
        workers: decoding processes; 0 decodes in this one, None chooses.
        compile: compile the network where there are images enough to repay it; features agree to 1e-6.
        device: where the network runs; None for CUDA where there is one.
        offline: never download weights.
        progress: shows how far a stage has come.

    Raises:
        InputError: a source or an option is not what is needed.
        NotEnoughSamples: a side has fewer than two images.
        NumericsError: the network gave a non-finite feature.
        WeightsError: the weights cannot be found.
    """
    base = resolve_protocol(protocol, DEFAULT_EXTRACTOR)
    for source in (real, fake):
        if isinstance(open_side(source), Reference):
            raise InputError(f"explaining needs images; {source} holds statistics under one protocol")
    settings = resolve_settings(
        DEFAULT_EXTRACTOR,
        protocol=base.name,
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
    surveys = [survey_source(source, settings, progress) for source in (real, fake)]
    for role, surveyed in zip(("real", "fake"), surveys, strict=True):
        _check_count(surveyed)
        logger.info("%s: %s", role, surveyed.audit.line())
    rows = [entry for entry in PROTOCOLS.values() if DEFAULT_EXTRACTOR in entry.extractors]
    preparations = _needed(base, rows)
    layers = [collect_prepared(surveyed, preparations, settings, progress) for surveyed in surveys]
    sides = [Side(_reference(surveyed, side, base, settings)) for surveyed, side in zip(surveys, layers, strict=True)]
    comparison = Comparison.of(*sides)
    comparison.warn()
    with stage("scores"):
        explained = _explain(comparison, base, rows, _distances(layers[0], layers[1]))
    return Explanation(base.name, explained, comparison.provenance())


def _check_count(surveyed: Survey) -> None:
    metric = METRICS["fid"]
    if surveyed.audit.count < metric.least:
        raise NotEnoughSamples(
            f"{metric.title} needs at least {metric.least} images a side; {surveyed.source.name} has "
            f"{surveyed.audit.count}"
        )


def _needed(base: Protocol, rows: list[Protocol]) -> tuple[Preparation, ...]:
    """Return every preparation of the protocols and of the steps to them, each once."""
    start = Choices.of(base)
    steps = (step for row in rows for step in (start, *start.towards(Choices.of(row)), Choices.of(row)))
    return tuple(dict.fromkeys(step.preparation for step in steps))


def _reference(surveyed: Survey, layers: Layers, base: Protocol, settings: Settings) -> Reference:
    """Return a side's statistics under the base protocol, for all that is said of the sides."""
    collected = Collected(layers[Choices.of(base).preparation], spatial=None, features=None, logits=None)
    return Reference.assemble(collected, surveyed, settings)


def _distances(real: Layers, fake: Layers) -> Callable[[Choices], float]:
    """Return the distance as a function of the choices, each computed once."""
    known: dict[Choices, float] = {}

    def distance(choices: Choices) -> float:
        if choices not in known:
            moments = (side[choices.preparation].moments.with_ddof(choices.ddof) for side in (real, fake))
            known[choices] = frechet_distance(*moments)
        return known[choices]

    return distance


def _explain(
    comparison: Comparison, base: Protocol, rows: list[Protocol], distance: Callable[[Choices], float]
) -> dict[str, Explained]:
    start = Choices.of(base)
    explained = {}
    for row in rows:
        end = Choices.of(row)
        values = [distance(choices) for choices in (start, *start.towards(end), end)]
        score = replace(comparison, protocol=row).score(METRICS["fid"], values[-1])
        parts = (after - before for before, after in pairwise(values))
        explained[row.name] = Explained(score, *parts)
    return explained
