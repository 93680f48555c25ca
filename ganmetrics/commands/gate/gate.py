"""`gate`: limits on single scores, and no step back from an earlier report beyond chance."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ganmetrics._text import clipped, shown
from ganmetrics.commands.gate.stored import StoredReport, StoredScore, named, read_report
from ganmetrics.core.checks import of_type, one_of
from ganmetrics.errors import InputError
from ganmetrics.report import Ranking, Report

READINGS = ("value", "corrected")


@dataclass(frozen=True)
class _Check:
    """One condition.

    Attributes:
        name: of the score.
        passed: whether it holds.
        text: what was asked and what came.
    """

    name: str
    passed: bool
    text: str

    def __str__(self) -> str:
        return f"{'pass' if self.passed else 'FAIL'}  {self.text}"


@dataclass(frozen=True)
class Gate:
    """All conditions of a gate."""

    checks: tuple[_Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every condition holds."""
        return all(check.passed for check in self.checks)

    def to_text(self) -> str:
        """Return one line a condition."""
        return "\n".join(map(str, self.checks))

    def to_json(self) -> str:
        """Return one JSON object: ``passed`` and ``checks``."""
        content: dict[str, Any] = {"passed": self.passed, "checks": [asdict(check) for check in self.checks]}
        return json.dumps(content, indent=2, allow_nan=False)


def gate(
    report: Report | Ranking | str | Path,
    *,
    generator: str | None = None,
    maximum: Mapping[str, float] | None = None,
    minimum: Mapping[str, float] | None = None,
    not_worse_than: Report | Ranking | str | Path | None = None,
    by: str = "value",
) -> Gate:
    """Return whether a report keeps within limits, and is not worse than an earlier one beyond chance.

    A score of both reports is worse if it moved the wrong way by more than both intervals together allow:
    sqrt(h1^2 + h2^2), h the half width of each. Where there is no interval, any step back is one. Fréchet distances are
    compared by their corrected values, which do not depend on the counts; everything else at equal counts only.

    Args:
        report: a `Report`, or the path of the JSON that ``ganmetrics evaluate --json`` prints.
        generator: which one is meant, where a report has several.
        maximum: by the score's name, the largest that passes.
        minimum: by the score's name, the smallest that passes.
        not_worse_than: an earlier report, made by the same extractor and protocol on the same real images.
        by: which number the limits are of: ``value``, the classical one, or ``corrected``.

    Raises:
        InputError: nothing is asked, a file holds no report, or a report has no such score.
        StaleStatistics: the reports were made by other extractors, weights, protocols or real images.

    >>> from ganmetrics.report import Score
    >>> print(gate(Report({"fid": Score("fid", 12.5)}), maximum={"fid": 12.0}).to_text())
    FAIL  fid 12.5 is above 12
    """
    one_of("by", by, READINGS)
    most, least = _limits("maximum", maximum), _limits("minimum", minimum)
    found = read_report(report, generator=generator)
    checks = [_limit(named(found, name), limit, by, above=True) for name, limit in most.items()]
    checks += [_limit(named(found, name), limit, by, above=False) for name, limit in least.items()]
    if not_worse_than is not None:
        checks += _regressions(found, read_report(not_worse_than, generator=generator))
    if not checks:
        raise InputError("a gate needs a limit or an earlier report; got neither")
    return Gate(tuple(checks))


def _limits(name: str, given: Mapping[str, float] | None) -> dict[str, float]:
    if given is None:
        return {}
    of_type(name, given, Mapping, "a mapping of scores' names to numbers")
    for score, limit in given.items():
        of_type(f"a score's name in {name}", score, str, "text")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not abs(limit) < math.inf:
            raise InputError(f"{name} of {clipped(score)} must be a finite number; got {shown(limit)}")
    return dict(given)


def _limit(score: StoredScore, limit: float, by: str, *, above: bool) -> _Check:
    """Return whether a score lies on the right side of a limit; one that there is none of does not."""
    number = score.corrected if by == "corrected" else score.value
    called = f"{score.name} {'corrected ' if by == 'corrected' else ''}"
    if number is None:
        return _Check(score.name, passed=False, text=f"{called}has no number: {score.reason or 'nothing is corrected'}")
    passed = number <= limit if above else number >= limit
    relation = "is" if passed else "is above" if above else "is below"
    wanted = (f"at most {limit:g}" if above else f"at least {limit:g}") if passed else f"{limit:g}"
    return _Check(score.name, passed, f"{called}{number:.6g} {relation}{',' if passed else ''} {wanted}")


def _regressions(now: StoredReport, before: StoredReport) -> list[_Check]:
    now.check_comparable(before)
    checks = []
    for name, earlier in before.scores.items():
        if earlier.value is None:
            continue
        if name not in now.scores:
            checks.append(
                _Check(name, passed=False, text=f"{name} is missing; {before.source} has {earlier.value:.6g}")
            )
        else:
            checks.append(_regression(now.scores[name], earlier))
    if not checks:
        raise InputError(f"{before.source} has no score to compare with")
    return checks


def _regression(now: StoredScore, before: StoredScore) -> _Check:
    if now.value is None:
        return _Check(now.name, passed=False, text=f"{now.name} has no number: {now.reason}")
    freed = now.corrected is not None and before.corrected is not None
    if not freed and now.counts != before.counts:
        counts = " and ".join(_counts(score) for score in (now, before))
        return _Check(now.name, passed=False, text=f"{now.name} is not comparable: {counts} images, nothing corrected")
    ours, theirs = (_reading(score, freed=freed) for score in (now, before))
    step = ours - theirs if now.lower_is_better else theirs - ours
    noise = _noise(now, before)
    passed = step <= noise
    chance = "" if noise == 0 else f", within chance {noise:.3g}" if passed and step > 0 else ""
    beyond = f" by {step:.3g}, beyond chance {noise:.3g}" if noise else f" by {step:.3g}"
    verdict = f"is not worse{chance}" if passed else f"is worse{beyond}"
    called = f"{now.name} corrected" if freed else now.name
    return _Check(now.name, passed, f"{called} {ours:.6g} {verdict}; before {theirs:.6g}")


def _reading(score: StoredScore, *, freed: bool) -> float:
    number = score.corrected if freed else score.value
    assert number is not None
    return number


def _noise(now: StoredScore, before: StoredScore) -> float:
    """Return what chance moves the difference of two independent scores by."""
    halves = [
        (score.high - score.low) / 2 for score in (now, before) if score.low is not None and score.high is not None
    ]
    return math.hypot(*halves) if len(halves) == 2 else 0.0  # noqa: PLR2004 - both have one


def _counts(score: StoredScore) -> str:
    return "/".join("unknown" if count is None else f"{count:,}" for count in score.counts)
