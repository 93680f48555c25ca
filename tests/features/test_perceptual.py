"""Perceptual distances: what must hold of any, and what is refused."""

import pytest
import torch

from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.perceptual import Blur, PerceptualNetwork, load_perceptual


@pytest.fixture(scope="module")
def distance():
    """The one that needs no download."""
    from importlib.util import find_spec

    if find_spec("stlpips_pytorch") is None:
        pytest.skip("the package stlpips-pytorch is not installed")
    return load_perceptual()


def noise(seed, count=2, size=40):
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, size, size), generator=rng, dtype=torch.uint8)


def test_a_distance(distance):
    """Zero for equal images, the same both ways, larger for a larger change, image by image."""
    one, other = noise(1), noise(2)
    assert distance(one, one).tolist() == [0.0, 0.0]
    torch.testing.assert_close(distance(one, other), distance(other, one))
    near = (one.float() + 8 * torch.randn(one.shape, generator=torch.Generator().manual_seed(3))).clamp(0, 255).byte()
    assert (distance(one, near) < distance(one, other)).all()
    torch.testing.assert_close(distance(one[1:], other[1:]), distance(one, other)[1:])


def test_it_has_its_own_name(distance):
    """Never LPIPS's (numbers: tests/parity/test_perceptual.py)."""
    assert distance.score_name == "st-lpips-alex"
    assert distance.canonical


def test_floats_are_from_minus_one_to_one(distance):
    """The same images in either form."""
    one, other = noise(4), noise(5)
    floats = [images.float() / 127.5 - 1 for images in (one, other)]
    torch.testing.assert_close(distance(*floats), distance(one, other))


def test_a_shift_costs_less_than_noise_of_its_size(distance):
    """What shift-tolerant means: one pixel to the side is hardly seen."""
    base = torch.nn.functional.interpolate(noise(6, size=8).float(), (48, 48), mode="bicubic").clamp(0, 255)
    shifted = base.roll(1, dims=3)
    change = (shifted - base).square().mean().sqrt()
    noisy = (base + change * torch.randn(base.shape, generator=torch.Generator().manual_seed(7))).clamp(0, 255)
    assert (distance(base.byte(), shifted.byte()) < distance(base.byte(), noisy.byte()) / 2).all()


def test_blur_is_the_binomial_filter():
    """By hand, with the mirrored border: a constant stays, and every second place is left."""
    blur = Blur(1)
    assert blur(torch.ones(1, 1, 6, 6)).tolist() == torch.ones(1, 1, 4, 4).tolist()
    row = torch.tensor([0.0, 4.0, 8.0, 12.0]).expand(1, 1, 4, 4)
    assert blur(row)[0, 0, 0].tolist() == [4.0, 4.0, 10.0]


def test_weights_of_given_networks(tmp_path):
    """A file of torchvision's names is loaded; another network's, and none, are refused."""
    from importlib.util import find_spec

    if find_spec("lpips") is None:
        pytest.skip("the package lpips is not installed")
    from torchvision import models

    path = tmp_path / "alex.pth"
    torch.save(models.alexnet(weights=None).state_dict(), path)
    found = load_perceptual("lpips-alex", weights=path)
    assert (found.score_name, found.canonical) == ("perceptual_lpips-alex", False)
    assert (found(noise(1), noise(2)) > 0).all()
    with pytest.raises(WeightsError, match="13 convolutions"):
        load_perceptual("lpips-vgg", weights=path)
    with pytest.raises(InputError, match="needs the weights of its network"):
        load_perceptual("lpips-vgg")


def test_what_does_not_go_together(distance, tmp_path):
    """Names, weights and shapes, each in one line."""
    with pytest.raises(InputError, match="must be one of st-lpips-alex"):
        load_perceptual("lpips")
    with pytest.raises(InputError, match="has the weights of its package"):
        load_perceptual(weights=tmp_path / "a.pth")
    with pytest.raises(InputError, match=r"need two batches \[n, 3, h, w\]"):
        distance(noise(1), noise(1, size=41))
    assert isinstance(distance.network, PerceptualNetwork)
