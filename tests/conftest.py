"""What several test modules share."""

import pytest

from ganmetrics.testing import write_images


@pytest.fixture
def folders(tmp_path):
    """Two folders of coloured images, 20 real and 15 fake, the fakes brighter."""
    return write_images(tmp_path / "real", 20, seed=1), write_images(tmp_path / "fake", 15, seed=2, shift=30)
