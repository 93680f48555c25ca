"""Perceptual path length: closed forms with a distance of pixels, and what is refused."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.commands.path_length import (
    PATH_PROTOCOLS,
    PathProtocol,
    lerp,
    perceptual_path_length,
    slerp,
    trimmed_ends,
)
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError

PLAIN = PathProtocol(400, epsilon=1e-2, lower=0.0, upper=100.0)


class Pixels:
    """The mean squared difference, in the place of a network."""

    name, score_name, sha256, canonical = "pixels", "pixels", "0" * 64, True

    def __call__(self, one, other):
        return (one - other).square().mean(dim=(1, 2, 3))


def linear(latents, labels=None):
    """Images that are the first latent throughout."""
    shift = 0 if labels is None else labels[:, None, None, None]
    return latents[:, :1, None, None].expand(-1, 3, 4, 4) / 100 + shift


def test_a_linear_generator_in_closed_form():
    """The squared slope along a path: twice the variance of a latent, over 100 squared."""
    found = perceptual_path_length(linear, latent=5, protocol=PLAIN, distance=Pixels(), count=20_000, batch_size=5000)
    assert found.value == pytest.approx(2 / 100**2, rel=0.05)
    assert found.low < 2 / 100**2 < found.high
    assert (found.name, found.fake_count, found.one_sided) == ("ppl_pixels", 20_000, True)


def test_classes_belong_to_paths():
    """Both ends of a step have one class, so that a class adds nothing to the path."""
    plain, conditional = (
        perceptual_path_length(linear, latent=5, protocol=PLAIN, distance=Pixels(), classes=classes)
        for classes in (0, 7)
    )
    assert conditional.value == pytest.approx(plain.value, rel=1e-3)


def test_a_mapping_is_where_the_path_lies():
    """The generator is given what the mapping gives, and points between."""
    seen = []

    def generator(latents):
        seen.append(latents)
        return linear(latents)

    found = perceptual_path_length(
        generator, latent=5, protocol="stylegan-w", distance=Pixels(), mapping=lambda z: 10 * z[:, :2], count=200
    )
    assert seen[0].shape == (128, 2)
    assert (
        found.value
        > 50 * perceptual_path_length(linear, latent=5, protocol="stylegan-w", distance=Pixels(), count=200).value
    )


def test_great_circles_keep_their_length():
    """And begin and end where they should."""
    one, other = torch.randn(2, 50, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for place in (0.0, 0.3, 1.0):
        found = slerp(one, other, torch.full((50, 1), place, dtype=torch.float64))
        torch.testing.assert_close(found.norm(dim=1), torch.ones(50, dtype=torch.float64))
    torch.testing.assert_close(
        slerp(one, other, torch.zeros(50, 1, dtype=torch.float64)), one / one.norm(dim=1, keepdim=True)
    )
    torch.testing.assert_close(lerp(one, other, torch.ones(50, 1, dtype=torch.float64)), other)


def test_the_ends_are_left_out():
    """As torch-fidelity does: at most a hundredth on either side."""
    low, high = trimmed_ends(np.arange(1000.0), PATH_PROTOCOLS["torch-fidelity"])
    assert (low, high) == (9, 990)


def test_repeatable_with_the_protocols_seed():
    """And another with another seed."""
    one, again, other = (
        perceptual_path_length(linear, latent=5, protocol=PLAIN, distance=Pixels(), seed=seed).value
        for seed in (None, 0, 1)
    )
    assert one == again != other


@pytest.mark.parametrize(
    ("generator", "options", "error"),
    [
        (linear, {}, InputError),  # torch-fidelity's images are uint8
        (lambda latents: latents, {"protocol": PLAIN}, InputError),
        (lambda latents: [latents], {"protocol": PLAIN}, InputError),
        (lambda latents: linear(latents).int(), {"protocol": PLAIN}, InputError),
        (linear, {"protocol": "stylegan"}, InputError),
        (linear, {"protocol": PLAIN, "count": 99}, NotEnoughSamples),
        (linear, {"protocol": PLAIN, "batch_size": 0}, InputError),
        (linear, {"protocol": PLAIN, "confidence": 1.0}, InputError),
        (lambda latents: linear(latents) * math.nan, {"protocol": PLAIN}, NumericsError),
    ],
)
def test_what_is_no_path_is_refused(generator, options, error):
    """In one line."""
    with pytest.raises(error) as found:
        perceptual_path_length(generator, latent=5, distance=Pixels(), **options)
    assert "\n" not in str(found.value)
