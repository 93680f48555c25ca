"""What a score is: a number with all that produced it, as text and as JSON."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

JSON_FIELDS = (
    "name",
    "value",
    "corrected",
    "low",
    "high",
    "confidence",
    "real_count",
    "fake_count",
    "std",
    "extractor",
    "protocol",
    "lower_is_better",
)


@dataclass(frozen=True)
class Score:
    """One number, what it is of, and how it was made; `float(score)` is the number.

    Attributes:
        name: the field's name for it: ``fid`` with the canonical extractor, ``fd_<extractor>`` with another.
        value: the classical number, the one that papers print.
        corrected: the number freed of its dependence on the counts; None where no estimate exists.
        low: lower end of the interval of `corrected`; None without one.
        high: upper end of the interval of `corrected`; None without one.
        std: standard deviation over splits or subsets, for metrics that have them.
        confidence: of the interval; None without one.
        real_count: images on the real side; None where a reference file does not say.
        fake_count: images on the fake side.
        extractor: name of the extractor.
        protocol: name of the conventions.
        lower_is_better: the direction of the metric.
        notes: what a reader of the number must know, such as images that were skipped.
        provenance: all else that produced the number.

    >>> score = Score("fid", 12.5, real_count=50000, fake_count=10000, extractor="inception-v3", protocol="ttur",
    ...               lower_is_better=True)
    >>> float(score)
    12.5
    >>> print(score)
    fid = 12.5 (real 50,000, fake 10,000, inception-v3/ttur, lower is better)
    """

    name: str
    value: float
    corrected: float | None = None
    low: float | None = None
    high: float | None = None
    std: float | None = None
    confidence: float | None = None
    real_count: int | None = None
    fake_count: int | None = None
    extractor: str = ""
    protocol: str = ""
    lower_is_better: bool = True
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        spread = "" if self.std is None else f" ± {self.std:.6g}"
        notes = "".join(f"; {note}" for note in self.notes)
        direction = "lower" if self.lower_is_better else "higher"
        origin = f"{self.extractor}/{self.protocol}"
        # A metric of the fake images alone has no real side, and then says nothing of it.
        one_sided = self.real_count is None and self.provenance.get("real") is None
        counts = ("" if one_sided else f"real {_counted(self.real_count)}, ") + f"fake {_counted(self.fake_count)}"
        return f"{self.name} = {self.value:.6g}{spread} ({counts}, {origin}, {direction} is better{notes})"

    def to_json(self) -> dict[str, Any]:
        """Return the fields of the score as plain JSON values, without the provenance.

        A standard deviation over a single split is undefined, which JSON can only say as null.
        """
        fields = {name: getattr(self, name) for name in JSON_FIELDS}
        if self.std is not None and math.isnan(self.std):
            fields["std"] = None
        return fields


@dataclass(frozen=True)
class Report(Mapping[str, Score]):
    """The scores of one pass over the images, by name.

    >>> report = Report({"fid": Score("fid", 1.5, real_count=4, fake_count=4)}, {"seed": 0})
    >>> float(report["fid"]), list(report)
    (1.5, ['fid'])
    """

    scores: Mapping[str, Score]
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Score:
        return self.scores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)

    def to_json(self) -> str:
        """Return one JSON object: ``scores``, a list of objects, and ``provenance``."""
        scores = [score.to_json() for score in self.scores.values()]
        return json.dumps({"scores": scores, "provenance": dict(self.provenance)}, indent=2, allow_nan=False)

    def to_text(self) -> str:
        """Return one line a score."""
        return "\n".join(str(score) for score in self.scores.values())


def _counted(count: int | None) -> str:
    return "of unknown count" if count is None else f"{count:,}"
