"""What `evaluate` prints for a paper or a model repository, in the place of the lines of scores."""

import os
import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.options.gathering import CommandFunction, gather_into

if TYPE_CHECKING:
    from ganmetrics.report import Ranking, Report

CARDS = ("model-index", "eval-results")


@dataclass(frozen=True)
class Documents:
    """What is printed instead of the scores' lines; nothing of it where nothing is asked."""

    row: str | None
    checklist: bool
    bibtex: bool
    card: str | None
    dataset: str | None
    model: str | None
    task: str | None

    @property
    def asked(self) -> bool:
        """Whether there is any."""
        return self.checklist or self.bibtex or self.row is not None or self.card is not None

    def of(self, found: "Report | Ranking", run: Mapping[str, object]) -> str:
        """Return all that is asked, in the order row, checklist, citations, card; of several generators each.

        Raises:
            InputError: there is nothing to publish, or the card lacks the data set's identity.
        """
        from ganmetrics.report import Ranking

        parts = []
        reports = dict(found) if isinstance(found, Ranking) else {self.model: found}
        if self.row == "latex":
            parts.append(found.to_latex() if isinstance(found, Ranking) else found.to_latex(self.model or ""))
        if self.row == "markdown":
            parts.append(found.to_markdown())
        if self.checklist:
            parts += [report.to_checklist(run=run) for report in reports.values()]
        if self.bibtex:
            parts.append(found.to_bibtex())
        if self.card is not None:
            parts += [
                report.to_card(self.card, dataset=self.dataset, model=name, task=self.task)
                for name, report in reports.items()
            ]
        return "\n\n".join(parts)


_DOCUMENTS = (
    click.option("--row", type=OneOf(["latex", "markdown"]), default=None, help="Print a row for a table."),
    click.option(
        "--checklist", is_flag=True, help="Print what reviewers ask of a number, answered as far as it can be."
    ),
    click.option("--bibtex", is_flag=True, help="Print what to cite for every metric that was used."),
    click.option("--card", type=OneOf(CARDS), default=None, help="Print YAML for a model repository."),
    click.option("--dataset", default=None, help="What a card calls the real images; owner/name for eval-results."),
    click.option("--model", default=None, help="What a row or a card calls the generator.  [default: as FAKE]"),
    click.option("--task", default=None, help="What a card calls the task."),
)


def document_options(command: CommandFunction) -> CommandFunction:
    """Add the options of what is printed for others to a command, which receives them as `documents`."""
    return gather_into("documents", lambda values: Documents(**values), command, _DOCUMENTS)


def check_documents(context: click.Context, documents: Documents, *, others: bool) -> None:
    """Refuse, before any work, another form of output at once, and a card that could not be written.

    Raises:
        click.UsageError: both are asked for, or there is no identity of the data set.
    """
    if documents.asked and others:
        raise click.UsageError(
            "--json and --csv print the report; a row, checklist, citations or a card take its place.", context
        )
    if documents.card == "eval-results" and (documents.dataset or "").count("/") != 1:
        raise click.UsageError("--card eval-results needs --dataset owner/name.", context)


def run_facts(seconds: float) -> dict[str, object]:
    """Return what the machine and the command line say of a run."""
    return {
        "Command": f"`ganmetrics {shlex.join(sys.argv[1:])}`",
        "Machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "Python": platform.python_version(),
        "Time": f"{seconds:.0f} s in all",
    }
