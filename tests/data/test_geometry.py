"""A crop and a size are values that say what they do."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganmetrics.data.geometry import FILTERS, Geometry
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


def as_float(image):
    """Return an image in float32."""
    return image.astype(np.float32)


def test_by_default_nothing_is_done(noise):
    """No pixel changes, keys say nothing of it, and the preparation is the very same."""
    assert (Geometry()(noise()) == noise()).all()
    assert Geometry().line() == ""
    assert Geometry().before(as_float) is as_float


@given(st.integers(1, 12), st.integers(1, 12))
def test_the_crop_is_the_middle(height, width):
    """The margins on both sides differ by one pixel at most, the smaller one first."""
    image = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    cut = Geometry(crop="center")(image)
    side = min(height, width)
    assert cut.shape == (side, side, 3)
    top, left = (height - side) // 2, (width - side) // 2
    assert (cut == image[top : top + side, left : left + side]).all()
    assert 0 <= (height - side - top) - top <= 1
    assert 0 <= (width - side - left) - left <= 1


@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_pillows(noise, name):
    """By name, after the crop, on uint8; no two are the same."""
    image = noise(40, 60)
    found = Geometry("center", 16, name)(image)
    cut = Image.fromarray(image[:, 10:50])
    assert (found == np.asarray(cut.resize((16, 16), Image.Resampling[name.upper()]))).all()
    assert found.flags.writeable
    others = [Geometry("center", 16, other)(image) for other in FILTERS if other != name]
    assert all((found != other).any() for other in others)


def test_without_a_crop_a_size_squashes(noise):
    """As a network would; at the size already, nothing changes."""
    assert Geometry(resize_to=5)(noise(10, 20)).shape == (5, 5, 3)
    assert (Geometry(resize_to=8)(noise(8, 8)) == noise(8, 8)).all()


def test_lines_tell_geometries_apart():
    """The line is in the key, so whatever changes a pixel changes the line."""
    different = [Geometry(), Geometry("center"), Geometry(resize_to=8), Geometry("center", 8), Geometry("center", 9)]
    different += [Geometry("center", 8, name) for name in FILTERS if name != "bicubic"]
    assert len({geometry.line() for geometry in different}) == len(different)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_before_a_preparation(noise, workers):
    """In this process and in workers; it can be pickled."""
    images = np.stack([noise(6, 9, seed) for seed in range(5)])
    prepare = Geometry("center").before(as_float)
    batches = prepared_batches(open_source(images), [prepare], alpha="white", batch_size=5, workers=workers)
    assert (next(batches)[0] == images[:, :, 1:7]).all()
    assert pickle.loads(pickle.dumps(prepare)) == prepare


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"crop": "middle"}, "crop must be one of none, center; got 'middle'"),
        ({"resize_to": 0}, "resize_to must be at least 1; got 0"),
        ({"filter": "nearest"}, "filter must be one of box, .*; got 'nearest'"),
    ],
)
def test_what_is_refused(options, reason):
    """When the value is made."""
    with pytest.raises(InputError, match=reason):
        Geometry(**options)
