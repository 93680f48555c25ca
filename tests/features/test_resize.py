"""Tests of `ganmetrics.features.resize`."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch.nn import functional

from ganmetrics.errors import InputError
from ganmetrics.features.resize import RESIZERS, SCALINGS, Preprocessing, resize
from tests.resize_oracles import antialiased, keys_cubic, resampled_on_a_grid, tf1_bilinear_by_matrix, triangle

SIDE = st.integers(1, 24)
SIZES = [
    ((32, 32), (299, 299)),
    ((64, 48), (299, 299)),
    ((299, 299), (299, 299)),
    ((512, 384), (299, 299)),
    ((7, 5), (3, 11)),
    ((1, 1), (4, 2)),
]


def random_image(height, width, seed=0):
    """Noise: every error of a resizer shows."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def tf1_bilinear_by_pixel(image, size):
    """TensorFlow 1's kernel, pixel by pixel in float32: interpolate along x above and below, then along y."""
    single = np.float32
    source = image.astype(single)
    scale = [single(came) / single(needed) for came, needed in zip(image.shape, size, strict=False)]
    result = np.empty((3, *size), single)
    for y in range(size[0]):
        for x in range(size[1]):
            at = [single(y) * scale[0], single(x) * scale[1]]
            low = [int(np.floor(position)) for position in at]
            high = [min(index + 1, length - 1) for index, length in zip(low, image.shape, strict=False)]
            part = [position - single(index) for position, index in zip(at, low, strict=True)]
            top, bottom = (
                source[row, low[1]] + (source[row, high[1]] - source[row, low[1]]) * part[1]
                for row in (low[0], high[0])
            )
            result[:, y, x] = top + (bottom - top) * part[0]
    return result


@given(source=st.tuples(SIDE, SIDE), target=st.tuples(SIDE, SIDE), seed=st.integers(0, 99))
def test_tf1_bilinear_is_exact(source, target, seed):
    """Every bit is that of TensorFlow's formula in its order, up and down, square or not."""
    image = random_image(*source, seed=seed)
    assert np.array_equal(resize(image, target, resizer="tf1-bilinear"), tf1_bilinear_by_pixel(image, target))


@pytest.mark.parametrize(("source", "target"), SIZES)
def test_half_pixel_bilinear_is_that_of_torch(source, target):
    """The values are those of torch in float32, to rounding."""
    image = random_image(*source)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    truth = functional.interpolate(planes, target, mode="bilinear", align_corners=False)[0].numpy()
    np.testing.assert_allclose(resize(image, target, resizer="half-pixel-bilinear"), truth, rtol=0, atol=1e-4)


def test_half_pixel_convention_differs_from_tf1():
    """A library that has one convention cannot pass for the other: half a pixel shows, except at the same size."""
    image = random_image(32, 32)
    difference = resize(image, (299, 299), resizer="tf1-bilinear") - resize(
        image, (299, 299), resizer="half-pixel-bilinear"
    )
    assert np.abs(difference).mean() > 5
    same = random_image(299, 299)
    assert np.array_equal(
        resize(same, (299, 299), resizer="tf1-bilinear"), resize(same, (299, 299), resizer="half-pixel-bilinear")
    )


@pytest.mark.parametrize(("source", "target"), SIZES)
@pytest.mark.parametrize(("name", "kernel"), [("bicubic", keys_cubic), ("bilinear", triangle)])
def test_float_resizers_follow_their_formula(name, kernel, source, target):
    """The values are those of the stretched kernel in float64, clipped and not rounded to integers."""
    image = random_image(*source)
    result = resize(image, target, resizer=f"pillow-{name}-float")
    np.testing.assert_allclose(result, antialiased(image, target, kernel), rtol=0, atol=1e-3)
    if source != target and min(source) > 1:
        assert np.abs(result - result.round()).mean() > 0.1


