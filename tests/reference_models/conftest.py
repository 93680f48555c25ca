"""What the tests of the reference models share: every preset small enough for milliseconds a step."""

import pytest
import torch

from reference_models.data.load import load_images
from reference_models.presets import build_config
from reference_models.testing import RandomFeatures
from reference_models.training.flow import build_trainer

TINY = {"net.size": 16, "net.width": 8, "net.latent_dim": 16, "data.count": 64, "batch": 8, "log_every": 2}
CLASSES = 10


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small are slower on several threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny():
    """Build a preset at 16x16 with a few channels: `tiny("wgan-gp", **{"net.width": 4})`."""

    def build(preset, **changes):
        own = {"sagan": {"net.attention": (8,)}, "flow": {"net.latent_dim": 3 * 16**2}}.get(preset, {})
        return build_config(preset, {**TINY, **changes, **own}).with_classes(CLASSES)

    return build


@pytest.fixture
def trainer(tiny):
    """Build the trainer of a tiny preset on procedural shapes."""

    def build(preset, **changes):
        config = tiny(preset, **changes)
        return build_trainer(config, load_images(config.data, size=config.net.size))

    return build


@pytest.fixture(scope="session")
def extractor():
    """A cheap extractor with fixed random weights."""
    return RandomFeatures()
