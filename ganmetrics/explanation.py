"""`explain`: why libraries give the same files other FIDs.

What differs between the protocols of one network is how an image is resized, how its pixels are scaled, and by what the
covariance is divided. Each is changed alone, in that order, so that the parts add up to the whole difference.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics._types import Image, Progress, silent
from ganmetrics.core.moments import Moments
from ganmetrics.data.loading import prepared_batches
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.features.inception import NAME
from ganmetrics.features.resize import SCALINGS, resize
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.frechet import frechet_distance
from ganmetrics.protocols import PROTOCOLS, Protocol, resolve_protocol
from ganmetrics.report import Score, Table
from ganmetrics.statistics.featured import survey_source
from ganmetrics.statistics.key import library_versions
from ganmetrics.statistics.settings import INCEPTION_SIZE, Settings, resolve_settings
from ganmetrics.statistics.survey import Survey

BLOCK_IMAGES = 256
"""Features enter the moments in blocks of this many images: one update of d x d serves several batches."""


class Preparation(NamedTuple):
    """A way from pixels to the network's input: a resizer and a scaling, by name."""

    resize: str
    scaling: str


@dataclass(frozen=True)
class Explained:
    """The distance under one protocol, and the parts of its difference from the base protocol's.

    Attributes:
        score: the classical distance.
        resize: what changing the resize alone adds to the base's distance.
        scaling: what changing the scaling as well adds.
        convention: what changing the division of the covariance as well adds.
    """

    score: Score
    resize: float
    scaling: float
    convention: float

    @property
    def difference(self) -> float:
        """The protocol's distance less the base's: the sum of the three parts."""
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
        name = next(iter(self.protocols.values())).score.name
        rows = tuple(
            (
                protocol,
                PROTOCOLS[protocol].resize,
                PROTOCOLS[protocol].scaling,
                f"n - {PROTOCOLS[protocol].ddof}" if PROTOCOLS[protocol].ddof else "n",
                row.score.value,
                *(_signed(part) for part in (row.difference, row.resize, row.scaling, row.convention)),
            )
            for protocol, row in self.protocols.items()
        )
        columns = ("protocol", "resize", "scaling", "over", name, "difference", "of resize", "of scaling", "of n")
        return Table("explanation", self._title(name), columns, rows)

    def to_text(self) -> str:
        """Return the table."""
        return self.table().to_text()

    def to_json(self) -> str:
        """Return one JSON object: ``scores`` with the parts of each difference, ``base`` and ``provenance``."""
        scores = [
            {
                **row.score.to_json(),
                "difference": row.difference,
                "resize": row.resize,
                "scaling": row.scaling,
                "convention": row.convention,
            }
            for row in self.protocols.values()
        ]
        content = {"scores": scores, "base": self.base, "provenance": self.provenance}
        return json.dumps(content, indent=2, allow_nan=False)

    def _title(self, name: str) -> str:
        score = self.protocols[self.base].score
        counts = f"real {score.real_count:,}, fake {score.fake_count:,}"
        return f"{name} ({counts}) under every protocol, and how it comes to differ from {self.base}'s"


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
    batch_size: int = 8,
    workers: int | None = None,
    device: str | torch.device | None = None,
    offline: bool = False,
    progress: Progress = silent,
) -> Explanation:
    """Return the Fréchet distance of two sets of images under every protocol of ``inception-v3``, and its parts.

    Each image is decoded once and resized once by each resizer; the network runs once for each pair of resizer and
    scaling that a row or a step between two rows needs.

    Args:
        real: images, as `ganmetrics.evaluate` takes them, but no stored reference: that holds one protocol's features.
        fake: the same.
        protocol: the one that differences are counted from; None for ``ttur``.
        weights: a file of weights other than the published one.
        count: choose this many images of each side; None for all.
        seed: of that choice.
        alpha: what transparent pixels become.
        skip_bad: score the readable images where some cannot be read.
        batch_size: images a pass; each enters the network in all its preparations.
        workers: decoding processes; 0 decodes in this one, None chooses.
        device: where the network runs; None for CUDA where there is one.
        offline: never download weights.
        progress: shows how far a stage has come.

    Raises:
        InputError: a source or an option is not what is needed.
        NotEnoughSamples: a side has fewer than two images.
        NumericsError: the network gave a non-finite feature.
        WeightsError: the weights are not to be had.
    """
    base = resolve_protocol(protocol, NAME)
    settings = resolve_settings(
        NAME,
        protocol=base.name,
        weights=weights,
        offline=offline,
        count=count,
        seed=seed,
        alpha=alpha,
        skip_bad=skip_bad,
        batch_size=batch_size,
        workers=workers,
        device=device,
        progress=progress,
    )
    surveys = [survey_source(source, settings, progress) for source in (real, fake)]
    for surveyed in surveys:
        if surveyed.audit.count < METRICS["fid"].least:
            raise NotEnoughSamples(
                f"a Fréchet distance needs at least 2 images a side; {surveyed.source.name} has {surveyed.audit.count}"
            )
    rows = [entry for entry in PROTOCOLS.values() if NAME in entry.extractors]
    prepare = AllPreparations(_needed(rows, base))
    sides = tuple(_moments(surveyed, prepare, settings, progress) for surveyed in surveys)
    provenance = _provenance(settings, surveys)
    return Explanation(base.name, _explain(rows, base, sides, settings, provenance), provenance)


