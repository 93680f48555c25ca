"""Small sets of images with a free extractor."""

import pytest

from ganmetrics.statistics.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images


@pytest.fixture
def make_reference():
    """Statistics of random images: `make_reference(count, seed)`."""

    def make(count: int = 10, seed: int = 0, extractor: object = None) -> Reference:
        return Reference.from_images(
            random_images(count, seed=seed), extractor=extractor or ChannelMeans(), workers=0, device="cpu"
        )

    return make
