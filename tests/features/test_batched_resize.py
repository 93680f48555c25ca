"""A batch is resized as its images are one by one, to the last bit, by every resizer."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.errors import InputError
from ganmetrics.features.batched_resize import resize_batch
from ganmetrics.features.resize import RESIZERS, resize

SIDE = st.integers(1, 40)
NAMES = st.sampled_from(list(RESIZERS))


def noise(count, height, width, seed=0):
    """Images of noise, with black and white ones that filters overshoot."""
    pixels = np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    return np.where(pixels > 200, 255, np.where(pixels < 60, 0, pixels)).astype(np.uint8)


def one_by_one(images, size, resizer):
    """What the resizer gives for each image."""
    return np.stack([resize(image, size, resizer=resizer) for image in images])


def batched(images, size, resizer):
    """What the batch gives."""
    return resize_batch(torch.from_numpy(images).permute(0, 3, 1, 2), size, resizer=resizer).numpy()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(source=st.tuples(SIDE, SIDE), target=st.tuples(SIDE, SIDE), resizer=NAMES, seed=st.integers(0, 99))
def test_every_bit_is_that_of_one_image_at_a_time(source, target, resizer, seed):
    """Up and down, square or not, to the size that they have, and from or to a single pixel."""
    images = noise(2, *source, seed=seed)
    assert np.array_equal(batched(images, target, resizer), one_by_one(images, target, resizer))


@pytest.mark.slow
@pytest.mark.parametrize("resizer", list(RESIZERS))
@pytest.mark.parametrize("source", [(512, 384), (32, 32), (299, 500)])
def test_sizes_in_use_are_exact(source, resizer):
    """Photographs and small images to Inception's input."""
    images = noise(1, *source)
    assert np.array_equal(batched(images, (299, 299), resizer), one_by_one(images, (299, 299), resizer))


def test_a_filter_of_another_width_is_not_equal():
    """The comparison can fail."""
    images = noise(1, 64, 64)
    assert not np.array_equal(
        batched(images, (33, 33), "pillow-bicubic-uint8"), one_by_one(images, (33, 33), "pillow-lanczos-uint8")
    )


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 4, 8, 8), (0, 3, 8, 8), (1, 3, 0, 8)])
def test_other_shapes_are_refused(shape):
    """With what is needed and what came."""
    with pytest.raises(InputError, match=r"images must be uint8 \[n, 3, h, w\] and not empty"):
        resize_batch(torch.zeros(shape, dtype=torch.uint8), (4, 4), resizer="tf1-bilinear")


def test_other_types_are_refused():
    """Floats have no defined range."""
    with pytest.raises(InputError, match=r"got torch.float32 \[1, 3, 8, 8\]"):
        resize_batch(torch.zeros(1, 3, 8, 8), (4, 4), resizer="tf1-bilinear")


def test_an_unknown_resizer_is_refused():
    """Its name is said."""
    with pytest.raises(InputError, match="resizer"):
        resize_batch(torch.zeros(1, 3, 8, 8, dtype=torch.uint8), (4, 4), resizer="cubic")
