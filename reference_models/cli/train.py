"""``train``: a new run, or one that goes on."""

from pathlib import Path
from typing import Any

import click

from reference_models.cli.display import Display
from reference_models.cli.help import TrainCommand
from reference_models.cli.options import PATH
from reference_models.cli.output import emit
from reference_models.config import TRAINING_PRECISIONS
from reference_models.errors import ConfigError
from reference_models.settings import parse_assignments, read_toml

OUT = Path("runs")
_FLAGS = {
    "data": "data.source",
    "epochs": "epochs",
    "eval_epochs": "eval.epochs",
    "extractor": "eval.extractor",
    "weights": "eval.weights",
    "precision": "precision",
    "patience": "patience",
    "seed": "seed",
    "tensorboard": "tensorboard",
}
"""Option to the key that it sets."""


@click.command(cls=TrainCommand)
@click.argument("preset", required=False)
@click.option("--data", metavar="SOURCE", help="shapes (default), cifar10:DIR, or a folder, .zip or .npz.")
@click.option("--epochs", type=int, help="Passes over the data, and the length of the schedules.")
@click.option("--eval-epochs", metavar="0,1,5|none", help="When to score; 0, the untrained generator, always is.")
@click.option("--out", type=PATH, help="A new folder for the run; runs/PRESET by default.")
@click.option("--config", type=PATH, help="A TOML file of keys, as config.toml of a run.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a key, such as net.width=8.")
@click.option("--extractor", metavar="NAME", help="To score with: inception-v3, efficientnet-lite0 or timm:NAME.")
@click.option("--weights", metavar="PATH", help="A file of weights for the extractor.")
@click.option("--precision", type=click.Choice(TRAINING_PRECISIONS), help="Of the networks' passes.")
@click.option("--patience", type=int, metavar="M", help="Stop after M evaluations in a row without a better one.")
@click.option("--seed", type=int, help="Of weights, latents, labels and the order of the images.")
@click.option("--tensorboard", is_flag=True, default=None, help="Write TensorBoard files too.")
@click.option("--device", help="Where to train: cpu, cuda, ...; CUDA where there is one by default.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Threads of the CPU to use.")
@click.option("--resume", type=PATH, metavar="DIR", help="Go on with the run in DIR.")
@click.option("--more-epochs", type=click.IntRange(0), default=0, metavar="N", help="Go N epochs beyond its end.")
@click.option("--allow-changed", multiple=True, metavar="KEY", help="Let a key differ from the run's when resuming.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; warnings and errors only.")
def train(
    *,
    preset: str | None,
    out: Path | None,
    config: Path | None,
    assignments: tuple[str, ...],
    device: str | None,
    threads: int | None,
    resume: Path | None,
    more_epochs: int,
    allow_changed: tuple[str, ...],
    quiet: bool,
    **flags: Any,  # noqa: ANN401 - those of _FLAGS, whose values become keys
) -> None:
    """Train PRESET (see `list`), or go on with a run (--resume).

    A preset's keys are changed by --config, then by --set, then by the other options.
    """
    import torch

    from reference_models import presets
    from reference_models.training import start

    if threads is not None:
        torch.set_num_threads(threads)
    keys: dict[str, object] = {} if config is None else read_toml(config, piped=True)
    keys |= parse_assignments(assignments)
    keys |= {_FLAGS[name]: value for name, value in flags.items() if value is not None}
    if keys.get("eval.epochs") == "none":
        keys["eval.epochs"] = ()
    with Display(quiet=quiet) as display:
        if resume is not None:
            _refuse_with_resume(preset, out, resume)
            outcome = start.resume(
                resume,
                more_epochs=more_epochs,
                changes=keys,
                allow_changed=allow_changed,
                device=device,
                observer=display,
            )
        else:
            if more_epochs or allow_changed:
                raise ConfigError("--more-epochs and --allow-changed go with --resume DIR")
            name = preset or keys.pop("preset", None)
            if not isinstance(name, str):
                raise click.UsageError("Missing argument 'PRESET' (see `list`), or --resume DIR.")
            keys.pop("preset", None)
            chosen = presets.build_config(name, keys)
            if "eval.epochs" not in keys:
                chosen = presets.build_config(name, {**keys, "eval.epochs": start.default_eval_epochs(chosen.epochs)})
            outcome = start.train(chosen, out or OUT / name, device=device, observer=display)
    best = "" if outcome.best is None else f", best {outcome.best:.6g} at epoch {outcome.best_epoch}"
    emit(f"{outcome.directory}: {outcome.epochs} epochs{best}")


def _refuse_with_resume(preset: str | None, out: Path | None, resume: Path) -> None:
    if out is not None:
        raise ConfigError(f"--resume {resume} goes on in its own folder; got --out {out} too")
    if preset is not None:
        from reference_models.training.checkpoint import LAST, read_checkpoint
        from reference_models.training.folder import is_begun, read_begun

        config = read_begun(resume) if is_begun(resume) else read_checkpoint(resume / LAST).config
        stored = config.preset
        if stored != preset:
            raise ConfigError(f"{resume} is a run of {stored}; got {preset}")
