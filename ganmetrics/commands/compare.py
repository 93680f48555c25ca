"""`compare`: is one generator better than another on one reference?"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganmetrics._types import Progress, silent
from ganmetrics.core.inference.permutation import PERMUTATIONS
from ganmetrics.errors import InputError
from ganmetrics.extraction.settings import resolve_settings
from ganmetrics.features.base import Extractor
from ganmetrics.metrics.catalogue import CONTESTED, METRICS
from ganmetrics.metrics.difference import Difference
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.report import Table
from ganmetrics.scoring import Comparison
from ganmetrics.scoring.distinct import gather_distinct
from ganmetrics.timing import stage

LEAST = 16
"""Images that each set needs: a permutation test of fewer can hardly reject, and a variance is hardly known."""
FIRST, SECOND = "A", "B"


@dataclass(frozen=True)
class Verdict:
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
            "p-value": found.p_value,
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

    verdicts: Mapping[str, Verdict]
    provenance: Mapping[str, Any]

    def __getitem__(self, name: str) -> Verdict:
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
    *,
    metrics: Sequence[str] = CONTESTED,
    confidence: float = 0.95,
    permutations: int = PERMUTATIONS,
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
) -> Contest:
    """Return whether the generator of the images `first` (A) or that of `second` (B) is closer to the real ones.

    Sources and options are those of `ganmetrics.evaluate`, but stored references will not do: the images are needed.

    Args:
        real: the reference, a source of images.
        first: images of generator A.
        second: images of generator B.
        metrics: of ``fid``, ``kid``, ``precision``, ``recall``.
        confidence: of the intervals; 1 less it is the level at which a p-value decides.
        permutations: random exchanges for the p-values.
        extractor: a name or an extractor.
        protocol: the conventions; None for the extractor's own.
        weights: a file of weights other than the published one.
        count: choose this many images of each set; None for all.
        seed: of that choice, and of the permutations.
        alpha: what transparent pixels become.
        skip_bad: use the readable images where some cannot be read, and say so in the result.
        batch_size: images a pass of the network; 32 where not given, and 8 on a CPU, which takes less memory.
        workers: decoding processes.
        compile: compile the network where there are images enough to repay it; features agree to 1e-6.
        device: where the network runs.
        offline: never download weights.
        progress: shows how far a stage has come.

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
    unknown = [name for name in metrics if name not in CONTESTED]
    if unknown or not metrics:
        raise InputError(f"metrics must be among {', '.join(CONTESTED)}; got {', '.join(unknown) or 'none'}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence must lie between 0 and 1, got {confidence}")
    if permutations < 1:
        raise InputError(f"permutations must be at least 1, got {permutations}")
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
    sources = {"real": real, FIRST: first, SECOND: second}
    sides = gather_distinct(sources, settings, title="a comparison", least=LEAST, progress=progress)
    comparisons = [Comparison.of(sides[0], side) for side in sides[1:]]
    for comparison in comparisons:
        comparison.warn()
    features = [side.features for side in sides if side.features is not None]
    with stage("scores"):
        differences = _differences(features, tuple(metrics), confidence, permutations, seed)
    spec = comparisons[0].spec
    verdicts = {}
    for name, difference in differences.items():
        score_name = METRICS[name].score_name(spec.name, canonical=spec.canonical)
        verdicts[score_name] = Verdict(score_name, METRICS[name].lower_is_better, difference, confidence)
    return Contest(verdicts, _provenance(comparisons, permutations, seed))


def _differences(
    features: list[Tensor], metrics: tuple[str, ...], confidence: float, permutations: int, seed: int
) -> dict[str, Difference]:
    """Return the asked differences in their order; precision and recall come from one search for neighbours."""
    compute: dict[str, Callable[..., Difference]] = {"fid": frechet_difference, "kid": kernel_difference}
    real, first, second = features
    found: dict[str, Difference] = {}
    for name in metrics:
        if name in compute:
            found[name] = compute[name](
                real, first, second, confidence=confidence, permutations=permutations, seed=seed
            )
        elif name not in found:
            both = precision_recall_difference(
                real, first, second, confidence=confidence, permutations=permutations, seed=seed
            )
            found |= both._asdict()
    return {name: found[name] for name in metrics}


def _provenance(comparisons: list[Comparison], permutations: int, seed: int) -> dict[str, Any]:
    one, other = (comparison.provenance() for comparison in comparisons)
    shared = {name: one[name] for name in ("versions", "extractor", "protocol", "real")}
    return {
        **shared,
        FIRST: one["fake"],
        SECOND: other["fake"],
        "permutations": permutations,
        "permutation_seed": seed,
        "notes": sorted({*one["notes"], *other["notes"]}),
    }


def _row(verdict: Verdict) -> tuple[str | float | None, ...]:
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
