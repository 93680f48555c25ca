"""Public fakes: an extractor whose statistics are known in closed form, and folders of coloured images.

They need no weights, so that users can test their own loops, and we ours, in milliseconds.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Image
from ganmetrics.features.base import ExtractorSpec, Outputs, Preparation


def channel_means(image: Image) -> npt.NDArray[np.float32]:
    """Return the mean of each of the three channels, float32 [3], of an image of any size."""
    means: npt.NDArray[np.float64] = image.reshape(-1, 3).mean(axis=0, dtype=np.float64)
    return means.astype(np.float32)


@dataclass(frozen=True)
class ChannelMeans:
    """An extractor without weights: three features, the mean red, green and blue of an image.

    The logits are the features, so that the Inception Score has something to work on.

    >>> import ganmetrics
    >>> dark, bright = torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.full((4, 3, 8, 8), 10, dtype=torch.uint8)
    >>> float(ganmetrics.fid(dark, bright, extractor=ChannelMeans(), workers=0))  # 3 channels, each 10 apart
    300.0
    """

    name: str = "channel-means"

    @property
    def spec(self) -> ExtractorSpec:
        """Three features, three logits, no weights."""
        return ExtractorSpec(
            name=self.name, dimension=3, classes=3, layer="mean", weights_sha256=None, preprocessing="mean of pixels"
        )

    @property
    def prepare(self) -> Preparation:
        """The reduction of one image to its three means."""
        return channel_means

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the means as features and as logits."""
        features = batch.to(device).cpu()
        return Outputs(features=features, logits=features)


def random_images(count: int, *, seed: int = 0, size: int = 4) -> Tensor:
    """Return `count` images of uniform noise, uint8 [count, 3, size, size].

    >>> random_images(5).shape
    torch.Size([5, 3, 4, 4])
    """
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, size, size), generator=rng, dtype=torch.uint8)


def write_images(
    folder: str | Path, count: int, *, seed: int = 0, size: int = 8, shift: int = 0, extension: str = "png"
) -> Path:
    """Write `count` images of random colours, `shift` brighter, into `folder`, and return it.

    >>> import tempfile
    >>> folder = write_images(f"{tempfile.mkdtemp()}/real", 3)
    >>> sorted(path.name for path in folder.iterdir())
    ['00000.png', '00001.png', '00002.png']
    """
    from PIL import Image as PillowImage  # noqa: PLC0415 - importing ganmetrics must not load an image library

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for index in range(count):
        colour = rng.integers(0, 200, 3) + shift
        noise = rng.integers(0, 40, (size, size, 3))
        pixels = np.clip(colour + noise, 0, 255).astype(np.uint8)
        PillowImage.fromarray(pixels).save(folder / f"{index:05d}.{extension}")
    return folder
