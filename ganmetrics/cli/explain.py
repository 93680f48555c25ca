"""``ganmetrics explain``: the same files under every protocol."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.cli.found import emit_found
from ganmetrics.cli.help import Command
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.options import (
    SOURCE,
    Source,
    cache_options,
    extraction_options,
    json_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.progress import bar
from ganmetrics.features.names import DEFAULT_EXTRACTOR

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction


@click.command(cls=Command, short_help="Why other libraries give the same files other numbers.")
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@extraction_options
@cache_options
@json_option
@quiet_option
@timing_option
def explain(real: Source, fake: Source, *, how: "Extraction", cache: Path | None, as_json: bool, quiet: bool) -> None:
    """Print the distance between REAL and FAKE under every protocol of the Inception network, and why they differ.

    Both are sets of images. Differences are counted from ttur, or from --protocol; each is the sum of what the resize
    adds to it, then the scaling of pixels, then the division of the covariance by n or n - 1.
    """
    if how.name not in (None, DEFAULT_EXTRACTOR):
        raise click.UsageError(f"protocols differ for {DEFAULT_EXTRACTOR} in fp32 only; got --extractor {how.name}")
    from ganmetrics._types import silent
    from ganmetrics.commands.explain import explain as explain_images

    start_logging(quiet=quiet)
    found = explain_images(real, fake, how, cache=cache, progress=silent if quiet else bar)
    emit_found(found, as_json=as_json)
