"""PSNR, SSIM and multi-scale SSIM against torchmetrics and scikit-image."""

import pytest
import torch

from ganmetrics.metrics.pairs.error import pixel_errors
from ganmetrics.metrics.pairs.ssim import multiscale_ssim, ssim
from tests.metrics.pairs.pairs import disturbed, images

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]
SIZES = pytest.mark.parametrize("size", [(32, 32), (64, 48), (192, 180)], ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture
def agree(table):
    """Compare the numbers of all images, and keep the worst one as a row."""

    def compare(name, size, ours, theirs, rel):
        differences = ((ours - theirs) / theirs).abs()
        at = int(differences.argmax())
        numbers = (f"{float(ours[at]):.9f}", f"{float(theirs[at]):.9f}", f"{float(differences[at]):.1e}")
        table.append((name, f"{size[0]}x{size[1]}", "-", *numbers))
        assert float(differences[at]) < rel

    return compare


@SIZES
def test_torchmetrics_agrees(size, agree):
    """In double precision, image by image, to 1e-9; its decibels have a factor in single precision."""
    functional = pytest.importorskip("torchmetrics.functional.image")
    one = images(4, size)
    other = disturbed(one)
    unit = other.double() / 255, one.double() / 255
    theirs = functional.structural_similarity_index_measure(*unit, data_range=1.0, reduction="none")
    ours = ssim(one, other, data_range=255, convention="torchmetrics")
    agree("torchmetrics, SSIM", size, ours, theirs, 1e-9)
    ratios = functional.peak_signal_noise_ratio(*unit, data_range=1.0, dim=(1, 2, 3), reduction="none")
    agree("torchmetrics, PSNR", size, pixel_errors(one, other, data_range=255).psnr, ratios, 1e-6)
    if min(size) > 160:
        many = functional.multiscale_structural_similarity_index_measure(*unit, data_range=1.0, reduction="none")
        agree("torchmetrics, multi-scale SSIM", size, multiscale_ssim(one, other, data_range=255), many, 1e-9)


@SIZES
def test_scikit_image_agrees(size, agree):
    """Image by image, in its defaults and with the options that make it the paper's."""
    peer = pytest.importorskip("skimage.metrics")
    one = images(4, size)
    other = disturbed(one)
    pairs = [(a.numpy(), b.numpy()) for a, b in zip(one, other, strict=True)]
    papers = {"gaussian_weights": True, "use_sample_covariance": False, "sigma": 1.5}
    for convention, options in (("skimage", {}), ("wang", papers)):
        theirs = [peer.structural_similarity(*pair, data_range=255, channel_axis=0, **options) for pair in pairs]
        ours = ssim(one, other, data_range=255, convention=convention)
        agree(f"scikit-image, SSIM as {convention}", size, ours, torch.tensor(theirs, dtype=torch.float64), 1e-9)
    ratios = [peer.peak_signal_noise_ratio(*pair, data_range=255) for pair in pairs]
    ours = pixel_errors(one, other, data_range=255).psnr
    agree("scikit-image, PSNR", size, ours, torch.tensor(ratios, dtype=torch.float64), 1e-12)
