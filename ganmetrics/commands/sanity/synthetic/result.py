"""What a study of drawn features found, as text, Markdown and JSON."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ganmetrics.commands.sanity.synthetic.claims import CLAIM_MEANINGS, CLAIMS, Word
from ganmetrics.commands.sanity.synthetic.draws import CHECKS
from ganmetrics.report import Table


@dataclass(frozen=True)
class Finding:
    """What a metric says of one check.

    Attributes:
        word: that; None where it could not be scored.
        moved: how far its values moved, in deviations of undisturbed ones; positive is worse.
        wanted: what it may say if it sees what it claims to see; None where its claim says nothing of this check.
    """

    word: Word | None
    moved: float | None
    wanted: frozenset[Word] | None

    @property
    def passed(self) -> bool | None:
        """Whether it says what it should; None where nothing is asked of it."""
        return None if self.wanted is None else self.word in self.wanted


@dataclass(frozen=True)
class SyntheticStudy(Mapping[str, Mapping[str, Finding]]):
    """What each metric says of each check; `study[metric][check]` is a `Finding`.

    Attributes:
        findings: by metric, then by check.
        provenance: how it was made.
    """

    findings: Mapping[str, Mapping[str, Finding]]
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __getitem__(self, metric: str) -> Mapping[str, Finding]:
        return self.findings[metric]

    def __iter__(self) -> Iterator[str]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def passed(self, metric: str) -> tuple[int, int]:
        """Return how many checks a metric passed, and how many it was asked."""
        asked = [finding.passed for finding in self[metric].values() if finding.passed is not None]
        return sum(asked), len(asked)

    def to_text(self) -> str:
        """Return a table with a row for each metric and a column for each check, and the checks by number."""
        columns = ("metric", "claims", "passed", *(str(number) for number in range(1, len(CHECKS) + 1)))
        rows = tuple((name, *self._summary(name), *map(_cell, self[name].values())) for name in self)
        title = "what each metric says of what is known to be wrong (ok: what it should; else what it says)"
        checks = Table("checks", "checks", ("number", "what is wrong"), tuple(_numbered()))
        claims = Table("claims", "claims", ("claim", "to see"), tuple(CLAIM_MEANINGS.items()))
        return "\n\n".join(
            (Table("synthetic", title, columns, rows).to_text(), checks.to_text(), claims.to_text(), self._made())
        )

    def to_markdown(self) -> str:
        """Return the same as a table of Markdown; what fails is in bold."""
        numbers = range(1, len(CHECKS) + 1)
        lines = [f"{number}. {name}" for number, name in _numbered()]
        lines += [
            "",
            f"| metric | claims | passes | {' | '.join(map(str, numbers))} |",
            f"|---|---|---|{'---|' * len(numbers)}",
        ]
        for name in self:
            cells = " | ".join(_marked(finding) for finding in self[name].values())
            lines.append(f"| `{name}` | {' | '.join(self._summary(name))} | {cells} |")
        return "\n".join([*lines, "", self._made()])

    def to_json(self) -> str:
        """Return one JSON object: ``metrics``, each with its checks, and ``provenance``."""
        metrics = [
            {
                "metric": name,
                "claim": CLAIMS.get(name),
                "passed": self.passed(name)[0],
                "asked": self.passed(name)[1],
                "checks": [{"check": check, **_plain(finding)} for check, finding in self[name].items()],
            }
            for name in self
        ]
        return json.dumps({"metrics": metrics, "provenance": dict(self.provenance)}, indent=2, allow_nan=False)

    def _summary(self, name: str) -> tuple[str, str]:
        passed, asked = self.passed(name)
        return CLAIMS.get(name) or "unknown", f"{passed} of {asked}"

    def _made(self) -> str:
        made = self.provenance
        return f"{made['count']:,} images a set, k {made['k']}, seed {made['seed']}, {made['deviations']:g} deviations"


def _numbered() -> Iterator[tuple[int, str]]:
    return enumerate((check.name for check in CHECKS), 1)


def _cell(finding: Finding) -> str:
    if finding.word is None:
        return "none"
    return "ok" if finding.passed else finding.word if finding.passed is False else f"({finding.word})"


def _marked(finding: Finding) -> str:
    word = finding.word or "none"
    return f"**{word}**" if finding.passed is False else word if finding.passed else f"({word})"


def _plain(finding: Finding) -> dict[str, Any]:
    moved = finding.moved
    return {
        "says": finding.word,
        "moved": None if moved is None or not math.isfinite(moved) else moved,
        "wanted": None if finding.wanted is None else sorted(finding.wanted),
        "passed": finding.passed,
    }
