"""`explain`: why libraries give the same files other FIDs.

What differs between the protocols of one network is how an image is resized, how its pixels are scaled, and by what the
covariance is divided. Each is changed in turn, in that order, so that the parts add up to the whole difference.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple, Unpack

from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import INCEPTION_SIZE
from ganmetrics.features.names import DEFAULT_EXTRACTOR
from ganmetrics.features.resize import Preprocessing
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.protocols import PROTOCOLS, Protocol, resolve_protocol
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather_each import Prepared, gather_each
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.run import split_gathering
from ganmetrics.references.sides import Demand, Request, Side, open_images
from ganmetrics.report import Score, Table
from ganmetrics.scoring import Comparison
from ganmetrics.timing import stage

PARTS = ("difference", "resize", "scaling", "convention")


class _Choices(NamedTuple):
    """What a protocol chooses that can change a Fréchet distance."""

    preparation: Preprocessing
    ddof: int

    @classmethod
    def of(cls, protocol: Protocol) -> "_Choices":
        """Return the choices of a protocol that fixes all of them."""
        assert protocol.resize is not None
        assert protocol.scaling is not None
        return cls(Preprocessing(protocol.resize, INCEPTION_SIZE, protocol.scaling), protocol.ddof)

    def towards(self, other: "_Choices") -> tuple["_Choices", "_Choices"]:
        """Return the two steps between: the other's resize alone, then its scaling too.

        >>> for step in _Choices.of(PROTOCOLS["ttur"]).towards(_Choices.of(PROTOCOLS["pytorch-fid"])):
        ...     print(step.preparation)
        half-pixel-bilinear 299x299 (x-128)/128
        half-pixel-bilinear 299x299 2x/255-1
        """
        resized = self._replace(preparation=replace(self.preparation, resize=other.preparation.resize))
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
    how: Extraction | None = None,
    **options: Unpack[GatheringOptions],
) -> Explanation:
    """Return the Fréchet distance of two sets of images under every protocol of ``inception-v3``, and its parts.

    Each image is decoded once and resized once by each resizer; the network runs once for each pair of resizer and
    scaling that a protocol, or a step on the way to it, needs. Called on all processes of torch.distributed's group,
    each extracts a share and all return the whole.

    Args:
        real: images as `ganmetrics.evaluate` takes them; a stored reference will not do, it is of one protocol.
        fake: the same.
        how: how images become features; or its fields as keywords. Its protocol is the one that differences are
            counted from; None for ``ttur``.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
            `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed.
        NotEnoughSamples: a side has fewer than two images.
        NumericsError: the network gave a non-finite feature.
        WeightsError: the weights cannot be found.
    """
    extraction, run = split_gathering(how, options)
    if extraction.name not in (None, DEFAULT_EXTRACTOR):
        raise InputError(f"protocols differ for {DEFAULT_EXTRACTOR} in fp32 only; got extractor {extraction.name}")
    base = resolve_protocol(extraction.protocol, DEFAULT_EXTRACTOR)
    rows = [entry for entry in PROTOCOLS.values() if DEFAULT_EXTRACTOR in entry.extractors]
    demand = Demand(METRICS["fid"].title, frozenset({"moments"}), METRICS["fid"].least)
    with all_ranks("explain") as ranks:
        opened = ranks.each(lambda: [open_images(source, extraction, purpose="explaining") for source in (real, fake)])
        requests = [Request(role, side, (demand,)) for role, side in zip(("real", "fake"), opened, strict=True)]
        extraction = replace(extraction, extractor=extraction.extractor or DEFAULT_EXTRACTOR, protocol=base.name)
        sides = gather_each(requests, extraction, _needed(base, rows), cache=run.cache, progress=run.progress)
        return ranks.once(lambda: _explanation(sides[0], sides[1], base, rows))


def _explanation(real: Prepared, fake: Prepared, base: Protocol, rows: list[Protocol]) -> Explanation:
    start = _Choices.of(base).preparation
    metric = METRICS["fid"]
    comparison = Comparison.of(*(Side(replace(side[start], protocol=base.name)) for side in (real, fake)))
    comparison.both(metric)
    comparison.warn([metric])
    with stage("scores"):
        explained = _explain(comparison, base, rows, _distances(real, fake))
    return Explanation(base.name, explained, comparison.provenance())


def _needed(base: Protocol, rows: list[Protocol]) -> tuple[Preprocessing, ...]:
    """Return every preparation of the protocols and of the steps to them, each once."""
    start = _Choices.of(base)
    steps = (step for row in rows for step in (start, *start.towards(_Choices.of(row)), _Choices.of(row)))
    return tuple(dict.fromkeys(step.preparation for step in steps))


def _distances(real: Prepared, fake: Prepared) -> Callable[[_Choices], float]:
    """Return the distance as a function of the choices, each computed once."""
    known: dict[_Choices, float] = {}

    def distance(choices: _Choices) -> float:
        if choices not in known:
            moments = (side[choices.preparation].moments.with_ddof(choices.ddof) for side in (real, fake))
            known[choices] = frechet_distance(*moments)
        return known[choices]

    return distance


def _explain(
    comparison: Comparison, base: Protocol, rows: list[Protocol], distance: Callable[[_Choices], float]
) -> dict[str, Explained]:
    start = _Choices.of(base)
    explained = {}
    for row in rows:
        end = _Choices.of(row)
        values = [distance(choices) for choices in (start, *start.towards(end), end)]
        score = replace(comparison, protocol=row).score(METRICS["fid"], values[-1])
        parts = (after - before for before, after in pairwise(values))
        explained[row.name] = Explained(score, *parts)
    return explained
