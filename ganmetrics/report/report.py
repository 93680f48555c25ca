"""`Report`: the scores of one pass over the images, with tables of what lies behind them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ganmetrics.report.score import Score
from ganmetrics.report.table import Table


@dataclass(frozen=True)
class Report(Mapping[str, Score]):
    """The scores of one pass over the images, by name.

    Attributes:
        scores: by name.
        provenance: all that produced them, as plain JSON values.
        tables: what lies behind a score, such as one row a class.

    >>> report = Report({"fid": Score("fid", 1.5, real_count=4, fake_count=4)}, {"seed": 0})
    >>> float(report["fid"]), list(report)
    (1.5, ['fid'])
    """

    scores: Mapping[str, Score]
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tables: tuple[Table, ...] = field(default=(), repr=False)

    def __getitem__(self, name: str) -> Score:
        return self.scores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)

    def to_json(self) -> str:
        """Return one JSON object: ``scores``, a list of objects, ``provenance``, and ``tables`` where there are any."""
        content: dict[str, Any] = {
            "scores": [score.to_json() for score in self.scores.values()],
            "provenance": dict(self.provenance),
        }
        if self.tables:
            content["tables"] = {table.name: table.to_json() for table in self.tables}
        return json.dumps(content, indent=2, allow_nan=False)

    def to_text(self) -> str:
        """Return one line a score, then the tables."""
        lines = "\n".join(str(score) for score in self.scores.values())
        return "\n\n".join([lines, *(table.to_text() for table in self.tables)])
