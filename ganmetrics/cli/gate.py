"""``ganmetrics gate``: an exit status for continuous integration."""

from pathlib import Path

import click

from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.options import PathType, json_option

_REPORT = PathType(path_type=Path)

NOT_PASSED = 4
"""The exit status of a report that does not pass: neither an error nor wrong usage."""


def parse_limits(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """Return limits by the score's name, given as ``NAME=NUMBER``; anything else is wrong usage."""
    limits: dict[str, float] = {}
    for value in values:
        name, _, number = value.rpartition("=")
        try:
            limits[name.strip()] = float(number)
        except ValueError:
            name = ""
        if not name.strip():
            raise click.BadParameter(f"{value!r} is not NAME=NUMBER, such as fid=12.", context, parameter)
    return limits


@click.command(cls=Command, short_help="Does a report meet your limits? An exit status for CI.")
@click.argument("report", type=_REPORT)
@click.option("--generator", default=None, metavar="NAME", help="Which one is meant, where REPORT has several.")
@click.option("--max", "maximum", multiple=True, callback=parse_limits, metavar="NAME=NUMBER", help="Pass up to this.")
@click.option(
    "--min", "minimum", multiple=True, callback=parse_limits, metavar="NAME=NUMBER", help="Pass from this on."
)
@click.option("--not-worse-than", type=_REPORT, default=None, help="An earlier report: no step back beyond chance.")
@click.option(
    "--by",
    type=OneOf(["value", "corrected"]),
    default="value",
    show_default=True,
    help="Which number --max and --min are of.",
)
@json_option
@click.pass_context
def gate(
    context: click.Context,
    report: Path,
    *,
    generator: str | None,
    maximum: dict[str, float],
    minimum: dict[str, float],
    not_worse_than: Path | None,
    by: str,
    as_json: bool,
) -> None:
    """Check the scores in REPORT, the JSON of `ganmetrics evaluate --json`, against limits and an earlier report.

    Prints a line for each condition. Exit status: 0 all hold, 4 one does not, 1 the files cannot be compared.
    """
    from ganmetrics.commands.gate.gate import gate as check_report

    if not (maximum or minimum or not_worse_than):
        raise click.UsageError("a gate needs --max, --min or --not-worse-than.")
    found = check_report(
        report, generator=generator, maximum=maximum, minimum=minimum, not_worse_than=not_worse_than, by=by
    )
    emit_found(found, as_json=as_json)
    if not found.passed:
        context.exit(NOT_PASSED)
