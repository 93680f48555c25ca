"""Initial weights, conditional and spectral normalisation."""

import pytest
import torch
from torch import nn

from reference_models.config import NetConfig
from reference_models.networks.build import build_discriminator, build_generator
from reference_models.networks.layers import ConditionalBatchNorm2d, label_map, normalisation
from reference_models.presets import build_config
from reference_models.training.measure import largest_singular_values


def test_initial_weights_have_a_standard_deviation_of_0_02():
    """A5: 0.02 is a deviation, not a variance (0.14); gains lie around one, biases are zero."""
    for network in (build_generator(NetConfig(width=32)), build_discriminator(NetConfig(width=32))):
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                assert abs(module.weight.mean().item()) < 2e-3
            if isinstance(module, nn.BatchNorm2d):
                assert abs(module.weight.mean().item() - 1) < 0.02
                assert module.bias.abs().max() == 0
        weights = [m.weight.flatten() for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
        assert 0.019 < torch.cat(weights).std().item() < 0.021


def test_conditional_gains_start_around_one():
    """A class's gain and bias start as those of an unconditional normalisation."""
    config = build_config("wgan-gp-acgan", {"net.width": 16}).with_classes(10).net
    norms = [module for module in build_generator(config).modules() if isinstance(module, ConditionalBatchNorm2d)]
    assert norms
    for norm in norms:
        assert abs(norm.gain.weight.mean().item() - 1) < 0.02
        assert norm.bias.weight.abs().max() == 0


def test_conditional_normalisation_scales_by_class():
    """Y = gain of the class times the normalised map, plus its bias; other classes change nothing."""
    norm = ConditionalBatchNorm2d(2, 3)
    maps, labels = torch.randn(8, 2, 4, 4), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    plain = nn.BatchNorm2d(2, affine=False)(maps)
    expected = norm.gain.weight[labels][:, :, None, None] * plain + norm.bias.weight[labels][:, :, None, None]
    torch.testing.assert_close(norm(maps, labels), expected)
    assert not torch.allclose(norm(maps, labels), norm(maps, (labels + 1) % 3))


@pytest.mark.parametrize("kind", ["layer", "none"])
def test_other_normalisations_treat_each_image_by_itself(kind):
    """What a gradient penalty needs: an image's result does not depend on its batch. Batch normalisation's does."""
    maps = torch.randn(4, 6, 5, 5)
    norm = normalisation(kind, 6)
    torch.testing.assert_close(norm(maps)[:1], norm(maps[:1]))
    batch = normalisation("batch", 6)
    assert not torch.allclose(batch(maps)[:1], batch(maps[:1]), atol=1e-3)


def test_a_label_map_is_the_same_everywhere():
    """The embedded label stands beside the channels at every place."""
    both = label_map(torch.tensor([[5.0, 7.0]]), torch.zeros(1, 3, 2, 2))
    assert both.shape == (1, 5, 2, 2)
    assert both[0, 3].unique().item() == 5
    assert both[0, 4].unique().item() == 7


def test_spectral_norms_are_near_one(tiny):
    """A12: after normalisation the largest singular value of every weight of both networks is one."""
    config = tiny("sagan").net
    for network in (build_generator(config), build_discriminator(config)):
        values = largest_singular_values(network)
        weighted = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)]
        assert len(values) == len(weighted)
        assert all(0.9 < value < 1.1 for value in values)
    assert largest_singular_values(build_discriminator(NetConfig(width=8))) == []


def test_spectral_norm_rests_in_evaluation(tiny):
    """A pass in training mode takes one power iteration; one in evaluation mode, as scoring uses, changes nothing."""
    network = build_discriminator(tiny("sagan").net)
    images = torch.randn(2, 3, 16, 16)

    def buffers():
        return torch.cat([buffer.flatten().clone() for buffer in network.buffers()])

    before = buffers()
    network.eval()(images)
    assert torch.equal(buffers(), before)
    network.train()(images)
    assert not torch.equal(buffers(), before)


@pytest.mark.parametrize("sees", [True, False])
def test_a_critic_with_layer_normalisation_sees_contrast(sees):
    """A normalisation of each image divides its scale out; only a bias before it keeps that visible."""
    critic = build_discriminator(build_config("wgan-gp", {"net.size": 16, "net.width": 8}).net, seed=0)
    for module in critic.stages.modules():
        if isinstance(module, nn.GroupNorm):
            module.eps = 0.0  # what else hides a scale, as long as weights are small
        elif isinstance(module, nn.Conv2d) and sees:
            nn.init.normal_(module.bias, 0.0, 0.1)
        elif isinstance(module, nn.Conv2d):
            module.bias = None
    images = torch.randn(32, 3, 16, 16, generator=torch.Generator().manual_seed(0)).clamp(-1, 1)
    full, pale = critic(images).logit, critic(images / 2).logit
    difference = ((full - pale).abs().mean() / full.std()).item()
    assert difference > 0.1 if sees else difference < 1e-4
