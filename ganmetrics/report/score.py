"""`Score`: a number with all that produced it, as text and as JSON."""

import math
from collections.abc import Mapping
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
        low: lower end of the interval of `corrected`, or of `value` where `at_counts`; None without one.
        high: upper end of the interval; None without one.
        std: standard deviation over splits or subsets, for metrics that have them.
        confidence: of the interval; None without one.
        calibrated: whether a study of coverage bears the interval out for these counts; None without an interval.
        real_count: images on the real side; None where a reference file does not say.
        fake_count: images on the fake side.
        extractor: name of the extractor.
        protocol: name of the conventions.
        lower_is_better: the direction of the metric.
        one_sided: it is of the fake images alone.
        at_counts: the interval is of the value that other images of these numbers would have; nothing is corrected.
        notes: what a reader of the number must know, such as images that were skipped.
        made: what was chosen for this metric alone, such as the size of its subsets.
        provenance: all else that produced the number.
        metric: what it is called in the catalogue, whatever the extractor; empty for a number of no catalogue.

    >>> score = Score("fid", 12.5, real_count=50000, fake_count=10000, extractor="inception-v3", protocol="ttur",
    ...               lower_is_better=True)
    >>> float(score)
    12.5
    >>> print(score)
    fid = 12.5 (real 50,000, fake 10,000, inception-v3/ttur, lower is better)
    >>> from dataclasses import replace
    >>> print(replace(score, corrected=12.3, low=12.1, high=12.5, confidence=0.95, calibrated=True))
    fid = 12.5 (corrected 12.3, 95 % 12.1 to 12.5; real 50,000, fake 10,000, inception-v3/ttur, lower is better)
    >>> print(Score("recall", 0.71, low=0.68, high=0.74, confidence=0.95, calibrated=True, at_counts=True,
    ...             real_count=500, fake_count=500, extractor="dino", protocol="native", lower_is_better=False))
    recall = 0.71 (95 % 0.68 to 0.74; real 500, fake 500, dino/native, higher is better)
    """

    name: str
    value: float
    corrected: float | None = None
    low: float | None = None
    high: float | None = None
    std: float | None = None
    confidence: float | None = None
    calibrated: bool | None = None
    real_count: int | None = None
    fake_count: int | None = None
    extractor: str = ""
    protocol: str = ""
    lower_is_better: bool = True
    one_sided: bool = False
    at_counts: bool = False
    notes: tuple[str, ...] = ()
    made: Mapping[str, Any] = field(default_factory=dict, repr=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)
    metric: str = ""

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        spread = "" if self.std is None else f" ± {self.std:.6g}"
        notes = "".join(f"; {note}" for note in self.notes)
        direction = "lower" if self.lower_is_better else "higher"
        origin = f"{self.extractor}/{self.protocol}"
        estimate = self._estimate()
        counts = (
            estimate
            + ("" if self.one_sided else f"real {_counted(self.real_count)}, ")
            + f"fake {_counted(self.fake_count)}"
        )
        return f"{self.name} = {self.value:.6g}{spread} ({counts}, {origin}, {direction} is better{notes})"

    def _estimate(self) -> str:
        """Return how sure the number is, as the text shows it before the counts."""
        if self.low is None or self.high is None or self.confidence is None:
            return ""
        corrected = "too few images to correct, " if self.corrected is None else f"corrected {self.corrected:.6g}, "
        if self.at_counts:
            corrected = ""
        doubt = "" if self.calibrated else ", not calibrated"
        return f"{corrected}{100 * self.confidence:.6g} % {self.low:.6g} to {self.high:.6g}{doubt}; "

    def _repr_html_(self) -> str:
        from ganmetrics.report.report import Report  # noqa: PLC0415 - which is made of scores

        return Report({self.name: self})._repr_html_()

    def to_json(self) -> dict[str, Any]:
        """Return the fields of the score as plain JSON values, without the provenance.

        A standard deviation over a single split is undefined, and MiFID is infinite for copies throughout; JSON can say
        either only as null.
        """
        fields = {name: getattr(self, name) for name in JSON_FIELDS}
        if self.std is not None and math.isnan(self.std):
            fields["std"] = None
        if math.isinf(self.value):
            fields["value"] = None
        return fields


@dataclass(frozen=True)
class Refusal:
    """A metric that could not be scored, and why; it stands in a report in the score's place.

    Attributes:
        name: what the score would be called.
        reason: what was needed, and what came.

    >>> print(Refusal("recall", "k=3 neighbours need more than 3 rows of fake features; got 2"))
    recall: not scored: k=3 neighbours need more than 3 rows of fake features; got 2
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: not scored: {self.reason}"

    def to_json(self) -> dict[str, Any]:
        """Return the fields of a score, all null, and the reason."""
        return {**dict.fromkeys(JSON_FIELDS), "name": self.name, "reason": self.reason}


def _counted(count: int | None) -> str:
    return "of unknown count" if count is None else f"{count:,}"
