"""Disturbances of single images: closed forms, levels on one path, and nothing hidden in the generator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.commands.sanity.disturbances import (
    DISTURBANCES,
    black_rectangles,
    gaussian_blur,
    gaussian_noise,
    jpeg,
    jpeg_bytes,
    salt_and_pepper,
    swirl,
)
from ganmetrics.errors import InputError

NAMES = list(DISTURBANCES)


def picture(*, height=24, width=32, seed=0):
    """Return a smooth picture with some texture, uint8 [h, w, 3]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 5 + phase) * np.cos(y / 7 - phase) for phase in (0, 1, 2)], axis=2)
    return np.rint(127 + 100 * waves + rng.normal(0, 8, waves.shape)).clip(0, 255).astype(np.uint8)


def rng(seed=0):
    """Return a generator."""
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", NAMES)
def test_level_0_is_the_identity(name):
    """An undisturbed image keeps every byte, and the image that was handed over is never written to."""
    image = picture()
    original = image.copy()
    for level in DISTURBANCES[name].levels:
        disturbed = DISTURBANCES[name].apply(image, level, rng())
        assert (disturbed == original).all() == (level == 0)
        assert (image == original).all()
        assert disturbed.shape == image.shape
        assert disturbed.dtype == np.uint8


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_alone_decides(name):
    """The same seed gives the same image; another seed another one, where anything is drawn."""
    disturbance = DISTURBANCES[name]
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - the global generator must not be touched
    first, again, other = (
        disturbance.apply(picture(), disturbance.levels[2], rng(seed)) for seed in (3, 3, 4 if name != "swirl" else 6)
    )
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert (first == again).all()
    assert (first == other).all() == (name in ("blur", "jpeg"))


@pytest.mark.parametrize("name", NAMES)
def test_levels_rise(name):
    """Each level is further from the image than the one before, but for what swirls around to where it was."""
    disturbance = DISTURBANCES[name]
    image = picture(height=64, width=64).astype(float)
    changes = [
        np.abs(disturbance.apply(image.astype(np.uint8), level, rng()) - image).mean() for level in disturbance.levels
    ]
    assert changes == sorted(changes)
    assert len(set(changes)) == 4


@given(st.floats(0, 1), st.integers(0, 2**31))
def test_noise_is_the_mixture_of_the_definition(level, seed):
    """(1 - a) X + a N, with N the generator's normal matrix, rescaled to span 0 to 255."""
    image = picture()
    normal = rng(seed).standard_normal(image.shape)
    spanned = 255 * (normal - normal.min()) / (normal.max() - normal.min())
    expected = (1 - level) * image + level * spanned
    assert np.abs(gaussian_noise(image, level, rng(seed)) - expected).max() <= 0.5 + 1e-9


def test_blur_of_a_point_is_the_kernel():
    """One white pixel becomes the product of two normal densities; its light is kept but for rounding."""
    point = np.zeros((33, 33, 3), np.uint8)
    point[16, 16] = 255
    blurred = gaussian_blur(point, 1.0, rng())
    y, x = np.mgrid[-16:17, -16:17]
    density = 255 * np.exp(-(x**2 + y**2) / 2) / (2 * np.pi)
    assert np.abs(blurred[..., 0] - density).max() <= 0.51
    assert blurred[..., 0].sum() == pytest.approx(255, abs=12)


def test_blur_keeps_constants_and_goes_on_past_the_border():
    """A constant image stays, up to its edge; a step becomes the normal distribution function."""
    assert (gaussian_blur(np.full((9, 7, 3), 200, np.uint8), 4.0, rng()) == 200).all()
    step = np.zeros((40, 40, 3), np.uint8)
    step[:, 20:] = 255
    column = gaussian_blur(step, 2.0, rng())[5, :, 0]
    assert (column[19], column[20]) == (102, 153)  # 255 Phi(-1/4), Phi(1/4), sampled at pixels
    assert (np.diff(column.astype(int)) >= 0).all()


@given(st.sampled_from([0.1, 0.2, 0.3, 0.9]), st.integers(0, 2**31))
def test_salt_and_pepper_share(level, seed):
    """About `level` of the pixels are hit, whole ones, half of them white; the others are left alone."""
    image = np.full((128, 128, 3), 77, np.uint8)
    disturbed = salt_and_pepper(image, level, rng(seed))
    white, black, left = ((disturbed == value).all(axis=2) for value in (255, 0, 77))
    assert (white | black | left).all()
    deviation = 6 * np.sqrt(level * (1 - level) / 128**2)  # hypothesis looks for the unlikely
    assert abs((white | black).mean() - level) < deviation
    assert abs(white.mean() - black.mean()) < 2 * deviation


