"""Parity of the kernel distance with the installed peers, on the same features: no weights are needed."""

import numpy as np
import pytest
import torch

from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.vendi import vendi_score
from tests.parity.peers import GivenFeatures

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix


def feature_sets(dtype):
    """Skewed features that are not negative, as pool3's: [1500, 128] and [1200, 128]."""
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(1500, 128, generator=rng).exp(), 1.1 * torch.randn(1200, 128, generator=rng).exp()
    return real.to(dtype), fake.to(dtype)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-11), (torch.float32, 1e-4)])
def test_torch_fidelity_agrees(dtype, tolerance):
    """To rounding: theirs, of the kernel's sums in the features' precision."""
    module = pytest.importorskip("torch_fidelity.metric_kid")
    real, fake = feature_sets(dtype)
    theirs = module.kid_features_to_metric(real, fake, kid_subsets=20, verbose=False)
    ours = kernel_distance(real, fake, subsets=20, convention="torch-fidelity")
    assert ours.value == pytest.approx(theirs["kernel_inception_distance_mean"], rel=tolerance)
    assert ours.std == pytest.approx(theirs["kernel_inception_distance_std"], rel=10 * tolerance)


def test_torchmetrics_agrees():
    """After torch.manual_seed with our seed; its result is float32."""
    module = pytest.importorskip("torchmetrics.image.kid")
    real, fake = feature_sets(torch.float32)
    metric = module.KernelInceptionDistance(feature=GivenFeatures(), subsets=20, subset_size=500)
    metric.update(real, real=True)
    metric.update(fake, real=False)
    torch.manual_seed(11)
    mean, std = metric.compute()
    ours = kernel_distance(real, fake, subsets=20, subset_size=500, seed=11, convention="torchmetrics")
    assert ours.value == pytest.approx(float(mean), rel=1e-4)
    assert ours.std == pytest.approx(float(std), rel=1e-3)


def test_clean_fid_agrees():
    """After numpy.random.seed with our seed."""
    module = pytest.importorskip("cleanfid.fid", exc_type=ImportError)
    real, fake = (side.numpy() for side in feature_sets(torch.float64))
    np.random.seed(11)  # noqa: NPY002 - the generator that it draws from
    theirs = module.kernel_distance(real, fake, num_subsets=20)
    ours = kernel_distance(real, fake, subsets=20, seed=11, convention="clean-fid")
    assert ours.value == pytest.approx(theirs, rel=1e-11)


def test_vendi_score_agrees():
    """With vendi_score's dual form, where it is installed with what it imports."""
    vendi = pytest.importorskip("vendi_score.vendi", exc_type=ImportError)
    real, _ = feature_sets(torch.float64)
    for order in (0.5, 1.0, 2.0):
        assert vendi_score(real, order=order) == pytest.approx(vendi.score_dual(real.numpy(), q=order), rel=1e-9)
