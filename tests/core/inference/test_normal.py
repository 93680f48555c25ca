"""Quantiles of the normal distribution."""

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.inference.normal import normal_quantile
from ganmetrics.errors import InputError


@given(st.floats(1e-6, 1 - 1e-12))
def test_the_share_between_is_the_confidence(confidence):
    """By the distribution function, of which it is the inverse."""
    quantile = normal_quantile(confidence)
    assert 2 * NormalDist().cdf(quantile) - 1 == pytest.approx(confidence, rel=1e-9, abs=1e-12)


def test_next_to_0_and_1():
    """The smallest float, and the largest below 1: both are confidences, and both have a quantile."""
    assert normal_quantile(5e-324) == 0
    assert 8.2 < normal_quantile(1 - 2**-53) < 8.4
    for confidence in (0.0, 1.0, float("nan")):
        with pytest.raises(InputError, match="confidence must"):
            normal_quantile(confidence)
