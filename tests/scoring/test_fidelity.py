"""Newer pairs of fidelity and diversity in a report: the formulas' numbers, and only what is named."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.metrics.neighbours.clipped import clipped_coverage, clipped_density
from ganmetrics.metrics.neighbours.probabilistic import probabilistic_precision_recall
from ganmetrics.metrics.neighbours.symmetric import symmetric_precision_recall
from ganmetrics.metrics.sliced import sliced_distance
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


PAIRS = ("clipped_density", "clipped_coverage", "symmetric_precision", "symmetric_recall", "p_precision", "p_recall")


@pytest.mark.slow
@pytest.mark.parametrize("interval", [True, False])
def test_each_is_the_formulas(interval):
    """With and without intervals."""
    found = evaluate(REAL, FAKE, metrics=PAIRS, interval=interval, **FREE)
    real, fake = means(REAL), means(FAKE)
    symmetric, likely = symmetric_precision_recall(real, fake), probabilistic_precision_recall(real, fake)
    expected = {
        "clipped_density": clipped_density(real, fake),
        "clipped_coverage": clipped_coverage(real, fake),
        "symmetric_precision": symmetric.precision,
        "symmetric_recall": symmetric.recall,
        "p_precision": likely.precision,
        "p_recall": likely.recall,
    }
    for name, number in expected.items():
        score = found[f"{name}_channel-means"]
        assert score.value == pytest.approx(number, rel=1e-6), name
        assert (score.low is not None) == (interval and name.startswith("symmetric")), name


@pytest.mark.slow
def test_mind_has_directions_and_a_corrected_value():
    """Where there are enough images for blocks; else the plain number alone."""
    found = evaluate(REAL, FAKE, metrics=("mind",), **FREE)
    (score,) = found.values()
    assert score.value == pytest.approx(sliced_distance(means(REAL), means(FAKE)), rel=1e-5)
    assert score.low < score.high
    (few,) = evaluate(REAL[:6], FAKE[:6], metrics=("mind",), **FREE).values()
    assert few.low is None
