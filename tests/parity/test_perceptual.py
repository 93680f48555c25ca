"""Perceptual distances and path length against lpips, stlpips-pytorch and torch-fidelity on the same weights."""

import sys
from types import ModuleType

import numpy as np
import pytest
import torch

from ganmetrics.commands.path_length import perceptual_path_length
from ganmetrics.features.perceptual import load_perceptual

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]
pytest.importorskip("torchvision")
lpips = pytest.importorskip("lpips")
MODELS = {"lpips-alex": ("alex", "alexnet"), "lpips-vgg": ("vgg", "vgg16")}


def images(seed, size=64):
    """Noise with some structure, and the same a little changed, uint8."""
    rng = torch.Generator().manual_seed(seed)
    low = torch.rand(3, 3, 8, 8, generator=rng)
    one = torch.nn.functional.interpolate(low, (size, size), mode="bicubic").clamp(0, 1)
    other = (one + 0.1 * torch.randn(one.shape, generator=rng)).clamp(0, 1)
    return (one * 255).round().byte(), (other * 255).round().byte()


@pytest.fixture
def weights(tmp_path):
    """Write a seeded random network of torchvision's, as its file of weights would be; return path and network."""
    from torchvision import models

    def write(name):
        torch.manual_seed(0)
        network = getattr(models, MODELS[name][1])(weights=None)
        path = tmp_path / f"{name}.pth"
        torch.save(network.state_dict(), path)
        return path, network

    return write


def peer(name, network):
    """The peer's own network with these weights and its published heads."""
    theirs = lpips.LPIPS(net=MODELS[name][0], pnet_rand=True, verbose=False)
    for number in range(1, 6):
        for key, module in getattr(theirs.net, f"slice{number}").named_children():
            if isinstance(module, torch.nn.Conv2d):
                module.load_state_dict(network.features[int(key)].state_dict())
    return theirs.eval()


@pytest.mark.parametrize("name", MODELS)
def test_lpips_agrees(name, weights):
    """On random weights of the network and the published weights of channels, to float32's digits."""
    path, network = weights(name)
    ours, theirs = load_perceptual(name, weights=path), peer(name, network)
    assert ours.score_name == f"perceptual_{name}"
    for size in (64, 97):
        one, other = images(1, size)
        with torch.no_grad():
            expected = theirs(one.float() / 127.5 - 1, other.float() / 127.5 - 1).flatten()
        found = ours(one, other)
        sys.stdout.write(
            f"{name} {size} px: largest relative difference {float((found / expected - 1).abs().max()):.1e}" + "\n"
        )
        torch.testing.assert_close(found, expected, rtol=2e-5, atol=1e-9)


def test_shift_tolerant_lpips_agrees(monkeypatch):
    """On its published weights; the package wants two modules to be importable that it does not use."""
    for name, member in (("IPython", "embed"), ("torchsummary", "summary")):
        stub = ModuleType(name)
        setattr(stub, member, lambda *_: None)
        monkeypatch.setitem(sys.modules, name, stub)
    stlpips = pytest.importorskip("stlpips_pytorch.stlpips")
    theirs = stlpips.LPIPS(net="alex", variant="shift_tolerant", verbose=False)
    ours = load_perceptual()
    for size in (32, 64, 97):
        one, other = images(2, size)
        with torch.no_grad():
            expected = theirs(one.float() / 127.5 - 1, other.float() / 127.5 - 1).flatten()
        found = ours(one, other)
        sys.stdout.write(
            f"st-lpips-alex {size} px: largest relative difference {float((found / expected - 1).abs().max()):.1e}"
            + "\n"
        )
        torch.testing.assert_close(found, expected, rtol=2e-5, atol=1e-9)


class Generator(torch.nn.Module):
    """A small generator of 3 x 80 x 80 images, uint8."""

    def __init__(self, size=80):
        super().__init__()
        torch.manual_seed(1)
        self.size = size
        self.linear = torch.nn.Linear(8, 3 * 10 * 10)

    def forward(self, latents):
        small = torch.tanh(3 * self.linear(latents)).reshape(-1, 3, 10, 10)
        large = torch.nn.functional.interpolate(small, (self.size, self.size), mode="bilinear")
        return ((large + 1) * 127.5).round().clamp(0, 255).byte()


@pytest.mark.parametrize("size", [80, 48])
def test_torch_fidelitys_path_length_agrees(size, weights, monkeypatch):
    """Mean and deviation, with its seed, its steps, its resizing and the ends that it leaves out."""
    fidelity = pytest.importorskip("torch_fidelity")
    from torch_fidelity import sample_similarity_lpips as module

    path, network = weights("lpips-vgg")
    heads = torch.load(f"{lpips.__path__[0]}/weights/v0.1/vgg.pth", map_location="cpu", weights_only=True)
    monkeypatch.setattr(module, "load_state_dict_from_url", lambda *_, **__: heads)
    monkeypatch.setattr(module, "torchvision_load_pretrained_vgg16", lambda: network)
    monkeypatch.setattr(np, "percentile", renamed(np.percentile))
    generator = Generator(size)
    wrapped = fidelity.GenerativeModelModuleWrapper(generator, 8, "normal", 0)
    theirs = fidelity.calculate_metrics(
        input1=wrapped, input1_model_num_samples=100, ppl=True, ppl_epsilon=1e-2, cuda=False, verbose=False
    )
    from dataclasses import replace

    from ganmetrics.commands.path_length import PATH_PROTOCOLS

    settings = replace(PATH_PROTOCOLS["torch-fidelity"], epsilon=1e-2)
    distance = load_perceptual("lpips-vgg", weights=path)
    ours = perceptual_path_length(generator, latent=8, protocol=settings, distance=distance, count=100)
    expected = theirs["perceptual_path_length_mean"], theirs["perceptual_path_length_std"]
    sys.stdout.write(f"path length, {size} px: {ours.value:.7g} and {expected[0]:.7g}" + "\n")
    assert (ours.value, ours.std) == pytest.approx(expected, rel=2e-5)


def renamed(percentile):
    """NumPy's function under the name of the option that torch-fidelity still uses."""

    def call(values, share, interpolation=None, **options):
        return percentile(values, share, **({"method": interpolation} if interpolation else options))

    return call