@dataclass(frozen=True)
class AllPreparations:
    """One image in several preparations, float32 [p, 3, H, W]; each resizer runs once."""

    preparations: tuple[Preparation, ...]

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return the inputs for one image, uint8 RGB [h, w, 3]."""
        resized = {
            name: resize(image, INCEPTION_SIZE, resizer=name) for name in {pair.resize for pair in self.preparations}
        }
        # Scalings work in place.
        return np.stack([SCALINGS[scaling](resized[name].copy()) for name, scaling in self.preparations])


def _needed(rows: list[Protocol], base: Protocol) -> tuple[Preparation, ...]:
    """Return each pair of resizer and scaling once: those of the rows, and those on the way to them."""
    steps = [(row.resize, scaling) for row in (base, *rows) for scaling in (base.scaling, row.scaling)]
    return tuple(dict.fromkeys(Preparation(name, scaling) for name, scaling in steps if name and scaling))


def _moments(
    surveyed: Survey, prepare: AllPreparations, settings: Settings, progress: Progress
) -> dict[Preparation, Moments]:
    """Return the moments of the features under each preparation, from one pass over the images."""
    total: dict[Preparation, Moments] = {}
    for block in _feature_blocks(surveyed, prepare, settings, progress):
        for preparation, features in zip(prepare.preparations, block.unbind(dim=1), strict=True):
            part = Moments.of(features.contiguous())
            total[preparation] = total[preparation].merge(part) if preparation in total else part
    return total


def _feature_blocks(
    surveyed: Survey, prepare: AllPreparations, settings: Settings, progress: Progress
) -> Iterator[torch.Tensor]:
    """Yield features [n, p, d] of up to `BLOCK_IMAGES` images under p preparations."""
    source, count = surveyed.source, surveyed.audit.count
    pending: list[torch.Tensor] = []
    batches = prepared_batches(
        source,
        prepare,
        alpha=settings.alpha,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=surveyed.audit.skipped,
    )
    with closing(batches), progress(total=count, stage=f"extracting {source.name}") as advance:
        for batch in batches:
            inputs = torch.from_numpy(batch)
            features = settings.extractor(inputs.flatten(0, 1), settings.device).features
            if not features.isfinite().all():
                raise NumericsError(f"features must be finite; the network gave a non-finite one for {source.name}")
            pending.append(features.unflatten(0, inputs.shape[:2]))
            advance(len(batch))
            if sum(map(len, pending)) >= BLOCK_IMAGES:
                yield torch.cat(pending)
                pending = []
    if pending:
        yield torch.cat(pending)


def _explain(
    rows: list[Protocol],
    base: Protocol,
    sides: tuple[dict[Preparation, Moments], ...],
    settings: Settings,
    provenance: dict[str, Any],
) -> dict[str, Explained]:
    known: dict[tuple[str, str, int], float] = {}

    def distance(resizer: str | None, scaling: str | None, ddof: int) -> float:
        assert resizer is not None
        assert scaling is not None
        key = (resizer, scaling, ddof)
        if key not in known:
            known[key] = frechet_distance(*(side[Preparation(resizer, scaling)].with_ddof(ddof) for side in sides))
        return known[key]

    real_count, fake_count = (side[Preparation(str(base.resize), str(base.scaling))].count for side in sides)
    spec, metric = settings.extractor.spec, METRICS["fid"]
    explained = {}
    for row in rows:
        start = distance(base.resize, base.scaling, base.ddof)
        resized = distance(row.resize, base.scaling, base.ddof)
        scaled = distance(row.resize, row.scaling, base.ddof)
        value = distance(row.resize, row.scaling, row.ddof)
        score = Score(
            name=metric.score_name(spec.name, canonical=spec.canonical),
            value=value,
            real_count=real_count,
            fake_count=fake_count,
            extractor=spec.name,
            protocol=row.name,
            lower_is_better=metric.lower_is_better,
            provenance=provenance,
        )
        explained[row.name] = Explained(score, resized - start, scaled - resized, value - scaled)
    return explained


def _provenance(settings: Settings, surveys: list[Survey]) -> dict[str, Any]:
    sides = {
        role: {
            "source": surveyed.source.name,
            "contents": [surveyed.contents],
            "audit": surveyed.audit.to_json(),
        }
        for role, surveyed in zip(("real", "fake"), surveys, strict=True)
    }
    made = {"device": settings.device.type, "alpha": settings.alpha, "seed": settings.chosen_by}
    return {"versions": library_versions(), "extractor": asdict(settings.extractor.spec), **sides, "made_by": made}


def _signed(part: float) -> str:
    return "0" if part == 0 else f"{part:+.6g}"
