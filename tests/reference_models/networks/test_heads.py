"""How discriminators use a label."""

import torch

from reference_models.networks.build import build_discriminator
from reference_models.networks.discriminator import clip_weights


def judged(tiny, preset, **changes):
    network = build_discriminator(tiny(preset, **changes).net).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)) * 0.1)
    images = torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(2))
    return network, images


def interaction(network, images):
    """Return how far the effect of a label differs between two images."""
    first, second = (network(images[:2], torch.tensor([label, label])).logit for label in (1, 4))
    effect = first - second
    return (effect[0] - effect[1]).abs().item()


def test_projection_is_the_formula(tiny):
    """A10: D(x, y) = psi(phi(x)) + <e_y, phi(x)>, with phi the sum over the last map."""
    network, images = judged(tiny, "cgan-projection")
    labels = torch.arange(6)
    phi = network.maps(images)[-1].sum(dim=(2, 3))
    expected = network.head.logit(phi).flatten() + (network.head.labels(labels) * phi).sum(dim=1)
    torch.testing.assert_close(network(images, labels).logit, expected)
    assert interaction(network, images) > 1e-4


def test_projection_of_dense_features(tiny):
    """A10: with net.features the projection is of those, as many as were asked for."""
    network, images = judged(tiny, "cgan-projection", **{"net.features": 1024})
    verdict = network(images, torch.arange(6))
    assert verdict.features.shape == (6, 1024)
    expected = network.head.logit(verdict.features).flatten() + (
        network.head.labels(torch.arange(6)) * verdict.features
    ).sum(dim=1)
    torch.testing.assert_close(verdict.logit, expected)


def test_a_projection_on_zero_is_unconditional(tiny):
    """A10: with embeddings of zero the label changes nothing."""
    network, images = judged(tiny, "cgan-projection", **{"net.spectral_d": False})
    with torch.no_grad():
        network.head.labels.weight.zero_()
    assert torch.equal(network(images, torch.zeros(6).long()).logit, network(images, torch.arange(6)).logit)


def test_an_additive_head_cannot_use_its_label(tiny):
    """The label moves every image's logit alike, so it cannot be wrong for an image; mid-network it can."""
    additive, images = judged(tiny, "cgan-additive")
    assert not torch.allclose(additive(images, torch.zeros(6).long()).logit, additive(images, torch.arange(6)).logit)
    assert interaction(additive, images) < 1e-5
    assert additive(images, torch.arange(6)).features.shape == (6, 8)
    concat, images = judged(tiny, "cgan")
    assert interaction(concat, images) > 1e-4


def test_clipping_confines_every_weight():
    """A13: nothing lies outside of the bound, and what lay inside stays."""
    network = torch.nn.Linear(4, 4)
    with torch.no_grad():
        network.weight.copy_(torch.linspace(-0.05, 0.05, 16).reshape(4, 4))
    before = network.weight.clone()
    clip_weights(network, 0.01)
    assert network.weight.abs().max().item() <= 0.01 + 1e-9
    inside = before.abs() <= 0.01
    assert torch.equal(network.weight[inside], before[inside])
