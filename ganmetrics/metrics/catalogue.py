"""The metrics by name: what each needs and which way is better. Light: the command line reads it before torch."""

import math
from dataclasses import dataclass
from typing import Literal

Need = Literal["moments", "spatial", "features", "logits", "classes"]
"""What a metric reads of a side: moments of the features or of the spatial ones, all features, logits, classes."""


@dataclass(frozen=True)
class Metric:
    """What is known of a metric before it is computed.

    Attributes:
        name: as `--metrics` spells it, and as a score is called with the canonical extractor.
        title: what messages call it.
        family: the metrics that are computed together.
        real: what it reads of the real side; empty where it is of the fake images alone.
        fake: what it reads of the fake side.
        least: images a side that it is defined from.
        lower_is_better: its direction.
        low: the least value that it can have.
        high: the greatest.
        other_name: what a score is called with another extractor, before the extractor's name.
    """

    name: str
    title: str
    family: str
    real: frozenset[Need]
    fake: frozenset[Need]
    least: int
    lower_is_better: bool
    low: float
    high: float
    other_name: str

    def score_name(self, extractor: str, *, canonical: bool) -> str:
        """Return the name of a score: the field's own only with the canonical network and weights.

        >>> METRICS["fid"].score_name("inception-v3", canonical=True)
        'fid'
        >>> METRICS["fid"].score_name("efficientnet-lite0", canonical=False)
        'fd_efficientnet-lite0'
        """
        return self.name if canonical else f"{self.other_name}_{extractor}"


def _of_both(
    name: str,
    title: str,
    family: str,
    *needs: Need,
    least: int = 2,
    lower_is_better: bool = True,
    low: float = 0.0,
    high: float = math.inf,
    other_name: str | None = None,
) -> Metric:
    both = frozenset(needs)
    return Metric(name, title, family, both, both, least, lower_is_better, low, high, other_name or name)


METRICS = {
    metric.name: metric
    for metric in (
        _of_both("fid", "a Fréchet distance", "frechet", "moments", other_name="fd"),
        _of_both("sfid", "a spatial Fréchet distance", "frechet", "spatial", other_name="sfd"),
        # One image for each of the ten splits of every protocol; the greatest value is the number of classes.
        Metric(
            "is",
            "an Inception Score",
            "inception",
            real=frozenset(),
            fake=frozenset({"logits"}),
            least=10,
            lower_is_better=False,
            low=1.0,
            high=math.inf,
            other_name="is",
        ),
    )
}
