"""Wavelet packets from the pass: batches, shares, and what is refused before the pass."""

import numpy as np
import pytest
import torch

from ganmetrics.data.audit import Audit
from ganmetrics.data.geometry import Geometry
from ganmetrics.errors import InputError
from ganmetrics.extraction.wavelets import PACKETS_STEP, Pixels, WaveletAccumulator, check_packets, pool_wavelets
from ganmetrics.metrics.wavelet import WaveletMoments

PIXELS = torch.from_numpy(
    np.random.default_rng(0).integers(0, 256, (PACKETS_STEP + 30, 4, 4, 3), dtype=np.uint8)
).float()


def gathered(*sizes):
    """What an accumulator has of the first images, in batches of these sizes."""
    accumulator = WaveletAccumulator(level=1)
    for batch in PIXELS.split(sizes):
        accumulator.add(batch)
    return accumulator.moments()


def test_batches_do_not_matter():
    """To the last bit, and not even where a step is not full."""
    one, other = gathered(PACKETS_STEP + 30), gathered(7, PACKETS_STEP - 7, 29, 1)
    for first, second in zip(one.bands, other.bands, strict=True):
        assert first.count == PACKETS_STEP + 30
        torch.testing.assert_close(first.mean, second.mean, rtol=0, atol=0)
        torch.testing.assert_close(first.covariance, second.covariance, rtol=0, atol=0)


def test_they_are_the_packets_of_the_images():
    """As the formula takes them, channels first."""
    whole = WaveletMoments.of(PIXELS.permute(0, 3, 1, 2).to(torch.uint8), level=1)
    for first, second in zip(gathered(PACKETS_STEP + 30).bands, whole.bands, strict=True):
        torch.testing.assert_close(first.covariance, second.covariance, rtol=1e-12, atol=1e-12)


def test_nothing_gives_nothing():
    assert WaveletAccumulator(level=2).moments() is None


def test_one_process_keeps_what_it_has():
    own = gathered(PACKETS_STEP + 30)
    assert pool_wavelets(own, level=1) is own


def test_pixels_are_those_of_the_geometry():
    image = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    found = Pixels(Geometry(crop="center"))(image)
    np.testing.assert_array_equal(found, image[:, 1:3].astype(np.float32))


def audit(*sizes):
    return Audit(sizes=dict.fromkeys(sizes, 3))


@pytest.mark.parametrize(
    ("sizes", "geometry", "memory", "message"),
    [
        ([(16, 16), (32, 32)], Geometry(), 10**9, "one size; set has 16x16 and 32x32"),
        ([(16, 20)], Geometry(), 10**9, "sides that 16 divides; set has 16x20"),
        ([(256, 256)], Geometry(), 10**9, "256x256 images needs 1.2 GB for the bands of set; got 1.0 GB"),
    ],
)
def test_what_is_refused(sizes, geometry, memory, message):
    with pytest.raises(InputError, match=message):
        check_packets(audit(*sizes), geometry, level=4, memory=memory, source="set")


@pytest.mark.parametrize("geometry", [Geometry(resize_to=16), Geometry(crop="center")])
def test_a_geometry_makes_sizes_one(geometry):
    check_packets(audit((16, 20), (24, 16)), geometry, level=4, memory=10**9, source="set")
