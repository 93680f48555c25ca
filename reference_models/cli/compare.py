"""``compare``: several runs beside each other."""

from pathlib import Path

import click

from reference_models.cli.help import Command
from reference_models.cli.options import PATH, whole_numbers
from reference_models.cli.output import emit


@click.command(cls=Command)
@click.argument("runs", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, required=True, help="A folder for the tables and pictures.")
@click.option("--epochs", default="", metavar="1,5,12", help="Whose samples to show; each run's last by default.")
@click.option("--title", default="", help="Of the curves; what was measured by default.")
def compare(*, runs: tuple[Path, ...], out: Path, epochs: str, title: str) -> None:
    """Set RUNS beside each other.

    Distances, where each run overtakes the first, and samples.

    Writes comparison.md, curves.png (over epochs and over time) and samples.png. Scores of other features, counts or
    real images are refused. One run with --epochs gives the panel of its course.
    """
    from reference_models.comparison.compare import compare_runs

    emit(compare_runs(runs, out, title=title, epochs=whole_numbers(epochs, option="--epochs")))
