"""Two sides that should not be compared as they are say so."""

import numpy as np
import pytest
from PIL import Image

from ganmetrics.data.audit import Audit
from ganmetrics.data.decode import decode
from ganmetrics.data.looking import audit
from ganmetrics.data.mismatches import aspect_mismatch, lossy_mismatch, unused_depth
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


def sized(**counts):
    """Return the audit of images of some sizes, named like `w640h480`."""
    return Audit(sizes={tuple(map(int, name[1:].split("h"))): count for name, count in counts.items()})


def test_jpeg_against_lossless_is_warned_of():
    """The warning comes with shares in which the sides differ by more than a tenth, in either direction."""
    jpeg, png = Audit({"JPEG": 95, "PNG": 5}), Audit({"PNG": 10})
    assert lossy_mismatch(jpeg, png).startswith("real images are 95 % JPEG and fake images 0 %: ")
    assert lossy_mismatch(png, jpeg).startswith("real images are 0 % JPEG and fake images 95 %: ")
    assert lossy_mismatch(jpeg, jpeg) is None
    assert lossy_mismatch(png, Audit({"PNG": 95, "JPEG": 5})) is None
    assert lossy_mismatch(jpeg, Audit({"uint8": 10})) is None


def test_squashed_sides_are_warned_of():
    """Wide against square; a mixture of wide and high against square; wide against high."""
    wide, square, mixed = sized(w128h64=40), sized(w64h64=40), sized(w640h480=20, w480h640=20)
    assert aspect_mismatch(wide, square).startswith(
        "real images are 2.00 times as wide as high on average and fake images 1.00 times: "
    )
    assert aspect_mismatch(square, wide).startswith("real images are 1.00 times as wide")
    assert aspect_mismatch(mixed, square).startswith(
        "the longer side is 1.33 times the shorter on average in real images and 1.00 times in fake images: "
    )
    assert aspect_mismatch(sized(w64h48=3), sized(w48h64=3)).startswith("real images are 1.33 times as wide")
    assert all("--crop center" in aspect_mismatch(one, square) for one in (wide, mixed))


def test_one_shape_in_other_sizes_is_not():
    """What counts is the shape, not the size; a tenth passes."""
    assert aspect_mismatch(sized(w640h480=9), sized(w64h48=5)) is None
    assert aspect_mismatch(sized(w640h480=9, w480h640=9), sized(w64h48=50, w48h64=50)) is None
    assert aspect_mismatch(sized(w109h100=9), sized(w100h100=9)) is None
    assert aspect_mismatch(sized(w111h100=9), sized(w100h100=9)) is not None
    assert aspect_mismatch(Audit(), sized(w2h1=1)) is None


@pytest.fixture
def deep(encoded):
    """Return a writer of 16-bit gray files of four values, as PNG or TIFF."""

    def write(values, kind="PNG"):
        return encoded(Image.fromarray(np.array([values], np.uint16)), kind)

    return write


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_twelve_bits_in_sixteen_are_noticed_and_can_be_scaled(folder, deep, kind):
    """By default nearly black, with a warning; with bit_depth=12 the full range, without one."""
    for index in range(3):
        (folder / f"{index}.png").unlink()
        (folder / f"{index}.{kind.lower()}").write_bytes(deep([0, 2048, 4000, 4095], kind))
    source = open_source(folder)
    assert decode(source.read(0)).image[0, :, 0].tolist() == [0, 8, 16, 16]
    assert decode(source.read(0), bit_depth=12).image[0, :, 0].tolist() == [0, 128, 249, 255]
    found = audit(source)
    assert unused_depth(found, "real").startswith("none of the 3 16-bit real images has a value above 4,095: ")
    assert "16-bit without a value above 4,095 in 3" in found.line()
    scaled = audit(source, bit_depth=12)
    assert unused_depth(scaled, "real") is None
    assert scaled.oddities == {"grayscale": 3, "12-bit scaled to 8": 3}


def test_one_image_that_uses_the_depth_is_enough(folder, deep):
    """Dark images among others are only dark; without 16-bit images there is nothing to warn of."""
    assert unused_depth(audit(open_source(folder)), "real") is None
    (folder / "a.png").write_bytes(deep([0, 1, 2, 3]))
    assert unused_depth(audit(open_source(folder)), "fake") is not None
    (folder / "b.png").write_bytes(deep([0, 1, 2, 5000]))
    assert unused_depth(audit(open_source(folder)), "fake") is None


def test_values_that_do_not_fit_are_refused(deep):
    """Scaled from 12 bits, 5,000 would wrap or be cut."""
    with pytest.raises(InputError, match="^a value of 5,000 does not fit into 12 bits$"):
        decode(deep([0, 1, 2, 5000]), bit_depth=12)


def test_deep_colour_is_noticed_but_cannot_be_scaled(raw_png):
    """Pillow keeps the high byte, in which 12 bits leave four."""
    dark = raw_png((1, 1), 16, 2, b"\0" + (4095).to_bytes(2, "big") * 3)
    bright = raw_png((1, 1), 16, 2, b"\0" + (4096).to_bytes(2, "big") * 3)
    assert "16-bit without a value above 4,095" in decode(dark).oddities
    assert "16-bit without a value above 4,095" not in decode(bright).oddities
    with pytest.raises(InputError, match="Pillow keeps 8 bits of 16-bit colour: it cannot be scaled from 12 bits"):
        decode(dark, bit_depth=12)


def test_eight_bits_are_left_alone(noise, encoded):
    """The depth is that of 16-bit files; a set may have others as well."""
    assert (decode(encoded(noise()), bit_depth=12).image == noise()).all()


@pytest.mark.parametrize("bit_depth", [8, 17, 0])
def test_depths_that_cannot_be(folder, bit_depth):
    """Asked before any file is read."""
    with pytest.raises(InputError, match=f"bit_depth must be from 9 to 16, .*; got {bit_depth}"):
        audit(open_source(folder), bit_depth=bit_depth)
