"""One pass of the network: every image once, in order, with its number; what is not finite is named."""

import numpy as np
import pytest
import torch

from ganmetrics._types import silent
from ganmetrics.data.sources import open_source
from ganmetrics.errors import NumericsError
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.outputs import Way, extracted, network_outputs
from ganmetrics.extraction.settings import open_settings
from ganmetrics.testing import ChannelMeans, channel_means, random_images

IMAGES = random_images(11)


def settings(**options):
    return open_settings(Extraction(extractor=ChannelMeans(), workers=0, device="cpu", **options), progress=silent)


@pytest.mark.parametrize("share", [range(11), range(4, 9), (0, 3, 10)])
def test_batches_come_in_order_with_their_numbers(share):
    """The last batch is as small as it is; only the share is prepared."""
    seen, rows = [], []
    way = Way(channel_means, settings(batch_size=4), lambda _, indices: list(indices))
    for number, batch, indices in extracted(open_source(IMAGES), [way], share, progress=silent):
        assert number == 0
        assert len(batch) == len(indices) <= 4
        seen += indices
        rows.append(batch)
    assert seen == list(share)
    assert np.allclose(np.concatenate(rows), IMAGES[list(share)].double().mean(dim=(2, 3)))


def test_an_infinite_feature_is_named():
    """By the image that it is of."""
    inputs = np.ones((3, 3), np.float32)
    assert torch.equal(network_outputs(inputs, settings(), str).features, torch.ones(3, 3))
    inputs[1, 2] = np.inf
    with pytest.raises(NumericsError, match=r"non-finite one for image 1"):
        network_outputs(inputs, settings(), lambda row: f"image {row}")
