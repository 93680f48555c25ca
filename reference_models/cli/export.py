"""``export`` and ``export-data``: a model as one file, and real images as training saw them."""

from pathlib import Path

import click

from ganmetrics import printable
from reference_models.cli.help import Command
from reference_models.cli.options import PATH, SEED, run_argument
from reference_models.cli.output import emit


@click.command(cls=Command)
@run_argument
@click.option("--out", type=PATH, required=True, help="A new file, .safetensors.")
@click.option("--origin", default="", help="How it came about; what its configuration says by default.")
def export(*, run: Path, out: Path, origin: str) -> None:
    """Write both networks of RUN as safetensors.

    There is no code in the file, and it has a fraction of a checkpoint's size.

    Every command that takes a run takes such a file.
    """
    from reference_models.export.model import export_model

    emit(printable(str(export_model(run, out, origin=origin))))


@click.command(cls=Command, name="export-data")
@click.argument("source")
@click.option("--count", type=int, required=True, help="Number of images.")
@click.option("--size", default=32, show_default=True, help="Height and width.")
@click.option("--resize", default="squash", show_default=True, metavar="squash|crop|none", help="How they come to it.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the choice, and of the procedural shapes.")
@click.option("--out", type=PATH, required=True, help="A new folder, .zip or .npz.")
def export_data(*, source: str, count: int, size: int, resize: str, seed: int, out: Path) -> None:
    """Write real images as training sees them.

    SOURCE is named as for `train --data`. The images are the real side of a score.
    """
    from reference_models.export.model import export_data as write

    emit(f"{write(source, out, count=count, size=size, resize=resize, seed=seed)}: {count:,} images")
