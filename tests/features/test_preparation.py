"""How one image becomes the input of a network: checked options, and a text that is the identity."""

import pickle

import numpy as np
import pytest

from ganmetrics.errors import InputError
from ganmetrics.features.preparation import ImagePreparation

IMAGE = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
PLAIN = {"size": None, "resize": "pillow-bicubic-uint8", "scaling": "x/255", "mean": None, "std": None}


def preparation(**options):
    return ImagePreparation.of(**{**PLAIN, **options})


def test_pixels_are_scaled_and_standardised():
    """(x / 255 - mean) / std, channels first."""
    prepare = preparation(mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 2))
    expected = (IMAGE / 255 - [0.1, 0.2, 0.3]) / [0.5, 0.25, 2]
    assert np.allclose(prepare(IMAGE), expected.transpose(2, 0, 1), atol=1e-6)
    assert prepare(IMAGE).dtype == np.float32


def test_it_pickles_and_its_text_tells_it_apart():
    """Workers get a copy, and no two preparations share a key."""
    one = preparation(size=4)
    assert pickle.loads(pickle.dumps(one)) == one
    others = [preparation(), preparation(size=(4, 5)), one]
    others.append(preparation(size=4, mean=(0, 0, 1)))
    assert len({str(other) for other in others}) == 4
    assert one(IMAGE).shape == (3, 4, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scaling": "half"}, "scaling must be one of"),
        ({"resize": "magic"}, "resize must be one of"),
        ({"size": 0}, "size must be a number of pixels, a height and width, or None; got 0"),
        ({"size": (4, 5, 6)}, "size must be"),
        ({"size": "4"}, "size must be"),
        ({"mean": (1, 2)}, "mean must be three numbers"),
        ({"mean": "red"}, "mean must be three numbers"),
        ({"std": (1, 0, 1)}, "std must be finite, above 0"),
        ({"mean": (1, 2, float("nan"))}, "mean must be finite"),
    ],
)
def test_wrong_options_are_named(options, message):
    """Before any image is read."""
    with pytest.raises(InputError, match=message):
        preparation(**options)
