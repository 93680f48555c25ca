"""The Inception Score in a report: its convention, its splits, and the seed where it shuffles."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.metrics.inception.score import inception_score
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def score(**options):
    """The only score of a report."""
    (found,) = evaluate(REAL, FAKE, metrics=("is",), **{**FREE, **options}).values()
    return found


def test_it_is_the_formulas_of_the_logits():
    """Which are the means here, by ten splits in order."""
    expected = inception_score(means(FAKE), splits=5)
    found = score(splits=5)
    assert (found.value, found.std) == pytest.approx((expected.value, expected.std), rel=1e-6)
    assert found.low <= found.value <= found.high


@pytest.mark.slow
def test_without_interval_the_value_stays():
    """Only the interval goes."""
    assert score(interval=False).value == score().value
    assert score(interval=False).low is None


def test_an_extractor_without_logits_is_refused():
    """By name."""

    class Mute(ChannelMeans):
        @property
        def spec(self):
            return ExtractorSpec("mute", 3, None, "mean", None, "mean of pixels")

        def __call__(self, batch, device):
            return Outputs(features=batch, logits=None)

    with pytest.raises(InputError, match="logits"):
        score(extractor=Mute())