@pytest.mark.parametrize(("source", "target"), SIZES)
def test_float_bilinear_is_torchs_with_antialias(source, target):
    """The values are those of the call that torchmetrics makes; torch computes its weights in float32."""
    image = random_image(*source)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    truth = functional.interpolate(planes, target, mode="bilinear", align_corners=False, antialias=True)[0].numpy()
    np.testing.assert_allclose(resize(image, target, resizer="pillow-bilinear-float"), truth, rtol=0, atol=0.01)


@pytest.mark.parametrize(("source", "target"), SIZES)
def test_unclipped_bicubic_is_torchs_with_antialias(source, target):
    """The values are those of the call that EDM2 makes, beyond black and white too."""
    image = random_image(*source)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    truth = functional.interpolate(planes, target, mode="bicubic", antialias=True)[0].numpy()
    found = resize(image, target, resizer="pillow-bicubic-unclipped")
    np.testing.assert_allclose(found, truth, rtol=0, atol=0.01)
    if source != target == (299, 299):
        assert found.min() < -1
        assert found.max() > 256


def test_antialiasing_shows_where_an_image_shrinks_only():
    """Enlarging, both bilinear resizers agree; shrinking, they are far apart, so neither passes for the other."""

    def difference(source):
        image = random_image(*source)
        plain, smooth = (
            resize(image, (299, 299), resizer=name) for name in ("half-pixel-bilinear", "pillow-bilinear-float")
        )
        return np.abs(plain - smooth).mean()

    assert difference((64, 48)) < 1e-3
    assert difference((512, 384)) > 5


@pytest.mark.parametrize("oracle", [resampled_on_a_grid, tf1_bilinear_by_matrix])
@pytest.mark.parametrize(("source", "target"), SIZES)
def test_tf1_bilinear_is_adms_and_stylegans(oracle, source, target):
    """The definition, and StyleGAN's way to write it, give TensorFlow's values but for its float32 coordinates."""
    image = random_image(*source)
    result = resize(image, target, resizer="tf1-bilinear")
    np.testing.assert_allclose(result, oracle(image, target), rtol=0, atol=0.02)


@pytest.mark.parametrize("name", ["bicubic", "bilinear", "lanczos", "nearest"])
def test_pillow_resizers_are_those_of_pillow(name):
    """The values are those of Pillow on uint8, height and width not exchanged."""
    image = random_image(40, 30)
    truth = Image.fromarray(image).resize((17, 23), Image.Resampling[name.upper()])
    assert np.array_equal(resize(image, (23, 17), resizer=f"pillow-{name}-uint8"), np.asarray(truth).transpose(2, 0, 1))


@pytest.mark.parametrize(("height", "width", "box"), [(9, 6, (0, 1, 6, 7)), (6, 9, (1, 0, 7, 6)), (8, 8, (0, 0, 8, 8))])
def test_the_centre_square_is_cut_out_first(height, width, box):
    """Of an odd remainder the smaller part is cut at the top and at the left."""
    image = random_image(height, width)
    truth = Image.fromarray(image).crop(box).resize((12, 12), Image.Resampling.BICUBIC)
    found = resize(image, (12, 12), resizer="centre-square-pillow-bicubic-uint8")
    assert np.array_equal(found, np.asarray(truth).transpose(2, 0, 1))


@pytest.mark.parametrize("resizer", sorted(RESIZERS))
@given(source=st.tuples(SIDE, SIDE), target=st.tuples(SIDE, SIDE), value=st.integers(0, 255))
def test_a_constant_image_stays_constant(resizer, source, target, value):
    """Resizing invents no values."""
    result = resize(np.full((*source, 3), value, np.uint8), target, resizer=resizer)
    assert result.dtype == np.float32
    assert np.array_equal(result, np.full((3, *target), value, np.float32))


