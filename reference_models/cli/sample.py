"""``sample``: images of a trained generator."""

from pathlib import Path

import click
from tqdm import tqdm

from reference_models.cli.help import Command
from reference_models.cli.options import PATH, SEED
from reference_models.cli.output import emit
from reference_models.errors import ConfigError


@click.command(cls=Command)
@click.argument("run", type=PATH)
@click.option("--count", type=int, required=True, help="Number of images to draw.")
@click.option("--out", type=PATH, required=True, help="A new folder, .zip or .npz.")
@click.option("--class", "label", metavar="K", help="Name or number of the one class to draw.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of latents and classes.")
@click.option("--best", type=int, metavar="N", help="Put the N that the discriminator prefers into a picture, a .png.")
@click.option("--device", default="cpu", show_default=True, help="Where the generator runs.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def sample(
    *, run: Path, count: int, out: Path, label: str | None, seed: int, best: int | None, device: str, quiet: bool
) -> None:
    """Draw images from RUN.

    RUN is a run's folder, of which the best checkpoint is taken, or a checkpoint.

    A folder or zip gets PNG files, in folders of the classes for a conditional model; an npz gets arr_0, uint8
    [n, h, w, 3], and arr_1, the classes. --best makes a picture instead, which cannot be scored by mistake.
    """
    from reference_models.export.sample import write_best, write_samples

    is_picture = out.suffix.lower() == ".png"
    if is_picture != (best is not None):
        raise ConfigError("--best N goes with --out NAME.png: a picture, since a choice of the best is no sample")
    if best is not None:
        emit(f"{write_best(run, out, count=count, best=best, label=label, seed=seed)}: {best} of {count:,}")
        return
    with tqdm(total=count, unit=" images", disable=True if quiet else None) as bar:
        write_samples(
            run,
            out,
            count=count,
            label=label,
            seed=seed,
            device=device,
            progress=lambda done, _: bar.update(done - bar.n),
        )
    emit(f"{out}: {count:,} images")
