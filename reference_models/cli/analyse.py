"""``analyse``: what a trained model has learnt."""

from pathlib import Path

import click

from reference_models.cli.help import Group
from reference_models.cli.options import class_option, out_option, run_argument, seed_option
from reference_models.cli.output import emit


@click.group(cls=Group)
def analyse() -> None:
    """Look at what a trained model has learnt.

    Each analysis writes NAME.json and pictures into --out.
    """


@analyse.command()
@run_argument
@out_option
@seed_option
@class_option
@click.option("--from", "first", default=0, show_default=True, help="Number of the sample to start from.")
@click.option("--to", "second", default=1, show_default=True, help="Number of the sample to end at.")
@click.option("--steps", default=10, show_default=True, help="Images, both ends included.")
@click.option("--mode", default="slerp", show_default=True, metavar="slerp|lerp", help="At equal angles, or straight.")
@click.option("--extractor", default="efficientnet-lite0", show_default=True, help="Features that distances are of.")
def walk(
    *,
    run: Path,
    out: Path,
    seed: int,
    label: str | None,
    first: int,
    second: int,
    steps: int,
    mode: str,
    extractor: str,
) -> None:
    """Walk from one sample of RUN to another.

    Prints the largest step over the mean step.
    """
    from reference_models.analyses.walk import write_walk

    line = write_walk(
        run, out, label=label, first=first, second=second, steps=steps, mode=mode, seed=seed, extractor=extractor
    )
    emit(line)


@analyse.command()
@run_argument
@out_option
@seed_option
@class_option
@click.option("--plus", multiple=True, metavar="CONCEPT", help="Samples (3,7,12) or words (warm left) to add.")
@click.option("--minus", multiple=True, metavar="CONCEPT", help="The same to subtract.")
@click.option("--mean-of", "per_concept", default=16, show_default=True, help="Samples that words choose.")
@click.option("--trials", default=10, show_default=True, help="With words: how often, with other samples each time.")
def arithmetic(
    *,
    run: Path,
    out: Path,
    seed: int,
    label: str | None,
    plus: tuple[str, ...],
    minus: tuple[str, ...],
    per_concept: int,
    trials: int,
) -> None:
    """Add and subtract concepts.

    A concept is the mean latent of samples of RUN.

    Samples are numbered as `sample` writes them. Models of --data shapes take words too, and measure the result: left,
    right, up, down, warm, cold, small, large.
    """
    from reference_models.analyses.arithmetic import write_arithmetic

    line = write_arithmetic(
        run, out, label=label, plus=plus, minus=minus, per_concept=per_concept, trials=trials, seed=seed
    )
    emit(line)


@analyse.command()
@run_argument
@out_option
@seed_option
@class_option
@click.option("--from", "start", default="left", show_default=True, metavar="CONCEPT", help="A word, or samples.")
@click.option("--to", "end", default="right", show_default=True, metavar="CONCEPT", help="A word, or samples.")
@click.option("--alphas", nargs=2, type=float, default=(-2.0, 2.0), show_default=True, help="First and last.")
@click.option("--steps", default=9, show_default=True, help="Values of alpha.")
@click.option("--starts", default=8, show_default=True, help="Samples to move.")
@click.option("--mean-of", "per_concept", default=32, show_default=True, help="Samples that a word chooses.")
def axis(
    *,
    run: Path,
    out: Path,
    seed: int,
    label: str | None,
    start: str,
    end: str,
    alphas: tuple[float, float],
    steps: int,
    starts: int,
    per_concept: int,
) -> None:
    """Move samples along the difference of two concepts.

    Prints how monotone the change of the samples of RUN is.
    """
    from reference_models.analyses.axis import write_axis

    line = write_axis(
        run,
        out,
        label=label,
        start=start,
        end=end,
        alphas=alphas,
        steps=steps,
        starts=starts,
        per_concept=per_concept,
        seed=seed,
    )
    emit(line)


@analyse.command()
@run_argument
@out_option
@seed_option
@click.option("--data", metavar="SOURCE", help="Labelled images; those of the run by default.")
@click.option("--test-data", metavar="SOURCE", help="Images to test on; by default --test of --data are set aside.")
@click.option("--count", default=0, help="Images of --data to use; 0 for all.")
@click.option("--test", default=1000, show_default=True, help="Images to test on.")
@click.option("--per-class", default=0, show_default=True, help="Images of each class to teach; 0 for all.")
@click.option("--repeats", default=1, show_default=True, help="Choices of them.")
def probe(
    *,
    run: Path,
    out: Path,
    seed: int,
    data: str | None,
    test_data: str | None,
    count: int,
    test: int,
    per_class: int,
    repeats: int,
) -> None:
    """Classify images by the discriminator's features.

    They are compared with those of an untrained network, and with raw pixels.
    """
    from reference_models.analyses.probe import write_probe

    line = write_probe(
        run,
        out,
        data=data,
        test_data=test_data,
        count=count,
        test=test,
        per_class=per_class,
        repeats=repeats,
        seed=seed,
    )
    emit(line)


@analyse.command()
@run_argument
@out_option
@seed_option
@class_option
@click.option("--stage", default=-1, show_default=True, help="Of the discriminator's convolutions, from the end.")
@click.option("--filters", default=6, show_default=True, help="Filters to show.")
@click.option("--examples", default=4, show_default=True, help="Images for each.")
@click.option("--drop-stage", default=-1, show_default=True, help="Of the generator's maps, from the end.")
@click.option("--drop", default=4, show_default=True, help="Maps to drop.")
def filters(
    *,
    run: Path,
    out: Path,
    seed: int,
    label: str | None,
    stage: int,
    filters: int,
    examples: int,
    drop_stage: int,
    drop: int,
) -> None:
    """Show what filters of the discriminator look at.

    And samples without some of the generator's maps.
    """
    from reference_models.analyses.filters import write_filters

    line = write_filters(
        run,
        out,
        label=label,
        stage=stage,
        filters=filters,
        examples=examples,
        drop_stage=drop_stage,
        drop=drop,
        seed=seed,
    )
    emit(line)


@analyse.command(name="optimal-discriminator")
@out_option
@seed_option
@click.option("--real", nargs=2, type=float, default=(0.0, 1.0), show_default=True, help="Mean and deviation.")
@click.option("--fake", nargs=2, type=float, default=(1.5, 0.8), show_default=True, help="Mean and deviation.")
@click.option("--steps", default=600, show_default=True, help="Of training.")
def optimal_discriminator(
    *, out: Path, seed: int, real: tuple[float, float], fake: tuple[float, float], steps: int
) -> None:
    """Compare a discriminator with its closed form.

    It is trained on two known Gaussians, for which the best one is known.
    """
    from reference_models.analyses.optimal import write_optimal

    emit(write_optimal(out, real=real, fake=fake, steps=steps, seed=seed))
