"""Pictures: grids of samples, and how the samples of one fixed noise change over the epochs."""

import io
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from reference_models.errors import CheckpointError, one_line
from reference_models.files import check_regular, write_whole
from reference_models.recording.records import SCORES, read_scores

SAMPLES, REAL = "samples", "real.png"
GRID_COLUMNS = 8
GRID_GAP = 2
CAPTION = 18
"""Height of a line of text."""
_DIGITS = 10
"""Fewer has an epoch."""
_LARGEST = 2**28
"""Bytes of a grid; ours have some hundred thousand."""
FIXED = 64
"""Images of the grid that is drawn at each evaluation."""


def grid(images: Tensor, *, columns: int = GRID_COLUMNS) -> Image.Image:
    """Return uint8 images [n, 3, h, w] in rows, on white, two pixels apart.

    >>> grid(torch.zeros(10, 3, 8, 8, dtype=torch.uint8), columns=4).size
    (42, 32)
    """
    count, _, height, width = images.shape
    rows = -(-count // columns)
    size = (columns * (width + GRID_GAP) + GRID_GAP, rows * (height + GRID_GAP) + GRID_GAP)
    sheet = Image.new("RGB", size, "white")
    for index, image in enumerate(images):
        place = (GRID_GAP + index % columns * (width + GRID_GAP), GRID_GAP + index // columns * (height + GRID_GAP))
        sheet.paste(Image.fromarray(image.permute(1, 2, 0).contiguous().numpy()), place)
    return sheet


def captioned(picture: Image.Image, text: str) -> Image.Image:
    """Return a picture with a line of text below it, widened where the text needs it.

    >>> captioned(Image.new("RGB", (8, 8)), "fid = 12.3").height
    26
    """
    width = int(ImageDraw.Draw(picture).textlength(text)) + 8
    sheet = Image.new("RGB", (max(picture.width, width), picture.height + CAPTION), "white")
    sheet.paste(picture, (0, 0))
    ImageDraw.Draw(sheet).text((4, picture.height + 3), text, fill="black")
    return sheet


def sample_path(directory: Path, epoch: int) -> Path:
    """Return where the grid of an epoch is."""
    return directory / SAMPLES / f"epoch_{epoch:04d}.png"


def read_grid(path: Path) -> Image.Image:
    """Return a picture of a run's folder, RGB.

    Raises:
        CheckpointError: there is none, or it is damaged.
    """
    try:
        check_regular(path, _LARGEST)
        with Image.open(path) as opened:
            return opened.convert("RGB")
    # Damage ends in whatever Pillow's plugins run into.
    except Exception as error:
        raise CheckpointError(f"{path} cannot be read as a grid of samples: {one_line(error)}") from None


def grids_of(directory: Path) -> dict[int, Path]:
    """Return the grids in a run's folder by their epochs, in order."""
    named = {path.stem.removeprefix("epoch_"): path for path in (directory / SAMPLES).glob("epoch_*.png")}
    found = {int(text): path for text, path in named.items() if text.isdecimal() and len(text) < _DIGITS}
    return dict(sorted(found.items()))


def write_image(path: Path, image: Image.Image) -> None:
    """Write a picture as PNG, whole or not at all.

    Raises:
        StorageError: the disk refuses.
    """
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    write_whole(path, buffer.getvalue())


def evolution(directory: Path, *, size: int, columns: int = GRID_COLUMNS) -> Image.Image:
    """Return a row of samples for each grid in a run's folder: the same noise in every row, epoch and score beside it.

    Args:
        directory: of the run.
        size: height and width of one image.
        columns: images a row.
    """
    grids = grids_of(directory)
    # The first row of an epoch is the distance that decides which checkpoint is best.
    scores = {row["epoch"]: row["value"] for row in reversed(read_scores(directory / SCORES))}
    margin = 72
    sheet = Image.new(
        "RGB", (margin + columns * (size + GRID_GAP) + GRID_GAP, len(grids) * (size + GRID_GAP) + GRID_GAP), "white"
    )
    draw = ImageDraw.Draw(sheet)
    for row, (epoch, path) in enumerate(grids.items()):
        strip = read_grid(path).crop((0, 0, columns * (size + GRID_GAP) + GRID_GAP, size + GRID_GAP))
        top = row * (size + GRID_GAP)
        sheet.paste(strip, (margin, top))
        score = f"\n{scores[epoch]:.4g}" if epoch in scores else ""
        draw.text((4, top + size // 2 - (10 if score else 4)), f"epoch {epoch}{score}", fill="black")
    return sheet


def spread(images: Tensor) -> float:
    """Return the mean distance between pairs of images [n, 3, h, w] in [-1, 1], each averaged to at most 8x8 pixels.

    It is what a collapsed generator loses: its images are all alike.
    """
    small = torch.nn.functional.adaptive_avg_pool2d(images.float(), min(8, images.shape[-1]))
    return float(torch.pdist(small.flatten(1)).mean())
