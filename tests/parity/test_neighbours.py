"""Parity of the neighbour metrics with the installed peers, on the same features: `make parity`."""

import contextlib
import io

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.neighbours.memorisation import memorisation_distance, mifid
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from tests.parity.peers import GivenFeatures

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix


def pool3_like(count, seed, scale=1.0, noise=0.1):
    """Features of low intrinsic dimension, not negative as pool3 is: float32 [count, 256]."""
    weights = np.random.default_rng(0).standard_normal((12, 256))
    rng = np.random.default_rng(seed)
    latent = scale * rng.standard_normal((count, 12))
    return np.maximum(latent @ weights + noise * rng.standard_normal((count, 256)), 0).astype(np.float32)


SETS = {
    "alike": lambda: (pool3_like(1500, 1), pool3_like(1200, 2)),
    "narrower": lambda: (pool3_like(1500, 1), pool3_like(1200, 2, scale=0.7)),
    "noisier": lambda: (pool3_like(900, 1), pool3_like(1200, 2, noise=1.0)),
}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("k", [3, 5])
def test_prdc(name, k):
    """The four numbers agree to 1e-6."""
    prdc = pytest.importorskip("prdc")
    real, fake = SETS[name]()
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = prdc.compute_prdc(real, fake, k)
    ours = vars(precision_recall(real, fake, k=k, convention="prdc"))
    assert ours == pytest.approx({key: float(value) for key, value in theirs.items()}, abs=1e-6)
    assert 0.01 < ours["precision"] < 1 or 0.01 < ours["recall"] < 1


@pytest.mark.parametrize("name", SETS)
def test_torch_fidelity(name):
    """Precision and recall agree to one image, with the boundary in and k = 3."""
    module = pytest.importorskip("torch_fidelity.metric_prc")
    real, fake = SETS[name]()
    # Its first set is the generated one (0.4.0).
    theirs = module.prc_features_to_metric(
        torch.from_numpy(fake), torch.from_numpy(real), prc_neighborhood=3, prc_batch_size=500, verbose=False
    )
    ours = precision_recall(real, fake, convention="torch-fidelity")
    # Its distances are of single precision, by a product: an image on the very boundary may fall to either side.
    assert ours.precision == pytest.approx(theirs["precision"], abs=1.5 / len(fake))
    assert ours.recall == pytest.approx(theirs["recall"], abs=1.5 / len(real))


@pytest.mark.parametrize("memorised", [True, False])
def test_torchmetrics_mifid(memorised):
    """MiFID agrees to 1e-6 below the threshold and above, averaged over the real images as it does."""
    module = pytest.importorskip("torchmetrics.image.mifid")
    real = pool3_like(900, 1)
    fake = 1.1 * real[::-1] + pool3_like(900, 2, scale=0.1) if memorised else pool3_like(700, 2)
    metric = module.MemorizationInformedFrechetInceptionDistance(feature=GivenFeatures())
    metric.update(torch.from_numpy(real).double(), real=True)
    metric.update(torch.from_numpy(fake).double(), real=False)
    fid = frechet_distance(Moments.of(real), Moments.of(fake))
    distance = memorisation_distance(real, fake, averaged_over="real")
    assert (distance < 0.1) == memorised
    assert mifid(fid, distance) == pytest.approx(float(metric.compute()), rel=1e-6)
