"""Samples of one noise over the epochs, and a whole grid of the last one."""

from pathlib import Path

import numpy as np

from ganmetrics.pages import Gallery, Picture, PictureTile, Prose, Section
from reference_models.recording.grids import CAPTION, GRID_COLUMNS, GRID_GAP, REAL, SAMPLES, grids_of, read_grid
from reference_models.report.runs import RecordedRun

STRIPS = 12
"""Epochs of a run: evenly among those that were scored, the last among them."""


def sample_grids_section(runs: list[RecordedRun]) -> Section:
    """Return strips and grids of every run."""
    blocks: list[Prose | Gallery] = [Prose(("The same noise at every epoch: nothing is chosen.",))]
    for run in runs:
        grids = grids_of(run.curve.directory)
        if not grids:
            blocks.append(Prose((f"{run.name} has no grids of samples.",)))
            continue
        size = int(run.settings["net.size"])
        scores = {row["epoch"]: row["value"] for row in run.curve.rows}
        strips = tuple(_strip(epoch, grids[epoch], size, scores) for epoch in evenly(list(grids), STRIPS))
        blocks.append(Gallery(f"{run.name} over the epochs", strips, large=True))
        blocks.append(Gallery(f"{run.name} at the end", _grids(run, grids[max(grids)], size), large=True))
    return Section("Samples", tuple(blocks))


def evenly(epochs: list[int], most: int) -> list[int]:
    """Return at most so many of a list, evenly spaced, the first and the last among them.

    >>> evenly([0, 1, 2, 3, 4, 5, 6], 3)
    [0, 3, 6]
    """
    if len(epochs) <= most:
        return epochs
    return [epochs[round(place * (len(epochs) - 1) / (most - 1))] for place in range(most)]


def _strip(epoch: int, path: Path, size: int, scores: dict[int, float]) -> PictureTile:
    width, picture = GRID_COLUMNS * (size + GRID_GAP) + GRID_GAP, read_grid(path)
    pixels = np.asarray(picture.crop((0, 0, min(width, picture.width), size + 2 * GRID_GAP)))
    told = f"epoch {epoch}" + (f": {scores[epoch]:.4g}" if epoch in scores else "")
    return PictureTile((Picture(pixels, f"samples at epoch {epoch}", large=True),), (told,))


def _grids(run: RecordedRun, path: Path, size: int) -> tuple[PictureTile, ...]:
    found = [
        PictureTile(
            (Picture(_pixels(path, CAPTION), "samples at the last epoch", large=True),), (path.stem.replace("_", " "),)
        )
    ]
    real = run.curve.directory / SAMPLES / REAL
    if real.exists():
        found.append(
            PictureTile((Picture(_pixels(real, 0), "real images", large=True),), (f"real images, {size} pixels",))
        )
    return tuple(found)


def _pixels(path: Path, below: int) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Return a picture without the line of text below it."""
    image = read_grid(path)
    return np.asarray(image.crop((0, 0, image.width, max(image.height - below, 1))))
