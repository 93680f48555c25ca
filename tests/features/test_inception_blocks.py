"""The blocks of Inception-v3: sizes of the paper's figures, borders and the two pools."""

import pytest
import torch

from ganmetrics.features.inception_blocks import (
    InceptionA,
    InceptionB,
    InceptionC,
    InceptionD,
    InceptionE,
    average_pool,
    max_pool,
    shrink,
)


@pytest.mark.parametrize(
    ("block", "channels", "side", "expected"),
    [
        (InceptionA(192, pool_channels=32), 192, 35, (256, 35, 35)),
        (InceptionB(288), 288, 35, (768, 17, 17)),
        (InceptionC(768, inner_channels=128), 768, 17, (768, 17, 17)),
        (InceptionD(768), 768, 17, (1280, 8, 8)),
        (InceptionE(1280, maximum=False), 1280, 8, (2048, 8, 8)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, torch.nn.Module) else None,
)
@torch.no_grad()
def test_channels_and_sizes_are_the_papers(block, channels, side, expected):
    """Table 1 of arXiv 1512.00567."""
    assert block(torch.zeros(1, channels, side, side)).shape[1:] == expected


def test_the_border_is_averaged_over_what_is_there():
    """A constant stays one up to the corner: padded zeros do not count, as in TensorFlow."""
    assert torch.equal(average_pool(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


def test_pools_take_the_maximum():
    """Of 3x3 neighbourhoods, at every pixel or at every second one."""
    x = torch.arange(25.0).reshape(1, 1, 5, 5)
    assert max_pool(x)[0, 0, 0].tolist() == [6, 7, 8, 9, 9]
    assert shrink(x)[0, 0].tolist() == [[12, 14], [22, 24]]


@torch.no_grad()
def test_the_last_block_pools_as_it_is_told():
    """The mean in the first of the two, the maximum in the second: the last 192 channels differ, no others."""
    torch.manual_seed(0)
    block, x = InceptionE(4, maximum=False), torch.rand(1, 4, 8, 8)
    mean = block(x)
    block.pool = max_pool
    assert torch.equal(mean[:, :-192], block(x)[:, :-192])
    assert not torch.equal(mean[:, -192:], block(x)[:, -192:])
