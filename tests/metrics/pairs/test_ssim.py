"""SSIM in three conventions and its multi-scale form: scikit-image, direct loops, closed forms."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.pairs.planes import gaussian_window
from ganmetrics.metrics.pairs.ssim import CONVENTIONS, EXPONENTS, multiscale_ssim, ssim
from tests.metrics.pairs.pairs import disturbed, images

skimage = pytest.importorskip("skimage.metrics")


@pytest.mark.parametrize(
    ("convention", "options"),
    [
        ("skimage", {}),
        ("wang", {"gaussian_weights": True, "use_sample_covariance": False, "sigma": 1.5}),
    ],
)
def test_it_is_scikit_images(convention, options):
    """Image by image, in its defaults and in those of the paper."""
    one = images(3)
    other = disturbed(one)
    found = ssim(one, other, data_range=255, convention=convention)
    for at in range(3):
        truth = skimage.structural_similarity(
            one[at].numpy().astype(float), other[at].numpy().astype(float), data_range=255, channel_axis=0, **options
        )
        assert float(found[at]) == pytest.approx(truth, rel=1e-7)


def test_reflected_windows_are_wangs_on_the_reflected_image():
    """As torchmetrics continues the image by its mirror image; inside, both maps are one."""
    one = images(2)
    other = disturbed(one)
    padded = [torch.nn.functional.pad(side.double(), (5,) * 4, mode="reflect") for side in (one, other)]
    truth = ssim(*padded, data_range=255, convention="wang")
    torch.testing.assert_close(ssim(one, other, data_range=255, convention="torchmetrics"), truth)
    assert (ssim(one, other, data_range=255) - truth).abs().max() > 1e-4


def test_constants_have_their_closed_form():
    """Without contrast only luminance is left: (2 a b + c) / (a^2 + b^2 + c) with c = 2.55^2."""
    one, other = (torch.full((1, 3, 16, 16), value, dtype=torch.uint8) for value in (100, 140))
    expected = (2 * 100 * 140 + 2.55**2) / (100**2 + 140**2 + 2.55**2)
    for convention in CONVENTIONS:
        assert float(ssim(one, other, data_range=255, convention=convention)) == pytest.approx(expected, rel=1e-9)


def test_the_range_matters_and_the_scale_does_not():
    """On [0, 1] with range 1 it is that of uint8; with range 2, as was printed by mistake, it is higher."""
    one = images(2)
    other = disturbed(one)
    as_bytes = ssim(one, other, data_range=255)
    unit = one.double() / 255, other.double() / 255
    torch.testing.assert_close(ssim(*unit, data_range=1), as_bytes)
    assert (ssim(*unit, data_range=2) > as_bytes + 0.002).all()


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_equal_images_are_one_and_noise_is_less(convention):
    """And more noise is less again; the sides may be exchanged."""
    one = images(1)
    some = disturbed(one)
    more = disturbed(some, seed=1)
    values = [float(ssim(one, side, data_range=255, convention=convention)) for side in (one, some, more)]
    assert values[0] == pytest.approx(1)
    assert values[0] > values[1] > values[2]
    assert float(ssim(some, one, data_range=255, convention=convention)) == pytest.approx(values[1], rel=1e-12)


def test_the_window_is_eleven_pixels():
    """A Gaussian of deviation 1.5 up to 3.5 deviations."""
    window = gaussian_window(1.5)
    assert len(window) == 11
    assert float(window[5] / window[4]) == pytest.approx(np.exp(1 / 4.5))


def test_multiscale_is_the_product_over_scales():
    """Of one scale of constants all that is left is luminance, at the coarsest, to its exponent."""
    one, other = (torch.full((1, 3, 176, 176), value, dtype=torch.uint8) for value in (100, 140))
    luminance = (2 * 100 * 140 + 2.55**2) / (100**2 + 140**2 + 2.55**2)
    assert float(multiscale_ssim(one, other, data_range=255)) == pytest.approx(luminance ** EXPONENTS[-1], rel=1e-9)
    fine = images(1, (192, 180))
    values = [float(multiscale_ssim(fine, side, data_range=255)) for side in (fine, disturbed(fine))]
    assert values[0] == pytest.approx(1)
    assert 0.5 < values[1] < 1


def test_small_images_and_unknown_names_are_refused():
    """One line each."""
    with pytest.raises(InputError, match=r"similarity needs sides of at least 11 pixels; got \[10, 30\]"):
        ssim(images(1, (10, 30)), images(1, (10, 30)), data_range=255)
    with pytest.raises(InputError, match=r"needs sides of more than 160 pixels; got \[160, 200\]"):
        multiscale_ssim(images(1, (160, 200)), images(1, (160, 200)), data_range=255)
    with pytest.raises(InputError, match="convention must be one of wang, skimage, torchmetrics; got 'ssim'"):
        ssim(images(1), images(1), data_range=255, convention="ssim")
