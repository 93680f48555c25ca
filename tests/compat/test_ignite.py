"""Tests of `ganmetrics.compat.ignite`: attached to an engine, with this library's numbers."""

import inspect

import pytest
import torch

import ganmetrics
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import ChannelMeans, random_images

engines = pytest.importorskip("ignite.engine")
peers = pytest.importorskip("ignite.metrics")

from ganmetrics.compat import ignite as shim  # noqa: E402

REAL, FAKE = random_images(40, seed=1), random_images(40, seed=2) // 2 + 60


@pytest.mark.parametrize("name", ["FID", "InceptionScore"])
def test_they_are_ignites_metrics_with_its_arguments(name):
    """In its order."""
    cls = getattr(shim, name)
    assert issubclass(cls, peers.Metric)
    theirs = list(inspect.signature(getattr(peers, name)).parameters)
    assert list(inspect.signature(cls).parameters)[: len(theirs)] == theirs


def test_an_engine_has_the_distance():
    """That of `ganmetrics.fid`; a second run starts anew."""
    evaluator = engines.Engine(lambda _, batch: batch)
    shim.FID(feature_extractor=ChannelMeans()).attach(evaluator, "fid")
    own = ganmetrics.fid(REAL, FAKE, extractor=ChannelMeans(), interval=False, workers=0)
    for _ in range(2):
        state = evaluator.run(list(zip(FAKE.split(7), REAL.split(7), strict=True)))
        assert state.metrics["fid"] == pytest.approx(float(own), rel=1e-9)


def test_features_and_probabilities_may_be_given(rng):
    """Where only their number is: the peers' numbers, on features that suit it."""
    real, fake = torch.randn(2, 60, 8, generator=rng, dtype=torch.float64)
    both = [metric(num_features=8) for metric in (shim.FID, peers.FID)]
    for metric in both:
        metric.update((fake, real))
    assert both[0].compute() == pytest.approx(float(both[1].compute()), rel=1e-6)
    scores = [metric(num_features=8) for metric in (shim.InceptionScore, peers.InceptionScore)]
    for metric in scores:
        metric.update(fake.softmax(dim=1))
    assert scores[0].compute() == pytest.approx(float(scores[1].compute()), rel=1e-6)


def test_sides_may_have_different_numbers():
    """Ignite refuses them, and divides both by one number."""
    metric = shim.FID(feature_extractor=ChannelMeans())
    metric.update((FAKE[:30], REAL))
    own = ganmetrics.fid(REAL, FAKE[:30], extractor=ChannelMeans(), interval=False, workers=0)
    assert metric.compute() == pytest.approx(float(own), rel=1e-9)


def test_what_cannot_be_scored_is_refused():
    """In words."""
    with pytest.raises(NotEnoughSamples, match="needs images on both sides"):
        shim.FID(num_features=3).compute()
    with pytest.raises(NotEnoughSamples, match="update has been given none"):
        shim.InceptionScore(num_features=3).compute()
    with pytest.raises(InputError, match="num_features must be 3, the extractor's; got 8"):
        shim.FID(8, ChannelMeans())
