"""What several test modules share."""

import pytest
from jaxtyping import config

from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images, write_images


@pytest.fixture
def unchecked():
    """Leave shapes unchecked, as a user's are: of many short calls the checks would be most of the work."""
    before = config.jaxtyping_disable
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", before)


@pytest.fixture
def folders(tmp_path):
    """Two folders of coloured images, 20 real and 15 fake, the fakes brighter."""
    return write_images(tmp_path / "real", 20, seed=1), write_images(tmp_path / "fake", 15, seed=2, shift=30)


@pytest.fixture
def make_reference():
    """Statistics of random images: `make_reference(count, seed)`."""

    def make(count: int = 10, seed: int = 0, extractor: object = None) -> Reference:
        return Reference.from_images(
            random_images(count, seed=seed), extractor=extractor or ChannelMeans(), workers=0, device="cpu"
        )

    return make
