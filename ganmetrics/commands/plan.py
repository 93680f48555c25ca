"""`plan`: how many images does an interval of this width take?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Unpack

import torch
from torch import Tensor

from ganmetrics.core.checks import of_type, positive, probability, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.frechet.plan import FEWEST_TO_PLAN, Widths, measure_widths
from ganmetrics.metrics.frechet.sample import Sample
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.reference import Reference
from ganmetrics.references.run import split_gathering
from ganmetrics.references.sides import Demand, Request, Side, open_side
from ganmetrics.report import Table
from ganmetrics.scoring import Comparison
from ganmetrics.timing import stage

FACTORS = (1, 2, 4, 8, 16)
"""Where no half-width is asked for, these multiples of the fakes at hand are shown beside the measured counts."""


class _Step(NamedTuple):
    """A row of a plan.

    Attributes:
        half_width: of the interval of the corrected distance.
        fakes: that it takes; None if more than 64 times those at hand.
        measured: whether so many were at hand, so that it was measured and not extrapolated.
    """

    half_width: float
    fakes: int | None
    measured: bool


@dataclass(frozen=True)
class Plan:
    """How many fakes an interval of a Fréchet distance takes.

    Attributes:
        score: name of the distance.
        steps: one for each half-width.
        widths: what was measured, and the law it follows.
        confidence: of the intervals.
        alike: whether the fakes were a half of the real images themselves, as a perfect generator's would be.
        provenance: all that produced the numbers, as plain JSON values.
    """

    score: str
    steps: tuple[_Step, ...]
    widths: Widths
    confidence: float
    alike: bool
    provenance: Mapping[str, Any] = field(repr=False)

    def to_json(self) -> str:
        """Return one JSON object: ``score``, ``plan``, ``measured``, ``confidence``, ``alike`` and ``provenance``."""
        measured = zip(self.widths.counts, self.widths.measured, strict=True)
        content = {
            "score": self.score,
            "plan": [step._asdict() for step in self.steps],
            "measured": [{"fakes": count, "half_width": width} for count, width in measured],
            "confidence": self.confidence,
            "alike": self.alike,
            "provenance": dict(self.provenance),
        }
        return json.dumps(content, indent=2, allow_nan=False)

    def to_text(self) -> str:
        """Return a table with a row for each half-width."""
        real = self.provenance["real"]["count"]
        known = "an exact real side" if real is None else f"{real:,} real images"
        fakes = "a half of the real images taken for fakes" if self.alike else "fakes like those given"
        title = f"{self.score}: {self.confidence:.0%} interval, {known}, {fakes}"
        rows = tuple((step.half_width, step.fakes, _how(step)) for step in self.steps)
        return Table("plan", title, ("half-width", "fakes", ""), rows).to_text()


def plan(
    real: object,
    fake: object | None = None,
    how: Extraction | None = None,
    *,
    half_widths: Sequence[float] = (),
    confidence: float = 0.95,
    memory: int = MEMORY,
    **options: Unpack[GatheringOptions],
) -> Plan:
    """Return how many fakes the interval of a corrected Fréchet distance takes to be no wider than asked.

    The real side stays as it is. Half-widths are measured with parts of the fakes, and extrapolated beyond them to at
    most 64 times as many; see docs/how-many-images.md for how well. Without `fake` a random half of the real images
    plays the fakes of a perfect generator, against the other half.

    Args:
        real: the real images, or a stored reference with images kept, as `ganmetrics.evaluate` takes them; images
            where there is no `fake`.
        fake: at least 64 images of the generator; None for a perfect one.
        how: how images become features; or its fields as keywords.
        half_widths: that are wanted, in units of the distance, above 0; none for a table of counts.
        confidence: of the intervals, between 0 and 1.
        memory: bytes that features may take; past it they lie on the disk.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
            `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed, or a half-width is not above 0.
        NotEnoughSamples: there are fewer than 64 fakes.
        NumericsError: the extractor gave a non-finite feature.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> real, fake = random_images(200, seed=1), random_images(64, seed=2)
    >>> found = plan(real, fake, half_widths=[1e6], extractor=ChannelMeans(), workers=0)
    >>> found.steps[0].fakes, found.steps[0].measured
    (16, True)
    """
    if real is None:
        raise InputError("plan needs real images; got None")
    confidence = probability("confidence", confidence)
    of_type("half_widths", half_widths, Sequence, "a sequence of numbers")
    half_widths = [positive("a half-width", width) for width in half_widths]
    memory = whole("memory", memory, least=1)
    extraction, run = split_gathering(how, options)
    with all_ranks("plan") as ranks:
        opened = ranks.each(lambda: [open_side(side, extraction) for side in (real, fake) if side is not None])
        _check_whole(opened[-1])
        requests = _requests(opened, memory)
        sides = gather(requests, extraction, cache=run.cache, progress=run.progress)
        return ranks.once(lambda: _planned(sides, tuple(half_widths), confidence, extraction.seed))


def _check_whole(opened: object) -> None:
    if isinstance(opened, Reference):
        raise InputError(f"a plan leaves images out, so it needs them; {opened.name} holds statistics only")


def _requests(opened: Sequence[Any], memory: int) -> list[Request]:
    """Return what is asked of the sides: all features of the last one, the moments and some images of another."""
    least = FEWEST_TO_PLAN if len(opened) > 1 else 2 * FEWEST_TO_PLAN
    parted = Demand("a plan", frozenset({"moments", "features"}), least)
    whole = Demand("a plan", frozenset({"moments"}), 2)
    if len(opened) == 1:
        return [Request("real", opened[0], (parted,), memory=memory)]
    return [
        Request("real", opened[0], (whole,), images=True, memory=memory),
        Request("fake", opened[1], (parted,), memory=memory),
    ]


def _planned(sides: Sequence[Side], half_widths: tuple[float, ...], confidence: float, seed: int) -> Plan:
    comparison = Comparison.of(sides[0], sides[-1])
    metric = METRICS["fid"]
    if len(sides) > 1:
        comparison.warn([metric])
    features = sides[-1].features
    assert features is not None
    real, fake = (_halves(features, seed)) if len(sides) == 1 else (sides[0].reference.layer.sample, features)
    with stage("plan"):
        widths = measure_widths(real, fake, confidence=confidence, seed=seed)
    steps = [_step(widths, width) for width in half_widths] if half_widths else _usual(widths)
    name = comparison.name_of(metric)
    return Plan(name, tuple(steps), widths, confidence, len(sides) == 1, comparison.provenance())


def _halves(features: Tensor, seed: int) -> tuple[Sample, Tensor]:
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))
    half = len(features) // 2
    return Sample.of(features[order[half:]]), features[order[:half]]


def _step(widths: Widths, half_width: float) -> _Step:
    fakes = widths.count_for(half_width)
    return _Step(half_width, fakes, fakes is not None and fakes <= widths.counts[-1])


def _usual(widths: Widths) -> list[_Step]:
    last = widths.counts[-1]
    counts = [*widths.counts[:-1], *(factor * last for factor in FACTORS)]
    return [_Step(widths.at(count), count, count <= last) for count in counts]


def _how(step: _Step) -> str:
    if step.fakes is None:
        return "more than 64 times the fakes at hand"
    return "measured" if step.measured else "extrapolated"
