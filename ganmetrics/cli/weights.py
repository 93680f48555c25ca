"""``ganmetrics weights``: the published weights on this machine."""

import json
from dataclasses import asdict

import click

from ganmetrics.cli.help import Group
from ganmetrics.cli.messages import start_logging
from ganmetrics.cli.output import emit
from ganmetrics.cli.progress import bar


@click.group(cls=Group)
def weights() -> None:
    """List, fetch and verify published weights of extractors."""


@weights.command(name="list", short_help="Print each published file, its size and digest, and where it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_all(*, as_json: bool) -> None:
    """Print each published file, its size and digest, and whether it is here."""
    from ganmetrics.features.weights import list_weights

    known = list_weights()
    if as_json:
        listed = [{**asdict(status), "path": str(status.path)} for status in known]
        emit(json.dumps({"weights": listed}, indent=2))
        return
    for status in known:
        emit(f"{status.extractor}  {status.state}  {status.path}")
        size = "size not published" if status.size is None else f"{status.size:,} bytes"
        emit(f"  {status.name}, {size}, sha256 {status.sha256 or 'not published'}")


@weights.command(short_help="Download the published weights of EXTRACTOR.")
@click.argument("extractor", default="inception-v3")
def fetch(extractor: str) -> None:
    """Download the published weights of EXTRACTOR (default: inception-v3), unless they are here already.

    An interrupted download goes on where it stopped; the file appears only once its digest is right.
    """
    from ganmetrics.features.weights import fetch_weights

    start_logging(quiet=False)
    emit(str(fetch_weights(extractor, progress=bar)))


@weights.command("verify", short_help="Check the digest of the published weights of EXTRACTOR.")
@click.argument("extractor", default="inception-v3")
def verify_one(extractor: str) -> None:
    """Check the digest of the published weights of EXTRACTOR (default: inception-v3) on this machine."""
    from ganmetrics.errors import WeightsError
    from ganmetrics.features.weights import verify_weights

    status = verify_weights(extractor)
    if status.state in ("damaged", "missing"):
        size = "size not published" if status.size is None else f"{status.size} bytes"
        raise WeightsError(
            f"{extractor} needs {status.name} ({size}, sha256 {status.sha256 or 'not published'}); "
            f"it is {status.state} at {status.path}"
        )
    emit(f"{status.state} {status.path}")
