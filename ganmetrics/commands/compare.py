"""`compare`: is one generator better than another on one reference?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from ganmetrics.core.checks import probability, whole
from ganmetrics.core.inference.permutation import MOST_PERMUTATIONS, PERMUTATIONS
from ganmetrics.core.memory import MEMORY
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import CONTESTED, METRICS, choose_metrics
from ganmetrics.metrics.difference import Difference
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.run import split_gathering
from ganmetrics.references.sides import Demand, Request, Side, open_side
from ganmetrics.report import Table
from ganmetrics.scoring import Comparison
from ganmetrics.scoring.differences import FEWEST_TO_COMPARE, Choices, score_differences
from ganmetrics.timing import stage

FIRST, SECOND = "A", "B"


@dataclass(frozen=True)
class _Verdict:
    """What one metric says of the two generators.

    Attributes:
        name: of the score.
        lower_is_better: its direction.
        difference: both scores, interval and p-value.
        confidence: of the interval.
    """

    name: str
    lower_is_better: bool
    difference: Difference
    confidence: float

    @property
    def better(self) -> str | None:
        """``A`` or ``B`` where interval and p-value agree that it is better; None while that is undecided."""
        found = self.difference.better(lower_is_better=self.lower_is_better, level=1 - self.confidence)
        return None if found is None else {"first": FIRST, "second": SECOND}[found]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        found = self.difference
        return {
            "name": self.name,
            FIRST: found.first,
            SECOND: found.second,
            "difference": found.value,
            "low": found.low,
            "high": found.high,
            "confidence": self.confidence,
            "p_value": found.p_value,
            "better": self.better,
            "estimate": found.estimate,
            "calibrated": found.calibrated,
            "lower_is_better": self.lower_is_better,
        }


@dataclass(frozen=True)
class Contest:
    """Two generators' scores on one reference, by name of the metric.

    Attributes:
        verdicts: one a metric.
        provenance: all that produced them, as plain JSON values.
    """

    verdicts: Mapping[str, _Verdict]
    provenance: Mapping[str, Any]

    def __getitem__(self, name: str) -> _Verdict:
        return self.verdicts[name]

    def to_json(self) -> str:
        """Return one JSON object: ``comparisons``, a list of objects, and ``provenance``."""
        content = {
            "comparisons": [verdict.to_json() for verdict in self.verdicts.values()],
            "provenance": dict(self.provenance),
        }
        return json.dumps(content, indent=2, allow_nan=False)

    def to_text(self) -> str:
        """Return a table with a row a metric, under a line that says what is compared."""
        sides = [f"{role} {self.provenance[role]['source']}" for role in (FIRST, SECOND, "real")]
        counts = [f"{self.provenance[role]['count']:,}" for role in (FIRST, SECOND, "real")]
        title = ", ".join(f"{side} ({count})" for side, count in zip(sides, counts, strict=True))
        columns = ("metric", FIRST, SECOND, f"{FIRST} - {SECOND}", "low", "high", "p-value", "better", "estimate")
        rows = tuple(_row(verdict) for verdict in self.verdicts.values())
        return Table("comparisons", title, columns, rows).to_text()


def compare(
    real: object,
    first: object,
    second: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] = CONTESTED,
    confidence: float = 0.95,
    permutations: int = PERMUTATIONS,
    memory: int = MEMORY,
    **options: Unpack[GatheringOptions],
) -> Contest:
    """Return whether one generator's images are closer to the real ones than another's.

    Both differences and intervals come from the same real images, whose sampling error they share. Called on all
    processes of torch.distributed's group, each extracts a share, the first one compares, and all return its result.

    Args:
        real: the real images, as `ganmetrics.evaluate` takes them; the features of each image are needed, which a
            stored reference does not hold.
        first: images of generator A.
        second: images of generator B.
        how: how images become features; or its fields as keywords.
        metrics: names of `ganmetrics.metrics.catalogue.CONTESTED`.
        confidence: of the intervals, between 0 and 1.
        permutations: shuffles of the images between A and B, for the p-value.
        memory: bytes that features may take; past it they lie on the disk.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
            `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed, or two sets hold the same images.
        NotEnoughSamples: a set has fewer than 16 images.
        NumericsError: the extractor gave a non-finite feature.
        WeightsError: the extractor's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> real, near = random_images(60, seed=1), random_images(60, seed=2)
    >>> found = compare(real, near, near // 2, metrics=["fid"], extractor=ChannelMeans(), workers=0, permutations=99)
    >>> found["fd_channel-means"].better, found["fd_channel-means"].difference.p_value
    ('A', 0.01)
    """
    names = tuple(metric.name for metric in choose_metrics(metrics, CONTESTED))
    confidence = probability("confidence", confidence)
    memory = whole("memory", memory, least=1)
    permutations = whole("permutations", permutations, least=1, most=MOST_PERMUTATIONS)
    extraction, run = split_gathering(how, options)
    demand = Demand("a comparison", frozenset({"moments", "features"}), FEWEST_TO_COMPARE)
    with all_ranks("compare") as ranks:
        opened = ranks.each(lambda: [open_side(source, extraction) for source in (real, first, second)])
        requests = [
            Request(role, side, (demand,), memory=memory)
            for role, side in zip(("real", FIRST, SECOND), opened, strict=True)
        ]
        sides = gather(requests, extraction, cache=run.cache, distinct="a comparison", progress=run.progress)
        choices = Choices(names, confidence, permutations, extraction.seed)
        return ranks.once(lambda: _contest(sides, choices))


def _contest(sides: Sequence[Side], choices: Choices) -> Contest:
    """Return what the metrics say of the features of three sides: real, A and B."""
    comparisons = [Comparison.of(sides[0], side) for side in sides[1:]]
    for comparison in comparisons:
        comparison.warn([METRICS[name] for name in choices.metrics])
    features = [side.features for side in sides if side.features is not None]
    with stage("scores"):
        differences = score_differences(features, choices)
    verdicts = {}
    for name, difference in differences.items():
        score_name = comparisons[0].name_of(METRICS[name])
        verdicts[score_name] = _Verdict(score_name, METRICS[name].lower_is_better, difference, choices.confidence)
    return Contest(verdicts, _provenance(comparisons, choices))


def _provenance(comparisons: Sequence[Comparison], choices: Choices) -> dict[str, Any]:
    one, other = (comparison.provenance() for comparison in comparisons)
    shared = {name: one[name] for name in ("versions", "extractor", "protocol", "real")}
    return {
        **shared,
        FIRST: one["fake"],
        SECOND: other["fake"],
        "permutations": choices.permutations,
        "permutation_seed": choices.seed,
        "notes": sorted({*one["notes"], *other["notes"]}),
    }


def _row(verdict: _Verdict) -> tuple[str | float | None, ...]:
    found = verdict.difference
    doubt = "" if found.calibrated else ", not calibrated"
    no_interval = ", counts differ: no interval" if found.low is None else doubt
    return (
        verdict.name,
        found.first,
        found.second,
        found.value,
        found.low,
        found.high,
        found.p_value,
        verdict.better or "undecided",
        f"{found.estimate}{no_interval}",
    )
