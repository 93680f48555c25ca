"""The Fréchet wavelet distance: the transform by its matrix, bands, batches."""

import itertools

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.wavelet import WaveletMoments, frechet_wavelet_distance, wavelet_packets
from tests.oracles import frechet_by_eigvals


def images(count, size=8, seed=0, shift=0):
    """Noise, uint8."""
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(0, 150, (count, 3, size, size), dtype=np.uint8) + np.uint8(shift))


def walsh_bands(image, level):
    """Packets of one channel: the inner product of each block of 2^level with every sign pattern, over its side."""
    side = 2**level
    patterns = [np.array([1.0])]
    for _ in range(level):
        # The first halving is the finest: its sign alternates from pixel to pixel.
        patterns = [np.kron(np.array([1, sign]), pattern) for pattern in patterns for sign in (1, -1)]
    rows, columns = image.shape
    blocks = image.reshape(rows // side, side, columns // side, side).transpose(0, 2, 1, 3)
    return [
        np.einsum("abij,i,j->ab", blocks, up, across) / side for up, across in itertools.product(patterns, patterns)
    ]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_packets_are_walsh_functions(level):
    """The bands are inner products with all products of two sign patterns, each once; in whatever order."""
    batch = images(2, size=32)
    found = wavelet_packets(batch, level=level)[1, :, 2].numpy()
    expected = np.stack(walsh_bands(batch[1, 2].double().numpy() / 255, level))
    assert found.shape == expected.shape
    order = [int(np.abs(expected - band).reshape(len(expected), -1).max(axis=1).argmin()) for band in found]
    assert sorted(order) == list(range(4**level))
    np.testing.assert_allclose(found, expected[order], atol=1e-12)


def test_squares_keep_their_sum():
    """A rotation of the pixels."""
    batch = images(3, size=16)
    packets = wavelet_packets(batch, level=4)
    assert packets.shape == (3, 256, 3, 1, 1)
    truth = (batch.double() / 255).square().sum(dim=(1, 2, 3))
    torch.testing.assert_close(packets.square().sum(dim=(1, 2, 3, 4)), truth)


def test_it_is_the_mean_over_bands():
    """Each band's distance by the eigenvalues of the product."""
    real, fake = images(60, size=4, seed=1), images(50, size=4, seed=2, shift=60)
    found = frechet_wavelet_distance(*(WaveletMoments.of(side, level=2) for side in (real, fake)))
    bands = [wavelet_packets(side, level=2).flatten(2).numpy() for side in (real, fake)]
    distances = []
    for band in range(16):
        moments = [part for side in bands for part in (side[:, band].mean(0), np.cov(side[:, band], rowvar=False))]
        distances.append(frechet_by_eigvals(*moments))
    assert found == pytest.approx(np.mean(distances), rel=1e-8)


def test_a_shift_of_all_pixels_is_in_one_band():
    """White less black is 2^level in the lowest band of each pixel and channel: 3 * 4 squared, over 4 bands."""
    dark, bright = (torch.full((4, 3, 2, 2), value, dtype=torch.uint8) for value in (0, 255))
    found = frechet_wavelet_distance(*(WaveletMoments.of(side, level=1) for side in (dark, bright)))
    assert found == pytest.approx(3 * 2**2 / 4)


def test_batches_are_one_case():
    """`of` and `merge` give what one pass gives; equal sets are at 0."""
    whole = images(40)
    parts = WaveletMoments.of(whole[:15], level=2).merge(WaveletMoments.of(whole[15:], level=2))
    other = WaveletMoments.of(images(30, seed=5), level=2)
    one, two = (frechet_wavelet_distance(side, other) for side in (parts, WaveletMoments.of(whole, level=2)))
    assert one == pytest.approx(two, rel=1e-10)
    assert frechet_wavelet_distance(parts, parts) == pytest.approx(0, abs=1e-12)


def test_fine_noise_is_seen():
    """A blur that leaves means alone moves this by far more than it moves the distance of the pixels' means."""
    noise = images(600, size=4)
    blurred = (noise.double() + noise.double().roll(1, 3)).div(2).to(torch.uint8)
    moments = [WaveletMoments.of(side, level=1) for side in (noise, images(600, size=4, seed=1), blurred)]
    assert frechet_wavelet_distance(moments[0], moments[2]) > 3 * frechet_wavelet_distance(moments[0], moments[1])


def test_what_does_not_fit_is_refused():
    """Floats, sides that do not halve so often, levels that differ, one image."""
    with pytest.raises(InputError, match=r"images must be uint8 \[n, 3, h, w\]; got torch.float32"):
        wavelet_packets(torch.zeros(1, 3, 4, 4))
    with pytest.raises(InputError, match=r"level 3 needs sides that 8 divides; got \[12, 16\]"):
        wavelet_packets(torch.zeros(1, 3, 12, 16, dtype=torch.uint8), level=3)
    one, two = WaveletMoments.of(images(3), level=1), WaveletMoments.of(images(3), level=2)
    with pytest.raises(InputError, match="both sides need one level; got 4 and 16 bands"):
        frechet_wavelet_distance(one, two)
    with pytest.raises(InputError, match="both need one level; got 4 and 16 bands"):
        one.merge(two)
    with pytest.raises(NotEnoughSamples):
        frechet_wavelet_distance(one, WaveletMoments.of(images(1), level=1))
