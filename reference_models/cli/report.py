"""``report``: one page about a run, or about several beside each other."""

from pathlib import Path

import click

from reference_models.cli.help import Command
from reference_models.cli.options import PATH, PathType
from reference_models.cli.output import emit


@click.command(cls=Command)
@click.argument("runs", nargs=-1, required=True, type=PATH)
@click.option(
    "--out",
    type=PathType(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The page; one that is there is replaced.",
)
def report(*, runs: tuple[Path, ...], out: Path) -> None:
    """Write one self-contained HTML page about RUNS.

    Curves with bands, samples over the epochs, losses, warnings and settings. Scores of other features, counts or real
    images are refused.
    """
    from reference_models.report.page import report_runs

    report_runs(runs).save(out)
    emit(str(out))
