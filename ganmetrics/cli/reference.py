"""``ganmetrics reference``: statistics of a real set in a file of their own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics._files import is_there
from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.help import Group
from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import SOURCE, Opener, PathType, Source, extraction_options, features_options, quiet_option
from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar
from ganmetrics.references.formats.names import OWN, WRITTEN

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

OUTPUT = PathType(path_type=Path, dir_okay=False)

WIDEST = 2048
"""Features of the widest bundled extractor: the room to check for before the extractor is known."""

interval_option = click.option(
    "--no-interval", is_flag=True, help="Leave out what intervals need: a third of the file."
)


@click.group(cls=Group)
def reference() -> None:
    """Build, show, merge and convert stored statistics of a set."""


@reference.command()
@click.argument("source", type=SOURCE)
@click.argument("output", type=OUTPUT)
@features_options
@extraction_options
@interval_option
@click.option("--spatial", is_flag=True, help="Keep what sFID needs as well.")
@click.option("--floor", is_flag=True, help="Keep what `evaluate --floor` needs as well.")
@click.option("--shard", metavar="I/N", default=None, help="Only the I-th of N parts, for `reference merge`.")
@quiet_option
def build(
    source: Source,
    output: Path,
    *,
    opener: Opener,
    how: "Extraction",
    no_interval: bool,
    spatial: bool,
    floor: bool,
    shard: str | None,
    quiet: bool,
) -> None:
    """Write the statistics of the images in SOURCE to OUTPUT (.npz).

    The file holds no images and no pickle, says how it was made, and can stand for SOURCE in every other command.
    """
    from ganmetrics._types import silent
    from ganmetrics.extraction.layer import layer_bytes
    from ganmetrics.ranks import all_ranks
    from ganmetrics.references.reference import Reference
    from ganmetrics.references.store import check_reference_output

    check_apart(output, (source, how.weights))
    start_logging(quiet=quiet)
    with all_ranks("reference build") as ranks:
        room = (1 + spatial) * layer_bytes(WIDEST, blocks=floor, kept=not no_interval)
        ranks.once(lambda: check_reference_output(output, room))
    built = Reference.from_images(
        opener(source),
        how,
        interval=not no_interval,
        spatial=spatial,
        floor=floor,
        shard=shard,
        progress=silent if quiet else bar,
    )
    with all_ranks("reference build") as ranks:
        ranks.once(lambda: built.save(output))
    emit(built.line())


@reference.command()
@click.argument("path", type=SOURCE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(path: Source, *, as_json: bool) -> None:
    """Print what the statistics in PATH are of and how they were made."""
    from ganmetrics.references.reference import Reference

    loaded = Reference.load(path)
    if not as_json:
        emit(loaded.line())
        return
    described = {
        **loaded.provenance(),
        "dimension": loaded.moments.dimension,
        "extractor": None if loaded.spec is None else asdict(loaded.spec),
        "protocol": loaded.protocol,
    }
    emit(json.dumps(described, indent=2))


@reference.command()
@click.argument("parts", type=SOURCE, nargs=-1, required=True)
@click.argument("output", type=OUTPUT)
def merge(parts: tuple[Source, ...], output: Path) -> None:
    """Write the statistics of all PARTS together to OUTPUT (.npz).

    The result equals the statistics of all their images at once.
    """
    from functools import reduce

    from ganmetrics.errors import StaleStatistics
    from ganmetrics.extraction.layer import layer_bytes
    from ganmetrics.references.joining import join_shards
    from ganmetrics.references.reference import Reference
    from ganmetrics.references.store import check_reference_output

    check_apart(output, parts)
    _check_no_part(output, parts)
    check_reference_output(output, layer_bytes(WIDEST, blocks=True, kept=True))
    loaded = [Reference.load(part) for part in parts]
    if any(part.shard is not None for part in loaded):
        doubled = next((part for part in parts if parts.count(part) > 1), None)
        if doubled is not None:
            raise StaleStatistics(f"each shard is needed once; got {doubled} twice")
        merged = join_shards({str(part): one for part, one in zip(parts, loaded, strict=True)})
    else:
        merged = reduce(Reference.merge, loaded)
    merged.save(output)
    emit(merged.line())


@reference.command()
@click.argument("source", metavar="INPUT", type=SOURCE)
@click.argument("output", type=OUTPUT)
@click.option(
    "--to",
    type=OneOf(list(WRITTEN)),
    default=OWN,
    show_default=True,
    help="Whose format to write; edm is .npz for EDM and .pkl for EDM2.",
)
@click.option(
    "--count",
    type=click.IntRange(min=2),
    default=None,
    help="Of how many images the statistics are, where INPUT does not say; never guessed.",
)
@click.option(
    "--entry", default=None, help="The detector to read of an EDM2 pickle, such as fd_dinov2.  [default: fid]"
)
def convert(source: Source, output: Path, *, to: str, count: int | None, entry: str | None) -> None:
    """Write the statistics in INPUT to OUTPUT as another library does.

    INPUT is a file of ganmetrics, TTUR, pytorch-fid, clean-fid, ADM, EDM, EDM2, torch-fidelity or StyleGAN, told by its
    contents. Pickles are read without running their code. Other formats have no place for the provenance.
    """
    from ganmetrics.references.convert import convert as convert_file

    check_apart(output, (source,))
    start_logging(quiet=False)
    emit(f"{output}: {convert_file(source, output, to=to, count=count, entry=entry).line()}")


def _check_no_part(output: Path, parts: tuple[Source, ...]) -> None:
    """Refuse an OUTPUT that is there and looks like a forgotten one: the last of PARTS would be lost.

    Raises:
        click.UsageError: it does.
    """
    from ganmetrics.errors import GanMetricsError
    from ganmetrics.references.reference import Reference

    try:
        a_part = is_there(output) and output.is_file() and (len(parts) == 1 or Reference.load(output).shard is not None)
    except GanMetricsError:
        return
    if a_part:
        raise click.UsageError(f"the last path is OUTPUT, and {output} is there already and may be one of PARTS.")
