"""Every mode becomes RGB by a rule that is named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganmetrics.data.pixels import rgb_pixels
from ganmetrics.errors import InputError


def test_rgb_is_left_alone(noise):
    """RGB pixels come out as they went in, writable, with nothing done to them."""
    pixels, done = rgb_pixels(Image.fromarray(noise()), alpha="refuse")
    assert (pixels == noise()).all()
    assert done == ()
    assert pixels.flags.writeable


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grayscale_is_repeated(mode):
    """A gray image has three equal channels."""
    gray = Image.fromarray(np.array([[0, 255, 255]], np.uint8)).convert(mode)
    pixels, done = rgb_pixels(gray, alpha="white")
    assert pixels.tolist() == [[[0] * 3, [255] * 3, [255] * 3]]
    assert done == ("grayscale",)


@given(st.integers(0, 255), st.integers(0, 255), st.sampled_from(["white", "black"]))
def test_alpha_is_composited_to_the_nearest_level(colour, opacity, background):
    """Compositing is the rounded convex combination of colour and background."""
    image = Image.new("RGBA", (1, 1), (colour, 7, 7, opacity))
    pixels, done = rgb_pixels(image, alpha=background)
    level = 255 if background == "white" else 0
    exact = (opacity * colour + (255 - opacity) * level) / 255
    assert abs(int(pixels[0, 0, 0]) - exact) <= 0.5
    assert done == (() if opacity == 255 else (f"alpha composited on {background}",))


@pytest.mark.parametrize("mode", ["LA", "La", "RGBA", "RGBa", "PA"])
def test_transparent_pixels_are_white_by_default(mode):
    """In every mode with alpha, a fully transparent pixel shows the background."""
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    image.putpixel((0, 0), (9, 9, 9, 0))
    if mode == "PA":  # Pillow before 12 loses the alpha on the direct way
        alpha, image = image.getchannel("A"), image.convert("RGB").quantize(2).convert("PA")
        image.putalpha(alpha)
    elif mode.startswith("L"):
        image = image.convert("LA").convert(mode)
    else:
        image = image.convert(mode)
    pixels, done = rgb_pixels(image, alpha="white")
    assert pixels.tolist() == [[[255] * 3, [0] * 3]]
    assert done[-1] == "alpha composited on white"


def test_alpha_can_be_dropped_or_refused():
    """Dropping shows the hidden colour, as the peers do; refusing is an error."""
    image = Image.new("RGBA", (1, 1), (10, 20, 30, 0))
    pixels, done = rgb_pixels(image, alpha="drop")
    assert pixels.tolist() == [[[10, 20, 30]]]
    assert done == ("alpha dropped",)
    with pytest.raises(InputError, match="^transparent pixels, and alpha is to be refused$"):
        rgb_pixels(image, alpha="refuse")


@pytest.mark.parametrize("key", [1, 255])
def test_white_is_the_key_in_either_way_that_pillow_spells_it(key):
    """The transparent colour of a 1-bit image is 1 before Pillow 13 and 255 from then on."""
    image = Image.new("1", (2, 1))
    image.putpixel((0, 0), 255)
    image.info["transparency"] = key
    pixels, done = rgb_pixels(image, alpha="black")
    assert pixels.tolist() == [[[0, 0, 0], [0, 0, 0]]]
    assert done == ("grayscale", "alpha composited on black")


def test_opaque_alpha_is_not_odd():
    """An alpha channel that is opaque everywhere is no treatment, and nothing to refuse."""
    pixels, done = rgb_pixels(Image.new("RGBA", (1, 1), (10, 20, 30, 255)), alpha="refuse")
    assert (pixels.tolist(), done) == ([[[10, 20, 30]]], ())


@given(st.integers(0, 65535))
def test_sixteen_bits_are_scaled_to_the_nearest_level(value):
    """A 16-bit gray level x becomes round(255 x / 65535), where Pillow's conversion clips at 255."""
    image = Image.fromarray(np.full((1, 1), value, np.uint16))
    pixels, done = rgb_pixels(image, alpha="white")
    assert abs(int(pixels[0, 0, 0]) - 255 * value / 65535) <= 0.5
    assert done[:2] == ("grayscale", "16-bit scaled to 8")
    assert done[2:] == (("16-bit without a value above 4,095",) if value <= 4095 else ())
    if 2000 < value < 60_000:
        assert image.convert("RGB").getpixel((0, 0)) != tuple(pixels[0, 0])


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (Image.new("F", (1, 1)), "floating-point pixels have no defined range"),
        (Image.new("I", (1, 1)), "32-bit integer pixels have no defined range"),
        (Image.new("LAB", (1, 1)), "mode LAB cannot be converted to RGB"),
    ],
)
def test_modes_without_a_defined_range_are_refused(image, reason):
    """What has no agreed mapping to 8 bits is an error, not a guess."""
    with pytest.raises(InputError, match=reason):
        rgb_pixels(image, alpha="white")


@pytest.mark.parametrize("bit_depth", [9, 12, 16])
def test_every_level_of_sixteen_bits(bit_depth):
    """round(x 255 / (2^b - 1)) of each value that there is, in whole numbers."""
    largest = 2**bit_depth - 1
    values = np.arange(largest + 1, dtype=np.uint16).reshape(-1, 2 ** (bit_depth // 2))
    pixels, _ = rgb_pixels(Image.fromarray(values), alpha="white", bit_depth=bit_depth)
    exact = (2 * 255 * values.astype(object) + largest) // (2 * largest)
    assert (pixels[:, :, 0] == exact).all()
    assert (pixels[:, :, 1] == pixels[:, :, 0]).all()


def test_a_value_below_0_is_refused():
    """Mode I holds signed numbers; wrapped round, one would be a large gray."""
    image = Image.fromarray(np.array([[-1, 7]], np.int32))
    with pytest.raises(InputError, match="a value of -1 does not fit into 16 bits"):
        rgb_pixels(image, alpha="white", sixteen_bits=True)
