"""What a gate reads of a stored report: the JSON that ``ganmetrics evaluate --json`` prints."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganmetrics._files import as_path, read_at_most
from ganmetrics._text import clipped, listed, shown
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.report import Ranking, Report
from ganmetrics.scoring.floor import FLOOR_SUFFIX

_LARGEST = 200_000_000
"""Bytes of a report: one with a row for each of a million images has fewer."""
_NUMBERS = ("value", "corrected", "low", "high")


@dataclass(frozen=True)
class StoredScore:
    """One score of a stored report.

    Attributes:
        name: of the score.
        value: the classical number; None where the metric could not be scored, or is infinite.
        corrected: freed of the counts; None where there is none.
        low: lower end of the interval; None without one.
        high: upper end.
        lower_is_better: its direction.
        counts: real and fake images.
        reason: why there is no value; empty where there is one.
    """

    name: str
    value: float | None
    corrected: float | None
    low: float | None
    high: float | None
    lower_is_better: bool
    counts: tuple[int | None, int | None]
    reason: str


@dataclass(frozen=True)
class StoredReport:
    """The scores of a stored report by name, and what made them.

    Attributes:
        source: what messages call it.
        scores: by name; the floor, which says nothing of the generator, is left out.
        made_by: extractor, its weights, its preparation, the protocol and the real images, where the report says them.
    """

    source: str
    scores: Mapping[str, StoredScore]
    made_by: Mapping[str, object]

    def check_comparable(self, other: "StoredReport") -> None:
        """Refuse a report that was made otherwise.

        Raises:
            StaleStatistics: extractor, weights, preparation, protocol or real images differ.
        """
        for what, ours in self.made_by.items():
            theirs = other.made_by.get(what)
            if ours is not None and theirs is not None and ours != theirs:
                raise StaleStatistics(
                    f"both reports need the same {what}; {self.source} has {shown(ours)}, "
                    f"{other.source} has {shown(theirs)}"
                )


def read_report(report: Report | Ranking | str | Path, *, generator: str | None = None) -> StoredReport:
    """Return a report, as a value or as the JSON file of one.

    Args:
        report: of one generator, or of several.
        generator: the name of the one that is meant, where there are several.

    Raises:
        InputError: there is no such file, it holds no report, or it holds several and none of that name is meant.
    """
    if isinstance(report, Report | Ranking):
        return _parse(_of_generator(json.loads(report.to_json()), generator, "the report"), "the report")
    path = as_path(report)
    try:
        content = json.loads(read_at_most(path, _LARGEST))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} needs to be JSON that ganmetrics evaluate --json printed; it is no JSON") from None
    return _parse(_of_generator(content, generator, str(path)), str(path))


def _of_generator(content: object, generator: str | None, source: str) -> object:
    """Return the report of one generator where JSON has those of several."""
    several = content.get("generators") if isinstance(content, dict) else None
    if not isinstance(several, dict):
        return content
    if generator not in several:
        told = "none is named" if generator is None else f"none is called {clipped(generator)}"
        raise InputError(f"{source} has several generators, {listed(several)}; {told} (--generator)")
    return several[generator]


def _parse(content: object, source: str) -> StoredReport:
    scores = content.get("scores") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(scores, list) or not scores:
        raise InputError(f"{source} needs the scores that ganmetrics evaluate --json prints; it has none")
    found = {}
    for score in scores:
        one = _parse_score(score, source)
        if one.name in found:
            raise InputError(f"{source} needs each score once; it has {clipped(one.name)} twice")
        if not one.name.endswith(FLOOR_SUFFIX):
            found[one.name] = one
    provenance = content.get("provenance")
    return StoredReport(source, found, _made_by(provenance if isinstance(provenance, dict) else {}))


def _parse_score(score: object, source: str) -> StoredScore:
    if not isinstance(score, dict) or not isinstance(score.get("name"), str):
        raise InputError(f"{source} needs scores with a name; got {shown(score)}")
    name = score["name"]
    numbers = {key: _number(score.get(key), f"{key} of {clipped(name)} in {source}") for key in _NUMBERS}
    reason = score.get("reason")
    if numbers["value"] is None and not isinstance(reason, str):
        reason = "its value is not finite"
    return StoredScore(
        name=name,
        lower_is_better=score.get("lower_is_better") is not False,
        counts=(_count(score.get("real_count")), _count(score.get("fake_count"))),
        reason=clipped(reason) if isinstance(reason, str) else "",
        **numbers,
    )


def _number(value: object, what: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{what} needs to be a number or null; got {shown(value)}")
    return float(value)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _made_by(provenance: dict[str, Any]) -> dict[str, object]:
    extractor, real = (provenance.get(key) for key in ("extractor", "real"))
    extractor = extractor if isinstance(extractor, dict) else {}
    real = real if isinstance(real, dict) else {}
    return {
        "extractor": extractor.get("name"),
        "weights": extractor.get("weights_sha256"),
        "preparation": extractor.get("preprocessing"),
        "protocol": provenance.get("protocol"),
        "real images": real.get("contents") or None,
    }


def named(report: StoredReport, name: str) -> StoredScore:
    """Return one score of a report.

    Raises:
        InputError: it has none of that name.
    """
    if name not in report.scores:
        raise InputError(f"{report.source} has no score {clipped(name)}; it has {listed(report.scores)}")
    return report.scores[name]
