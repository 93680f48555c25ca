"""A cheap extractor for tests and proofs: a small convolutional network with fixed random weights.

Random features tell distributions of images apart well enough to see a generator learn, and cost a thousandth of a
trained network's. Their distances compare with no published number.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ganmetrics import ExtractorSpec, Outputs


def as_floats(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return an image uint8 [h, w, 3] as float32 [3, h, w] in [-1, 1]."""
    floats: npt.NDArray[np.float32] = image.transpose(2, 0, 1).astype(np.float32) / np.float32(127.5) - np.float32(1)
    return floats


class RandomFeatures:
    """Mean and deviation over the map of each channel of a random network, for images of any one size.

    Args:
        dimension: number of features, even.
        seed: of the weights.

    >>> from ganmetrics.testing import random_images
    >>> import ganmetrics
    >>> extractor = RandomFeatures()
    >>> real, fake = random_images(9, size=16), random_images(9, seed=1, size=16)
    >>> ganmetrics.fid(real, fake, extractor=extractor, workers=0).name
    'fd_random-features'
    """

    prepare = staticmethod(as_floats)

    def __init__(self, dimension: int = 64, seed: int = 0) -> None:
        self.spec = ExtractorSpec(
            name="random-features",
            dimension=dimension,
            classes=None,
            layer=f"mean and deviation, seed {seed}",
            weights_sha256=None,
            preprocessing="x/127.5-1",
        )
        rng = torch.Generator().manual_seed(seed)
        self._network = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(32, dimension // 2, 3, 1, 1),
        )
        with torch.no_grad():
            for parameter in self._network.parameters():
                spread = (2 / parameter[0].numel()) ** 0.5 if parameter.ndim > 1 else 0.1
                parameter.copy_(torch.randn(parameter.shape, generator=rng) * spread)
        self._network.requires_grad_(requires_grad=False)

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the features of prepared images."""
        maps = self._network.to(device)(batch.to(device)).relu().flatten(2)
        return Outputs(features=torch.cat([maps.mean(dim=2), maps.std(dim=2)], dim=1).cpu())
