"""``modes``: how many of a thousand modes a generator draws."""

from pathlib import Path

import click

from reference_models.cli.help import Command
from reference_models.cli.options import run_argument, seed_option
from reference_models.cli.output import emit


@click.command(cls=Command)
@run_argument
@click.option("--count", default=26_000, show_default=True, help="Images to draw; papers take 26,000.")
@seed_option
def modes(*, run: Path, count: int, seed: int) -> None:
    """Count the modes that RUN draws.

    RUN is a model of `--data shapes-modes`, whose images have 1,000 equally likely ones.

    Prints how many have an image among --count, and the reverse KL divergence from all being as frequent.
    """
    from reference_models.export.sample import count_sampled_modes

    emit(str(count_sampled_modes(run, count=count, seed=seed)))
