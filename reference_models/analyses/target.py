"""`Target`: where an analysis writes its pictures and numbers."""

import json
from pathlib import Path

import torch

from ganmetrics import StorageError
from reference_models.files import write_whole
from reference_models.recording import grids


class Target:
    """Where the files of one analysis go.

    Args:
        folder: for all analyses of a model.
        name: of this one.

    Raises:
        StorageError: it has been there before.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        taken = sorted(path.name for path in folder.glob("*") if path.stem in {name, f"{name}-dropped"})
        if taken:
            raise StorageError(f"--out needs a folder without this analysis; {folder} has {', '.join(taken)}")

    def picture(self, images: torch.Tensor, *, columns: int, caption: str, suffix: str = "") -> None:
        """Write uint8 images [n, 3, h, w] as a captioned grid."""
        grid = grids.grid(images, columns=columns)
        grids.write_image(self.folder / f"{self.name}{suffix}.png", grids.captioned(grid, caption))

    def numbers(self, values: dict[str, object]) -> None:
        """Write numbers as JSON."""
        write_whole(self.folder / f"{self.name}.json", (json.dumps(values, indent=2) + "\n").encode())
