"""``study``: the seeds' tables, run again."""

from pathlib import Path

import click

from reference_models.cli.display import Display
from reference_models.cli.help import Command
from reference_models.cli.options import PATH
from reference_models.cli.output import emit
from reference_models.settings import parse_assignments


@click.command(cls=Command)
@click.argument("name")
@click.option("--data", default="shapes", show_default=True, metavar="SOURCE", help="As of `train`.")
@click.option("--seeds", default=3, show_default=True, help="Runs of each row.")
@click.option("--scale", type=click.Choice(["tiny", "full"]), default="tiny", show_default=True, help="Of every run.")
@click.option("--out", type=PATH, required=True, help="The study's folder; again to go on.")
@click.option("--extractor", metavar="NAME", help="To score with.")
@click.option("--weights", metavar="PATH", help="A file of weights for the extractor.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a key of every row.")
@click.option("--device", help="Where to train.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def study(
    *,
    name: str,
    data: str,
    seeds: int,
    scale: str,
    out: Path,
    extractor: str | None,
    weights: str | None,
    assignments: tuple[str, ...],
    device: str | None,
    quiet: bool,
) -> None:
    """Train all models of a table, and print it.

    NAME is lr-batch, width-latent, schedule, feature-matching, conditioning or acgan.

    Writes study.csv and study.md into --out: ours beside the published figures, mean and spread over the seeds. Runs
    that are finished there are not run again.
    """
    from reference_models.studies.run import run_study

    changes: dict[str, object] = {**parse_assignments(assignments)}
    changes |= {key: value for key, value in (("eval.extractor", extractor), ("eval.weights", weights)) if value}
    with Display(quiet=quiet) as display:
        run_study(name, out, source=data, seeds=seeds, scale=scale, changes=changes, device=device, observer=display)
    emit((out / "study.md").read_text(encoding="utf-8"))
