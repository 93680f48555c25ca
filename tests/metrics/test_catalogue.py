"""The table of metrics: names, needs and the words of scores agree with each other."""

import pytest

from ganmetrics.metrics.catalogue import CONTESTED, METRICS


@pytest.mark.parametrize("name", METRICS)
def test_a_row_is_whole(name):
    """Found under its own name, with something to read of the fake side at least."""
    metric = METRICS[name]
    assert metric.name == name
    assert metric.fake
    assert metric.real in (frozenset(), metric.fake)
    assert metric.least >= 1
    assert metric.low < metric.high


def test_compared_metrics_have_intervals():
    """`compare` says how sure it is."""
    assert all(METRICS[name].interval is not None for name in CONTESTED)


def test_only_the_canonical_network_gives_a_score_the_fields_name():
    """FID is Inception's; of any other network it is a Fréchet distance."""
    assert METRICS["kid"].score_name("inception-v3", canonical=True) == "kid"
    assert METRICS["kid"].score_name("inception-v3", canonical=False) == "kd_inception-v3"
