"""An extractor behind a geometry: what is done first is done, and is said."""

import numpy as np
import pytest
import torch

from ganmetrics.data.geometry import Geometry
from ganmetrics.extraction.cropping import CroppingExtractor, cropping
from ganmetrics.testing import ChannelMeans


def test_nothing_to_do_is_the_extractor_itself():
    """So that no key and no stored statistics change."""
    plain = ChannelMeans()
    assert cropping(plain, Geometry(), 16) is plain


def test_the_middle_square_is_what_is_seen():
    """Of a wide image with a bright middle, its mean; the whole image's is another."""
    image = np.zeros((4, 12, 3), np.uint8)
    image[:, 4:8] = 90
    cropped = cropping(ChannelMeans(), Geometry("center"), 16)
    assert cropped.prepare(image).tolist() == [90, 90, 90]
    assert ChannelMeans().prepare(image).tolist() == [30, 30, 30]
    inputs = torch.tensor([[1.0, 2, 3]])
    assert torch.equal(cropped(inputs, torch.device("cpu")).features, inputs)


@pytest.mark.parametrize(
    ("geometry", "depth", "said"),
    [
        (Geometry("center"), 16, "crop center, mean of pixels"),
        (Geometry(), 12, "12-bit, mean of pixels"),
        (Geometry("center", 32, "lanczos"), 12, "12-bit, crop center, resize to 32 by pillow lanczos, mean of pixels"),
    ],
)
def test_the_spec_says_what_is_done_first(geometry, depth, said):
    """Statistics of other geometry are of another preprocessing, and are never compared."""
    found = cropping(ChannelMeans(), geometry, depth)
    assert isinstance(found, CroppingExtractor)
    assert found.spec.preprocessing == said
    assert found.spec.name == "channel-means"
