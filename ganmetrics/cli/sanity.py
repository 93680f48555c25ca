"""``ganmetrics sanity``: what each metric makes of images that get worse step by step."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.evaluate import split_metrics
from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    PathType,
    Source,
    cache_options,
    extraction_options,
    json_option,
    memory_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

_FOLDER = PathType(path_type=Path, file_okay=False)


@click.command(cls=Command, short_help="Which metrics notice which fault, on your own images.")
@click.argument("real", type=SOURCE, required=False)
@click.option(
    "--metrics",
    callback=split_metrics,
    default="fid,kid,is,precision,recall,density,coverage",
    help=f"Separated by commas, of: {', '.join(METRICS)}.  "
    "[default: fid,kid,is,precision,recall,density,coverage; all with --synthetic]",
)
@click.option(
    "--synthetic",
    is_flag=True,
    help="Instead of images, drawn features of which it is known what is wrong: which metric notices?",
)
@click.option("--others", type=SOURCE, default=None, help="Images of another kind, mixed in step by step.")
@click.option("--out", type=_FOLDER, default=None, help="Where a CSV, a plot and a sheet of examples go.")
@extraction_options
@cache_options
@memory_option
@json_option
@quiet_option
@timing_option
@click.pass_context
def sanity(
    context: click.Context,
    real: Source | None,
    *,
    metrics: tuple[str, ...],
    synthetic: bool,
    others: Source | None,
    out: Path | None,
    how: "Extraction",
    cache: Path | None,
    memory: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Disturb images of REAL step by step and print whether each metric notices.

    One half of REAL (--count images, where given) is the reference; another one is disturbed: noise, blur, salt and
    pepper, black rectangles, swirl, JPEG, classes that are missing (where REAL has class folders), other images among
    them (where --others gives some). A metric is monotone in a disturbance if every level scores worse than the one
    before. About twenty sets are extracted.

    --synthetic needs no images: of --count drawn features a set [300] it prints what each metric says of 18 known
    faults, and whether that is what it claims to see. It takes about a minute.
    """
    if synthetic:
        _check_synthetic(context)
        start_logging(quiet=True)
        _study_draws(context, metrics, how, as_json=as_json, quiet=quiet)
        return
    if real is None:
        raise click.UsageError("Missing argument 'REAL'.", context)
    from ganmetrics._types import silent
    from ganmetrics.commands.sanity.output import FILES, check_sanity_output, save_study
    from ganmetrics.commands.sanity.sanity import sanity as study_images
    from ganmetrics.ranks import all_ranks

    start_logging(quiet=quiet)
    if out is not None:
        check_apart(out, (real, others, how.weights), pictures=True, names=FILES)
        check_sanity_output(out)
    study = study_images(
        real, how, metrics=metrics, others=others, memory=memory, cache=cache, progress=silent if quiet else bar
    )
    emit_found(study, as_json=as_json)
    if out is not None:
        folder = out
        with all_ranks("sanity") as ranks:
            ranks.once(lambda: save_study(study, folder, alpha=how.alpha))


SYNTHETIC = frozenset({"synthetic", "metrics", "count", "seed", "as_json", "quiet", "timing"})
"""The options that drawn features have a use for."""


def _check_synthetic(context: click.Context) -> None:
    """Refuse whatever is said of images beside --synthetic."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in SYNTHETIC and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            said = name.upper() if isinstance(parameter, click.Argument) else parameter.opts[0]
            raise click.UsageError(f"--synthetic draws features: {said} has no part in it.", context)


def _study_draws(
    context: click.Context, metrics: tuple[str, ...], how: "Extraction", *, as_json: bool, quiet: bool
) -> None:
    from ganmetrics._types import silent
    from ganmetrics.commands.sanity.synthetic.synthetic_sanity import COUNT, OF_FEATURES, synthetic_sanity

    named = context.get_parameter_source("metrics") is ParameterSource.COMMANDLINE
    study = synthetic_sanity(
        metrics=metrics if named else OF_FEATURES,
        count=how.count or COUNT,
        seed=how.seed,
        progress=silent if quiet else bar,
    )
    emit_found(study, as_json=as_json)