def test_salt_and_pepper_levels_are_nested():
    """The pixels that are hit at one level are hit at the next, in the same colour."""
    image = np.full((64, 64, 3), 77, np.uint8)
    weak, strong = (salt_and_pepper(image, level, rng()) for level in (0.1, 0.3))
    hit = weak != 77
    assert (weak[hit] == strong[hit]).all()


@given(st.sampled_from([0.25, 0.5, 0.75, 1.0]), st.integers(0, 2**31))
def test_one_rectangle_covers_its_area(level, seed):
    """A rectangle is int(level h) by int(level w), wholly inside, and black; all else is left alone."""
    image = np.full((30, 41, 3), 255, np.uint8)
    black = (black_rectangles(image, level, rng(seed), number=1) == 0).all(axis=2)
    rows, columns = np.flatnonzero(black.any(axis=1)), np.flatnonzero(black.any(axis=0))
    assert (len(rows), len(columns)) == (int(level * 30), int(level * 41))
    assert black.sum() == len(rows) * len(columns)
    assert black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()


@pytest.mark.slow
def test_five_rectangles_cover_what_chance_says():
    """A point at the centre is missed by one of side a with the chance of its position, by five with its fifth power.

    The centre of a line of 32 lies in a segment of 8 at a random one of 25 places with probability 8 / 25.
    """
    image = np.full((32, 32, 3), 255, np.uint8)
    covered = [(black_rectangles(image, 0.25, rng(seed)) == 0).all(axis=2) for seed in range(2000)]
    assert all(64 <= black.sum() <= 5 * 64 for black in covered)
    expected = 1 - (1 - (8 / 25) ** 2) ** 5
    assert np.mean([black[16, 16] for black in covered]) == pytest.approx(expected, abs=0.04)


@given(st.sampled_from([1.0, 2.0, 4.0]), st.integers(0, 2**31))
def test_swirl_leaves_the_centre_and_the_outside(level, seed):
    """The centre does not move, nor does anything from the radius outward; between them something does."""
    image = picture(height=33, width=101, seed=5)
    swirled = swirl(image, level, rng(seed))
    y, x = np.mgrid[-16:17, -50:51]
    outside = np.hypot(x, y) >= 33 * 25 / 32
    assert (swirled[outside] == image[outside]).all()
    assert (swirled[16, 50] == image[16, 50]).all()
    assert (swirled[10:23, 44:57] != image[10:23, 44:57]).any()


@pytest.mark.parametrize("level", [1.0, 2.0, 4.0])
def test_swirl_turns_by_its_angle(level):
    """On a ramp, which bilinear interpolation keeps exactly, each value tells the place that it came from.

    The angle falls as exp(-5 r / (ln 2 R)) with the distance r, and both directions occur.
    """
    side, radius = 81, 81 * 25 / 32
    y, x = np.mgrid[-40:41, -40:41]
    ramp = np.repeat(3 * (x + 40)[..., None], 3, axis=2).astype(np.uint8)
    distance = np.hypot(x, y)
    angle = level * np.exp(-5 * distance / (np.log(2) * radius))
    inside = distance < 30  # nothing there comes from beyond the border
    directions = set()
    for seed in range(8):
        swirled = swirl(ramp, level, rng(seed))[..., 0]
        for sign in (1, -1):
            expected = 3 * (x * np.cos(angle) - y * np.sin(sign * angle) + 40)
            if np.abs(swirled - expected)[inside].max() <= 0.5 + 1e-9:
                directions.add(sign)
    assert directions == {1, -1}
    assert swirled.shape == (side, side)


def test_jpeg_bytes_fall_with_the_level():
    """Each level takes fewer bytes and is further from the image."""
    image = picture(height=64, width=64)
    sizes = [len(jpeg_bytes(image, quality)) for quality in (75, 50, 25)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
    assert jpeg(image, 50.0, rng()).tobytes() != jpeg(image, 49.0, rng()).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_level_out_of_range_is_refused(name):
    """A negative level, not a number, or more than the whole: an error that gives the range and what came."""
    apply = DISTURBANCES[name].apply
    for level in (-0.1, float("nan"), *(() if name in ("blur", "swirl") else (100.0,))):
        with pytest.raises(InputError, match=r"needs a level (of 0 or more|from 0 to \d+); got "):
            apply(picture(), level, rng())
