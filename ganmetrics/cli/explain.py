"""``ganmetrics explain``: the same files under every protocol."""

from pathlib import Path

import click

from ganmetrics.cli.options import (
    SOURCE,
    ExtractionOptions,
    emit_found,
    extraction_options,
    json_option,
    quiet_option,
    start_logging,
    timing_option,
)
from ganmetrics.cli.progress import bar
from ganmetrics.features.names import DEFAULT_EXTRACTOR


@click.command()
@click.argument("real", type=SOURCE)
@click.argument("fake", type=SOURCE)
@extraction_options
@json_option
@quiet_option
@timing_option
def explain(real: Path, fake: Path, *, options: ExtractionOptions, as_json: bool, quiet: bool) -> None:
    """Print the distance between REAL and FAKE under every protocol of the Inception network, and why they differ.

    Both are sets of images. Differences are counted from ttur, or from --protocol; each is the sum of what the resize
    adds to it, then the scaling of pixels, then the division of the covariance by n or n - 1.
    """
    if options.precise_extractor != DEFAULT_EXTRACTOR:
        got = options.precise_extractor
        raise click.UsageError(f"protocols differ for {DEFAULT_EXTRACTOR} in fp32 only; got --extractor {got}")
    from ganmetrics._types import silent
    from ganmetrics.commands.explain import explain as explain_images

    start_logging(quiet=quiet)
    explanation = explain_images(
        real,
        fake,
        protocol=options.protocol,
        weights=options.weights,
        count=options.count,
        seed=options.seed,
        alpha=options.alpha,
        skip_bad=options.skip_bad,
        batch_size=options.batch_size,
        workers=options.workers,
        compile=options.compile,
        device=options.device,
        offline=options.offline,
        progress=silent if quiet else bar,
    )
    emit_found(explanation, as_json=as_json)
