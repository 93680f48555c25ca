"""Self-attention."""

import torch
from torch.nn import functional

from reference_models.networks.attention import SelfAttention
from reference_models.networks.build import build_discriminator, build_generator


def test_it_is_the_identity_at_first():
    """A12: gamma starts at zero, so the map passes unchanged; with another gamma it does not."""
    block, maps = SelfAttention(16), torch.randn(3, 16, 8, 8)
    assert block.gamma.item() == 0
    assert torch.equal(block(maps), maps)
    with torch.no_grad():
        block.gamma.fill_(1)
    assert not torch.allclose(block(maps), maps)


def test_attention_over_the_keys_adds_up_to_one():
    """A12: each place's weights over all pooled places are probabilities; over the other axis they are not."""
    weights = SelfAttention(16).weights(torch.randn(2, 16, 8, 8) * 5)
    assert weights.shape == (2, 64, 16)
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(2, 64))
    assert not torch.allclose(weights.sum(dim=1), torch.full((2, 16), 4.0), atol=1e-2)


def test_a_reference_written_with_loops():
    """Each place gathers the pooled values by the softmax of its query with each pooled key."""
    block, maps = SelfAttention(8), torch.randn(1, 8, 4, 4)
    with torch.no_grad():
        block.gamma.fill_(0.5)
    keys = functional.max_pool2d(block.key(maps), 2)[0].reshape(1, 4)
    values = functional.max_pool2d(block.value(maps), 2)[0].reshape(4, 4)
    query = block.query(maps)[0]
    gathered = torch.zeros(1, 4, 4, 4)
    for row in range(4):
        for column in range(4):
            scores = torch.stack([query[:, row, column] @ keys[:, place] for place in range(4)])
            shares = scores.exp() / scores.exp().sum()
            gathered[0, :, row, column] = sum(shares[place] * values[:, place] for place in range(4))
    torch.testing.assert_close(block(maps), maps + 0.5 * block.out(gathered))


def test_both_networks_attend_at_the_named_size(tiny):
    """The blocks lie after the maps of that size: eight channels at 8x8 here."""
    config = tiny("sagan").net
    for network in (build_generator(config), build_discriminator(config)):
        (block,) = network.attention.values()
        assert block.query.in_channels == config.channels()[8]