@pytest.mark.parametrize("resizer", sorted(set(RESIZERS) - {"centre-square-pillow-bicubic-uint8"}))
def test_the_same_size_changes_nothing(resizer):
    """An image of the size asked for keeps every value."""
    image = random_image(9, 6)
    assert np.array_equal(resize(image, (9, 6), resizer=resizer), image.transpose(2, 0, 1))


@pytest.mark.parametrize("resizer", sorted(RESIZERS))
def test_the_image_is_not_changed_and_its_layout_does_not_matter(resizer):
    """A view that is not contiguous gives what its copy gives, and both stay as they were."""
    image = random_image(20, 31)
    view = image[::2, ::-1]
    before = view.copy()
    assert np.array_equal(resize(view, (8, 8), resizer=resizer), resize(before, (8, 8), resizer=resizer))
    assert np.array_equal(view, before)


@pytest.mark.parametrize(
    ("scaling", "ends"),
    [
        ("(x-128)/128", (-1, 127 / 128)),
        ("(x-127)/128", (-127 / 128, 1)),
        ("2x/255-1", (-1, 1)),
        ("x/255", (0, 1)),
        ("x", (0, 255)),
    ],
)
def test_scalings_map_black_and_white(scaling, ends):
    """Black and white become the ends of the range that the name states."""
    prepare = Preprocessing("tf1-bilinear", (2, 2), scaling)
    values = [prepare(np.full((4, 4, 3), value, np.uint8)).mean() for value in (0, 255)]
    assert values == pytest.approx(ends, abs=1e-7)


def test_imagenets_scaling_is_by_channel():
    """Each channel, on a scale of 0 to 1, less its mean and over its deviation."""
    prepare = Preprocessing("tf1-bilinear", (2, 2), "(x/255-imagenet-mean)/imagenet-std")
    found = prepare(np.full((4, 4, 3), (255, 0, 51), np.uint8)).mean(axis=(1, 2))
    assert found == pytest.approx([(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225], abs=1e-6)
    clips = Preprocessing("tf1-bilinear", (2, 2), "(x/255-clip-mean)/clip-std")
    white, black = (clips(np.full((4, 4, 3), value, np.uint8)).mean(axis=(1, 2)) for value in (255, 0))
    assert white == pytest.approx([1.930336, 2.074882, 2.145899], abs=1e-5)
    assert black == pytest.approx([-1.792262, -1.752097, -1.480216], abs=1e-5)


@pytest.mark.parametrize("scaling", sorted(SCALINGS))
def test_preprocessing_gives_float32_planes(scaling):
    """The result is contiguous float32, three planes of the size asked for."""
    result = Preprocessing("half-pixel-bilinear", (5, 7), scaling)(random_image(10, 4))
    assert (result.shape, result.dtype, result.flags.c_contiguous) == ((3, 5, 7), np.float32, True)


def test_preprocessing_survives_pickling():
    """Decoding workers receive an equal preparation, with the same text."""
    prepare = Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")
    copy = pickle.loads(pickle.dumps(prepare))
    assert copy == prepare
    assert str(copy) == "tf1-bilinear 299x299 (x-128)/128"


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_other_than_rgb_is_refused(image):
    """Gray, alpha, floats and emptiness are refused, and the message tells what came."""
    with pytest.raises(InputError, match=rf"must be uint8 \[h, w, 3\] and not empty; got {image.dtype}"):
        Preprocessing("tf1-bilinear", (8, 8), "(x-128)/128")(image)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("bilinear", (8, 8), "(x-128)/128"), "resize must be one of tf1-bilinear, .*; got 'bilinear'"),
        (("tf1-bilinear", (8, 8), "x/256"), "scaling must be one of .*; got 'x/256'"),
        (("tf1-bilinear", (8, 0), "(x-128)/128"), "size must be at least 1x1; got 8x0"),
    ],
)
def test_unknown_choices_are_refused(fields, message):
    """A wrong name is answered with the right ones."""
    with pytest.raises(InputError, match=message):
        Preprocessing(*fields)
