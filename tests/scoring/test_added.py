"""A metric of another package: its number is taken as it comes, and its errors become one line."""

import math

import pytest

from ganmetrics import _plugins
from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics import catalogue
from ganmetrics.metrics.feature_metric import FeatureMetric
from ganmetrics.scoring import added
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


@pytest.fixture
def install(monkeypatch):
    """`install(compute)` puts a metric called ``gap`` into the catalogue, as the package ``other`` would."""

    def put(compute):
        metric = catalogue.METRICS["kid"]
        gap = type(metric)(**{**metric.__dict__, "name": "gap", "title": "a gap", "family": "added", "interval": None})
        metrics = {**catalogue.METRICS, "gap": gap}
        monkeypatch.setattr(catalogue, "METRICS", metrics)
        monkeypatch.setattr(added, "METRICS", metrics)
        thing = type("Added", (), {"package": "other 1.0", "thing": FeatureMetric("a gap", compute)})
        monkeypatch.setattr(_plugins, "load", lambda *_: thing)
        return gap

    return put


def scored(gap):
    """The family's answer, for the two sides as `evaluate` gathers them."""
    from ganmetrics.scoring import scores

    caught = []
    original = scores.METRIC_FAMILIES["kernel"]
    try:
        scores.METRIC_FAMILIES["kernel"] = lambda comparison, names, options: (
            caught.append((comparison, options)) or original(comparison, names, options)
        )
        evaluate(REAL, FAKE, metrics=("kid",), **FREE)
    finally:
        scores.METRIC_FAMILIES["kernel"] = original
    return added.added_scores(caught[0][0], (gap.name,), caught[0][1]).scores["gap"]


def test_the_number_is_the_packages(install):
    """With its name in the provenance."""
    score = scored(install(lambda real, fake: float((real.mean() - fake.mean()).abs())))
    assert score.value == pytest.approx(float((means(REAL).mean() - means(FAKE).mean()).abs()), rel=1e-4)
    assert score.made["package"] == "other 1.0"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda *_: 1 / 0, InputError, "gap of other 1.0 failed: division by zero"),
        (lambda *_: math.nan, NumericsError, "gap must be finite; other 1.0 gives nan"),
        (lambda *_: "text", InputError, "gap of other 1.0 failed: could not convert"),
    ],
)
def test_what_fails_is_told_in_one_line(install, compute, error, message):
    """Whatever the package raises or returns."""
    with pytest.raises(error, match=message):
        scored(install(compute))
