"""Shapes, parameter counts and the rules that all networks keep."""

import pytest
import torch
from torch import nn

from reference_models.config import NetConfig
from reference_models.errors import ConfigError
from reference_models.networks.build import build_discriminator, build_generator, parameter_count
from reference_models.networks.summary import layer_shapes
from reference_models.presets import PRESETS, build_config

PAPER = [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64)]
REDUCED = [(512, 4, 4), (256, 8, 8), (128, 16, 16), (64, 32, 32), (3, 64, 64)]
SMALL = [(256, 4, 4), (128, 8, 8), (64, 16, 16), (3, 32, 32)]
STACKED = [preset for preset in PRESETS if preset not in ("r3gan", "flow")]
"""Those whose networks are plain stacks; residual and flow networks have tests of their own."""
CONV = [preset for preset in STACKED if preset != "wgan-gp-acgan-seed"]


def shapes_of(preset):
    config = build_config(preset).net
    generator = layer_shapes(build_generator(config), torch.zeros(1, config.latent_dim))
    discriminator = layer_shapes(build_discriminator(config), torch.zeros(1, 3, config.size, config.size))
    return [shape for _, _, shape in generator], [shape for _, _, shape in discriminator]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "expected", "counts"),
    [
        ("dcgan-64", PAPER, (12_658_432, 11_036_160)),
        ("dcgan-64-reduced", REDUCED, (3_576_704, 2_765_568)),
        ("dcgan", SMALL, (1_068_928, 663_296)),
    ],
)
def test_dcgan_has_the_paper_s_shapes(preset, expected, counts):
    """A1 to A3: the generator doubles the map to the image, the discriminator mirrors it down to one number."""
    generator, discriminator = shapes_of(preset)
    assert generator == expected
    assert discriminator == [*reversed(expected[:-1]), (1, 1, 1)]
    config = build_config(preset).net
    assert (parameter_count(build_generator(config)), parameter_count(build_discriminator(config))) == counts


@pytest.mark.parametrize(
    ("preset", "size"), [(preset, size) for preset in STACKED for size in (8, 32) if (preset, size) != ("sagan", 8)]
)
def test_every_network_at_every_size(preset, size, tiny):
    """Images are in [-1, 1], and each gets one finite logit, at the smallest size too."""
    changes = {"net.size": size, "net.attention": (size // 2,) if preset == "sagan" else ()}
    net = tiny(preset, **changes).net
    labels = torch.arange(4) if net.needs_labels else None
    images = build_generator(net)(torch.randn(4, net.latent_dim), labels)
    assert images.shape == (4, 3, size, size)
    assert images.abs().max() <= 1
    verdict = build_discriminator(net)(images, labels)
    assert verdict.logit.shape == (4,)
    assert verdict.logit.isfinite().all()
    assert (verdict.classes is not None) == (net.head == "auxiliary")


@pytest.mark.parametrize("preset", CONV)
def test_no_pooling_and_no_hidden_dense_layer(preset, tiny):
    """A4: resolution changes by strides alone, and nothing between input and head is fully connected."""
    net = tiny(preset).net
    for network in (build_generator(net), build_discriminator(net)):
        modules = {
            name: module for name, module in network.named_modules() if not name.startswith(("head", "attention"))
        }
        assert not any("Pool" in type(module).__name__ for module in modules.values())
        assert not any(isinstance(module, nn.Linear) for module in modules.values())
    strides = [module.stride for module in build_discriminator(net).stages.modules() if isinstance(module, nn.Conv2d)]
    assert set(strides) == {(2, 2)}


@pytest.mark.parametrize("preset", STACKED)
def test_no_normalisation_at_the_ends(preset, tiny):
    """A4: neither the image that leaves the generator nor the one that enters the discriminator is normalised."""
    net = tiny(preset).net
    generator, discriminator = build_generator(net), build_discriminator(net)
    last = list(generator.modules())[-1]
    assert generator.out.out_channels == 3
    assert not isinstance(last, nn.BatchNorm2d) or preset == "wgan-gp-acgan-seed"
    first, second, third = discriminator.stages[0]
    assert isinstance(first, nn.Conv2d)
    assert isinstance(second, nn.Identity)
    assert isinstance(third, nn.LeakyReLU)
    normalised = [stage[1] for stage in discriminator.stages[1:]]
    kinds = {"batch": nn.BatchNorm2d, "layer": nn.GroupNorm, "none": nn.Identity}
    assert all(isinstance(norm, kinds[net.norm_d]) for norm in normalised)


@pytest.mark.parametrize("preset", STACKED)
def test_rectifiers(preset, tiny):
    """A4: rectifiers in the generator, leaky ones of slope 0.2 in the discriminator; torch's momentum and epsilon."""
    net = tiny(preset).net
    generator, discriminator = build_generator(net), build_discriminator(net)
    slopes = {module.negative_slope for module in discriminator.modules() if isinstance(module, nn.LeakyReLU)}
    assert slopes == {0.2}
    assert not any(isinstance(module, nn.LeakyReLU | nn.Sigmoid) for module in generator.modules())
    assert not any(isinstance(module, nn.ReLU | nn.Sigmoid) for module in discriminator.modules())
    for module in (*generator.modules(), *discriminator.modules()):
        if isinstance(module, nn.BatchNorm2d):
            assert (module.momentum, module.eps) == (0.1, 1e-5)


def test_a_score_is_no_probability_until_a_sigmoid():
    """A2: the head gives a logit, one an image; its sigmoid lies strictly between 0 and 1."""
    logit = build_discriminator(NetConfig(width=8))(torch.randn(6, 3, 32, 32)).logit
    assert logit.min() < 0 < logit.max() or logit.std() > 0
    assert (logit.sigmoid() > 0).all()
    assert (logit.sigmoid() < 1).all()


def test_conditional_networks_wait_for_the_number_of_classes():
    """A network cannot be built before the classes are known."""
    with pytest.raises(ConfigError, match="needs net.classes"):
        build_generator(build_config("cgan").net)


def test_weights_depend_on_the_seed_alone():
    """The global generator decides nothing, and is left as it was."""
    torch.manual_seed(1)
    first = build_generator(NetConfig(width=4), seed=3)
    after = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), after)
    second = build_generator(NetConfig(width=4), seed=3)
    other = build_generator(NetConfig(width=4), seed=4)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(next(first.parameters()), next(other.parameters()))
