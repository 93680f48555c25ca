"""SSIM, multi-scale SSIM and PSNR against torchmetrics."""

import pytest
import torch

from ganmetrics.metrics.pairs.error import pixel_errors
from ganmetrics.metrics.pairs.ssim import multiscale_ssim, ssim
from tests.metrics.pairs.test_ssim import disturbed, images

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("size", [(32, 32), (64, 48), (192, 180)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_torchmetrics_agrees(size):
    """In double precision, image by image, to 1e-9; its decibels have a factor in single precision."""
    functional = pytest.importorskip("torchmetrics.functional.image")
    one = images(4, size)
    other = disturbed(one)
    unit = other.double() / 255, one.double() / 255
    theirs = functional.structural_similarity_index_measure(*unit, data_range=1.0, reduction="none")
    torch.testing.assert_close(ssim(one, other, data_range=255, convention="torchmetrics"), theirs, rtol=1e-9, atol=0)
    ratios = functional.peak_signal_noise_ratio(*unit, data_range=1.0, dim=(1, 2, 3), reduction="none")
    torch.testing.assert_close(pixel_errors(one, other, data_range=255).psnr, ratios, rtol=1e-6, atol=0)
    if min(size) > 160:
        many = functional.multiscale_structural_similarity_index_measure(*unit, data_range=1.0, reduction="none")
        torch.testing.assert_close(multiscale_ssim(one, other, data_range=255), many, rtol=1e-9, atol=0)
