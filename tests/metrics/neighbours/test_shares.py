"""Intervals of shares and rates: closed forms, ranges, and that they are never certain."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ganmetrics.core.neighbours.left_out import Changes
from ganmetrics.errors import InputError
from ganmetrics.metrics.neighbours.shares import rate_estimate, share_estimate, variance_by_left_out

QUANTILE = 1.959963984540054
CONFIDENCES = st.floats(0.01, 0.999)


def wilson(hits, count):
    """The roots of (share - p)^2 = z^2 p (1 - p) / count, by the quadratic formula."""
    z2, share = QUANTILE**2, hits / count
    roots = np.roots([1 + z2 / count, -(2 * share + z2 / count), share**2])
    return sorted(roots.real)


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (1, 10), (5, 10), (81, 263), (99, 100), (10, 10)])
def test_independent_images_have_wilsons_interval(hits, count):
    """The roots of its equation; 81 of 263 is Newcombe's (1998) example."""
    found = share_estimate(hits, count, 0.0, 0.95)
    assert (found.low, found.high) == pytest.approx(wilson(hits, count), abs=1e-9)
    if count == 263:
        assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_other_variance_is_as_if_there_were_fewer_images():
    """With as much again, about half as many."""
    own = 0.25 / 400
    doubled, half = share_estimate(200, 400, own, 0.95), share_estimate(100, 200, 0.0, 0.95)
    assert (doubled.low, doubled.high) == pytest.approx((half.low, half.high), rel=1e-9)
    assert doubled.error == pytest.approx(math.sqrt(2 * own))
    assert share_estimate(200, 400, 0.0, 0.95).error == pytest.approx(math.sqrt(own))


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0, 1), CONFIDENCES)
def test_a_share_stays_between_0_and_1_and_is_never_certain(count, part, other, confidence):
    """Whatever the counts and the variance; the share is inside."""
    hits = round(part * count)
    found = share_estimate(hits, count, other, confidence)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high
    assert found.error > 0


@example(count=10, part=0.0, other=0.0, confidence=5e-324)
@example(count=10, part=1.0, other=0.3, confidence=1e-170)
@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.01, exclude_min=True))
def test_however_small_the_confidence_the_share_is_inside(count, part, other, confidence):
    """At the least of all its quantile is 0, and nothing is divided by that."""
    found = share_estimate(round(part * count), count, other, confidence)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert math.isfinite(found.error)


@example(value=5e-324, variance=1.0, least=1.0, confidence=0.95)
@example(value=1e-08, variance=5.0, least=1.0, confidence=0.40625)
@given(st.floats(0, 100), st.floats(0, 10), st.floats(1e-6, 1), CONFIDENCES)
def test_a_rate_stays_above_0_and_is_never_certain(value, variance, least, confidence):
    """Also where it is 0 or does not vary."""
    found = rate_estimate(value, variance, least, confidence)
    assert 0 <= found.low <= found.value
    assert found.value < found.high


def test_the_ends_of_a_rate_solve_its_equation():
    """At either end the rate is z standard errors away, of the variance that it would have there."""
    found = rate_estimate(1.2, 0.03, 0.001, 0.95)
    for end in (found.low, found.high):
        assert (end - 1.2) ** 2 == pytest.approx(QUANTILE**2 * end * 0.03 / 1.2)
    assert found.high - 1.2 > 1.2 - found.low
    assert rate_estimate(0.0, 0.0, 0.01, 0.95).high == pytest.approx(QUANTILE**2 * 0.01)


def test_more_confidence_is_wider():
    """0.99 holds 0.95, and that 0.5."""
    for estimate in (
        lambda confidence: share_estimate(30, 100, 0.001, confidence),
        lambda confidence: rate_estimate(1.0, 0.01, 0.01, confidence),
    ):
        widths = [each.high - each.low for each in map(estimate, (0.5, 0.95, 0.99))]
        assert widths == sorted(widths)
        assert len(set(widths)) == 3


@pytest.mark.usefixtures("unchecked")
def test_the_jackknife_sees_what_images_decide_not_how_many_were_asked():
    """Decisions by chance have no variance of their own in expectation; those of one image have theirs."""
    rng = np.random.default_rng(0)
    nothing = np.zeros(500, dtype=np.int64)
    even = [
        variance_by_left_out(Changes(nothing, rng.multinomial(1000, np.full(500, 0.002))), 1000) for _ in range(200)
    ]
    unlike = rng.dirichlet(np.full(500, 0.3))
    uneven = [variance_by_left_out(Changes(nothing, rng.multinomial(1000, unlike)), 1000) for _ in range(200)]
    truth = float(np.square(unlike - 0.002).sum())
    assert np.mean(uneven) == pytest.approx(truth, rel=0.05)
    # Those below 0 count as 0, and so the mean is a little above it.
    assert np.mean(even) < 0.02 * truth
    # Control: plain squares count what chance did, too.
    assert np.square(rng.multinomial(1000, unlike) / 1000 - 0.002).sum() > 1.1 * truth


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 2.0])
def test_confidence_is_a_probability(confidence):
    """Neither certainty nor none."""
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        share_estimate(1, 2, 0.0, confidence)
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        rate_estimate(1.0, 0.1, 0.1, confidence)
