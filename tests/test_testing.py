"""The public fakes: what they give is known in closed form."""

import numpy as np
import torch
from PIL import Image

from ganmetrics.features.base import Extractor
from ganmetrics.testing import ChannelMeans, channel_means, random_images, write_images


def test_channel_means_are_the_means_of_the_channels():
    """Of an image of any size; features and logits are the same."""
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    np.testing.assert_allclose(channel_means(image), image.astype(float).mean(axis=(0, 1)), rtol=1e-6)
    extractor = ChannelMeans("mine")
    batch = torch.from_numpy(np.stack([extractor.prepare(image)] * 2))
    outputs = extractor(batch, torch.device("cpu"))
    assert isinstance(extractor, Extractor)
    assert extractor.spec.name == "mine"
    assert outputs.features.shape == (2, extractor.spec.dimension)
    assert (outputs.features == outputs.logits).all()


def test_images_are_seeded(tmp_path):
    """The same for one seed, others for another; brighter by the shift."""
    assert (random_images(3, seed=1) == random_images(3, seed=1)).all()
    assert not (random_images(3, seed=1) == random_images(3, seed=2)).all()
    dark, bright = (write_images(tmp_path / str(shift), 4, seed=5, shift=shift) for shift in (0, 10))
    for name in sorted(path.name for path in dark.iterdir()):
        one, other = (np.asarray(Image.open(folder / name)).astype(int) for folder in (dark, bright))
        assert (other - one == 10).all()
