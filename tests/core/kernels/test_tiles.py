"""The centre that products are formed about: amid the images, whatever a few far ones do to the means."""

import numpy as np
import pytest
import torch

from ganmetrics.core.kernels import tiles
from ganmetrics.core.kernels.discrepancy import squared_mmd, squared_mmd_biased
from ganmetrics.core.kernels.functions import GaussianKernel, PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from tests.oracles import gaussian_kernel, polynomial_kernel, squared_mmd_unbiased
from tests.oracles import squared_mmd_biased as biased_oracle


def sides(dtype=np.float32, far=None):
    """Return two overlapping clouds; with one image far from all others on each side, not at the same place."""
    rng = np.random.default_rng(0)
    real, fake = 4 * rng.standard_normal((120, 16)), 4 * rng.standard_normal((100, 16)) + 1
    if far is not None:
        real[7], fake[3] = far, far / 2
    return real.astype(dtype), fake.astype(dtype)


def discrepancy(real, fake):
    """Return the biased squared discrepancy with a Gaussian kernel."""
    return squared_mmd_biased(kernel_sums(FeaturePair(real, fake, GaussianKernel(bandwidth=10.0))))


@pytest.mark.parametrize(("dtype", "far"), [(np.float32, far) for far in (1e3, 1e5, 1e7, 1e9)] + [(np.float64, 1e13)])
def test_one_far_image_leaves_the_others_their_digits(monkeypatch, dtype, far):
    """Single precision to six digits; about the mean of the means the same sum would be wrong by per cents."""
    real, fake = sides(dtype, far)
    expected = biased_oracle(real, fake, lambda x, y: gaussian_kernel(x, y, 10))
    assert discrepancy(real, fake) == pytest.approx(expected, rel=1e-6)
    if far >= 1e7:
        monkeypatch.setattr(tiles, "_NEGLIGIBLE", np.inf)
        assert abs(discrepancy(real, fake) / expected - 1) > 0.04


def test_subsets_without_the_far_image_are_right():
    """A kernel distance of the others, whose sum the far image is not in."""
    real, fake = sides(far=1e9)
    others = torch.arange(10, 90)
    found = squared_mmd(kernel_sums(FeaturePair(real, fake, PolynomialKernel()), others, others))
    assert found == pytest.approx(squared_mmd_unbiased(real[10:90], fake[10:90], polynomial_kernel), rel=1e-6)


@pytest.mark.parametrize("shift", [0.0, 50.0, 3000.0])
def test_sides_apart_keep_the_mean_of_their_means(shift):
    """No image is far from its own side: nothing is exchanged, and no number moves."""
    real, fake = sides()
    for pair in ((real, fake + np.float32(shift)), (real + np.float32(shift), real + np.float32(shift))):
        means = [torch.from_numpy(side).double().mean(dim=0) for side in pair]
        centre = FeaturePair(*pair, GaussianKernel(bandwidth=1.0)).centre
        assert torch.allclose(centre.double(), (means[0] + means[1]) / 2, rtol=1e-6, atol=1e-6)
