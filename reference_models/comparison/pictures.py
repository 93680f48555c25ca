"""Samples of runs and epochs beside each other, each with its score."""

from collections.abc import Sequence

from PIL import Image

from reference_models.comparison.curves import Curve
from reference_models.errors import ConfigError
from reference_models.recording.grids import GRID_GAP, captioned, read_grid, sample_path

_MARGIN = 12
ACROSS = 2
"""Pictures a row where each run has one."""


def samples(curves: Sequence[Curve], *, size: int, epochs: Sequence[int] = (), rows: int = 4) -> Image.Image:
    """Return the first samples of each run: a row of pictures for each, or two a row where each run has one epoch.

    Args:
        curves: of the runs.
        size: height and width of one image.
        epochs: to show, the same noise at each; empty for each run's last scored one.
        rows: of each grid that are shown.

    Raises:
        CheckpointError: a run's grid is missing or damaged.
        ConfigError: a run was not scored at one of the epochs, so that it has no grid of it.
    """
    parts = [[_part(curve, epoch, size=size, rows=rows) for epoch in epochs or [_last(curve)]] for curve in curves]
    if len(epochs) <= 1:
        flat = [part for row in parts for part in row]
        parts = [flat[start : start + ACROSS] for start in range(0, len(flat), ACROSS)]
    width = max(part.width for row in parts for part in row) + _MARGIN
    height = parts[0][0].height + _MARGIN // 2
    sheet = Image.new("RGB", (width * max(map(len, parts)), height * len(parts)), "white")
    for down, row in enumerate(parts):
        for across, part in enumerate(row):
            sheet.paste(part, (across * width, down * height))
    return sheet


def _last(curve: Curve) -> int:
    return int(curve.rows[-1]["epoch"])


def _part(curve: Curve, epoch: int, *, size: int, rows: int) -> Image.Image:
    found = next((row for row in curve.rows if row["epoch"] == epoch), None)
    if found is None:
        scored = ", ".join(str(row["epoch"]) for row in curve.rows)
        raise ConfigError(f"--epochs must be scored ones; {curve.name} has {scored}; got {epoch}")
    whole = read_grid(sample_path(curve.directory, epoch))
    part = whole.crop((0, 0, whole.width, min(whole.height, rows * (size + GRID_GAP) + GRID_GAP)))
    return captioned(part, f"{curve.name}, epoch {epoch}: {found['value']:.4g} ({found['count']:,})")
