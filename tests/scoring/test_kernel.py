"""Kernel distances in a report: conventions, seeds, and the unbiased value beside the mean over subsets."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def score(metric, **options):
    """The only score of a report."""
    (found,) = evaluate(REAL, FAKE, metrics=(metric,), **{**FREE, **options}).values()
    return found


@pytest.mark.slow
def test_kid_is_the_mean_over_subsets_and_corrected_from_all_pairs():
    """The interval is about the corrected value."""
    found = score("kid", subsets=4, subset_size=30)
    expected = kernel_distance(means(REAL), means(FAKE), subsets=4, subset_size=30)
    assert (found.value, found.std) == pytest.approx((expected.value, expected.std), rel=1e-6)
    assert found.low < found.corrected < found.high
    assert found.calibrated
    assert score("kid", subsets=4, subset_size=30, interval=False).corrected is None


@pytest.mark.slow
def test_mmd_is_the_biased_one_times_a_thousand():
    """As CMMD's code computes it, of any features."""
    assert score("mmd").value == pytest.approx(maximum_mean_discrepancy(means(REAL), means(FAKE)), rel=1e-5)


def test_cmmd_is_of_one_network_only():
    """Of another it is refused, and the other name is offered."""
    with pytest.raises(InputError, match="cmmd needs extractor clip-vit-l14-336; got channel-means: mmd is the same"):
        score("cmmd")
