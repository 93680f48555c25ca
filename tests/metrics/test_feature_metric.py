"""A metric of another package: what is left unsaid has the widest meaning."""

import math

import pytest

from ganmetrics.metrics.feature_metric import FeatureMetric


def test_defaults_promise_nothing():
    """Lower is better, any number, from two images a side."""
    metric = FeatureMetric("a distance", lambda real, fake: float(len(real) - len(fake)))
    assert (metric.lower_is_better, metric.low, metric.high, metric.least) == (True, -math.inf, math.inf, 2)
    assert metric.compute([1, 2, 3], [1]) == 2.0


def test_it_stays_as_it_was_made():
    """Reports are compared by it."""
    with pytest.raises(AttributeError):
        FeatureMetric("a distance", max).least = 1
