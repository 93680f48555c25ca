"""`Report`: the scores of one pass over the images, with tables of what lies behind them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from ganmetrics.pages.render import render_grid
from ganmetrics.report import exports
from ganmetrics.report.cards import card
from ganmetrics.report.checklist import checklist
from ganmetrics.report.citations import bibtex
from ganmetrics.report.plot import plot as draw_scores
from ganmetrics.report.schema import FORMAT
from ganmetrics.report.score import JSON_FIELDS, Refusal, Score
from ganmetrics.report.scores_page import scores_page
from ganmetrics.report.table import Table


@dataclass(frozen=True)
class Report(Mapping[str, Score]):
    """The scores of one pass over the images, by name.

    Attributes:
        scores: by name.
        provenance: all that produced them, as plain JSON values.
        tables: what lies behind a score, such as one row a class.
        refusals: the metrics that could not be scored, by the name that their score would have; `report[name]` has
            the others only.
        asked: all those names in the order in which the metrics were asked for.

    >>> report = Report({"fid": Score("fid", 1.5, real_count=4, fake_count=4)}, {"seed": 0})
    >>> float(report["fid"]), list(report)
    (1.5, ['fid'])
    """

    scores: Mapping[str, Score]
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tables: tuple[Table, ...] = field(default=(), repr=False)
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    asked: tuple[str, ...] = field(default=(), repr=False)

    def __getitem__(self, name: str) -> Score:
        if name in self.refusals:
            raise KeyError(str(self.refusals[name]))
        return self.scores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def lines(self) -> list[Score | Refusal]:
        """The scores; where a metric could not be scored, the reason is in its place."""
        names = self.asked or tuple(self.scores)
        return [self.refusals[name] if name in self.refusals else self.scores[name] for name in names]

    def to_json(self) -> str:
        """Return one JSON object: ``format``, ``scores``, ``provenance``, and ``tables`` where there are any.

        A metric that could not be scored has ``"value": null`` and a ``reason``. `report_schema` says the rest.
        """
        content: dict[str, Any] = {
            "format": FORMAT,
            "scores": [line.to_json() for line in self.lines],
            "provenance": dict(self.provenance),
        }
        if self.tables:
            content["tables"] = {table.name: table.to_json() for table in self.tables}
        return json.dumps(content, indent=2, allow_nan=False)

    def to_csv(self) -> str:
        """Return a line a score under a line of the fields' names; of a metric without a score, only the name."""
        text = io.StringIO()
        writer = csv.DictWriter(text, JSON_FIELDS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(line.to_json() for line in self.lines)
        return text.getvalue()

    def to_text(self) -> str:
        """Return one line a score, then the tables."""
        lines = "\n".join(map(str, self.lines))
        return "\n\n".join([lines, *(table.to_text() for table in self.tables)])

    def to_markdown(self) -> str:
        """Return the scores as a Markdown table."""
        return exports.to_markdown(self)

    def to_latex(self, name: str = "") -> str:
        """Return the scores as a table for LaTeX with booktabs, in one row that is called `name`."""
        return exports.to_latex({name: self})

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is optional, and so are its types
        """Return a data frame with a row for each score.

        Raises:
            InputError: pandas is not installed.
        """
        return exports.to_pandas(self)

    def plot(self) -> Any:  # noqa: ANN401 - matplotlib is optional, and so are its types
        """Return a matplotlib figure with a line for each score.

        Raises:
            InputError: matplotlib is not installed, or nothing could be scored.
        """
        return draw_scores(self)

    def to_html(self) -> str:
        """Return the scores, tables and provenance as one self-contained page.

        `ganmetrics.report_page` makes the page that shows the images as well.
        """
        return scores_page(self).to_html()

    def _repr_html_(self) -> str:
        return render_grid(exports.to_grid(self))

    def to_bibtex(self) -> str:
        """Return what to cite: each metric, the network, the protocol's library, and the correction, where it was used.

        >>> Report({"is": Score("is", 9.0, metric="is")}).to_bibtex().count("@")
        2
        """
        return bibtex(self.values())

    def to_checklist(self, *, run: Mapping[str, object] | None = None) -> str:
        """Return what reviewers ask of numbers, answered as far as this report can; see `checklist`."""
        return checklist(self.lines, self.provenance, run=run)

    def to_card(
        self,
        kind: str,
        *,
        dataset: str | None = None,
        model: str | None = None,
        task: str | None = None,
        date: str | None = None,
    ) -> str:
        """Return the scores for a model repository, ``model-index`` or ``eval-results``; see `card`.

        The data set and the model are called as the real and the fake images are, where they are not named.

        Raises:
            InputError: the kind is unknown, there is nothing to publish, or eval-results have no data set's identity.
        """
        named = dataset or _base(self.provenance.get("real"))
        return card(
            tuple(self.values()),
            kind,
            dataset=named,
            model=model or _base(self.provenance.get("fake")),
            task=task,
            date=date,
        )


def _base(side: Mapping[str, Any] | None) -> str:
    """Return the last part of what the images of a side are called: of a path its name."""
    source = "" if side is None else str(side.get("source", ""))
    return PurePath(source).stem or "images"
