"""``ganmetrics reconstruct``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.apart import check_apart
from ganmetrics.cli.evaluate import optional_metrics
from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    PathType,
    Source,
    check_confidence,
    extraction_options,
    json_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.output import say
from ganmetrics.cli.progress import bar
from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

_CONVENTIONS = ("wang", "skimage", "torchmetrics")
_PERCEPTUAL = ("st-lpips-alex", "lpips-alex", "lpips-vgg")
_PICTURES = 32 * 2**20


@click.command(cls=Command, short_help="How near reconstructions are: PSNR, SSIM, L1, rFID.")
@click.argument("originals", type=SOURCE)
@click.argument("reconstructions", type=SOURCE)
@click.option(
    "--metrics",
    callback=optional_metrics,
    default=None,
    help=f"Distances of the two sets as well, separated by commas, of: {', '.join(METRICS)}.",
)
@click.option(
    "--ssim",
    "convention",
    type=OneOf(_CONVENTIONS),
    default="wang",
    show_default=True,
    help="How SSIM takes means over windows.",
)
@click.option(
    "--perceptual",
    type=OneOf(_PERCEPTUAL),
    default=None,
    help="A perceptual distance as well: st-lpips-alex needs no download, LPIPS needs --perceptual-weights.",
)
@click.option(
    "--perceptual-weights",
    type=PathType(path_type=Path),
    default=None,
    help="Torchvision's weights of LPIPS's network: alexnet-owt-7be5be79.pth or vgg16-397923af.pth.",
)
@click.option(
    "--confidence", type=float, callback=check_confidence, default=0.95, show_default=True, help="Of the intervals."
)
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Pairs in the picture.")
@click.option(
    "--out",
    type=PathType(path_type=Path, file_okay=False),
    default=None,
    help="A folder for a contact sheet of the worst pairs (PNG); made where it is missing.",
)
@extraction_options
@json_option
@quiet_option
@timing_option
def reconstruct(
    originals: Source,
    reconstructions: Source,
    *,
    metrics: tuple[str, ...] | None,
    convention: str,
    perceptual: str | None,
    perceptual_weights: Path | None,
    confidence: float,
    top: int,
    out: Path | None,
    how: "Extraction",
    as_json: bool,
    quiet: bool,
) -> None:
    """Print how near RECONSTRUCTIONS are to ORIGINALS: PSNR, SSIM, multi-scale SSIM and L1, paired by name.

    An image without its pair, or with one of another size, is refused by name. Multi-scale SSIM needs images of more
    than 160 pixels a side. --metrics fid prints the distance of the two sets as well, as rfid.
    """
    from ganmetrics._files import check_writable
    from ganmetrics._types import silent
    from ganmetrics.commands.reconstruct.reconstruct import SHEET
    from ganmetrics.commands.reconstruct.reconstruct import reconstruct as reconstruct_images
    from ganmetrics.features.perceptual import load_perceptual

    if perceptual is None and perceptual_weights is not None:
        raise click.UsageError("--perceptual-weights goes with --perceptual.")
    start_logging(quiet=quiet)
    if out is not None:
        read = (originals, reconstructions, how.weights, perceptual_weights)
        check_apart(out, read, pictures=True, names=(SHEET,))
        check_writable(out, _PICTURES)
    distance = None if perceptual is None else load_perceptual(perceptual, weights=perceptual_weights)
    found = reconstruct_images(
        originals,
        reconstructions,
        how,
        metrics=metrics or (),
        convention=convention,
        perceptual=distance,
        confidence=confidence,
        progress=silent if quiet else bar,
    )
    written = [] if out is None else found.save_pictures(out, top)
    emit_found(found.report, as_json=as_json)
    if not quiet:
        for path in written:
            say(f"wrote {path}")
