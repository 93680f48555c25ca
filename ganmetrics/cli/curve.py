"""``--curve`` of ``evaluate``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ganmetrics.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from ganmetrics.report import Ranking, Report

_ROOM = 2**20
"""Bytes that the picture takes at most."""


def check_curve(context: click.Context, metrics: tuple[str, ...], path: Path) -> None:
    """Refuse a picture that could not be drawn or written, before any work.

    Raises:
        click.UsageError: no metric of the curve is asked for.
        InputError: matplotlib is not installed, or its settings are broken.
        StorageError: the file cannot be written.
    """
    from ganmetrics._files import check_writable_file
    from ganmetrics.optional import check_drawing

    needed = [name for name, metric in METRICS.items() if metric.family == "curve"]
    if not set(needed) & set(metrics):
        raise click.UsageError(f"--curve needs one of {', '.join(needed)} among the metrics.", context)
    check_drawing("a picture")
    check_writable_file(path, _ROOM)


def draw_curve(found: "Report | Ranking", path: Path) -> None:
    """Write the curve of a report, or of each generator, where it could be had.

    Raises:
        InputError: no generator has a curve.
        StorageError: the picture cannot be written.
    """
    from ganmetrics.report import Report
    from ganmetrics.report.curve import save_curve

    reports: Mapping[str, Report] = {"generator": found} if isinstance(found, Report) else found
    save_curve({name: report.tables for name, report in reports.items()}, path)
