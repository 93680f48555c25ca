"""The Inception Score of the same logits in the peers that have one: `make parity`."""

import pytest
import torch

from ganmetrics.metrics.inception.score import inception_score
from ganmetrics.protocols import PROTOCOLS

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix


@pytest.fixture(scope="module")
def logits():
    """Scores of 1,003 images, a number that no ten splits divide."""
    return 3 * torch.randn(1003, 50, generator=torch.Generator().manual_seed(0))


def test_torch_fidelity_shuffles_by_its_seed(logits):
    """Mean and standard deviation agree to rounding, and the order of the files would not do."""
    metric = pytest.importorskip("torch_fidelity.metric_isc")
    theirs = metric.isc_features_to_metric(logits)
    ours = inception_score(logits, convention=PROTOCOLS["torch-fidelity"].inception_score)
    assert ours.value == pytest.approx(theirs["inception_score_mean"], rel=1e-12)
    assert ours.std == pytest.approx(theirs["inception_score_std"], rel=1e-9)
    assert inception_score(logits).value != pytest.approx(ours.value, rel=1e-6)


def test_torchmetrics_shuffles_by_the_global_generator(logits):
    """Given a generator in the state of torch's own, the score is the same; it computes in float32."""
    module = pytest.importorskip("torchmetrics.image.inception")

    class Given(torch.nn.Identity):
        num_features = 50

    metric = module.InceptionScore(feature=Given())
    metric.update(logits)
    torch.manual_seed(7)
    mean, std = metric.compute()
    convention = PROTOCOLS["torchmetrics"].inception_score
    ours = inception_score(logits, convention=convention, rng=torch.Generator().manual_seed(7))
    assert ours.value == pytest.approx(float(mean), rel=1e-5)
    assert ours.std == pytest.approx(float(std), rel=1e-3)
