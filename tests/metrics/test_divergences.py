"""Divergences: closed forms, SciPy as the oracle, and what tells the three apart."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr

from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics.divergences import (
    earth_movers_distance,
    histograms,
    js_divergence,
    kl_divergence,
)

PAIRS = st.integers(1, 9).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 20), min_size=n, max_size=n)] * 2))


def shares(counts):
    """Return counts, with one image more in the first bin so that none is empty, and their shares."""
    values = np.array(counts)
    values[0] += 1
    return values, values / values.sum()


@pytest.mark.slow
@given(PAIRS)
def test_divergences_are_their_formulas(pair):
    """On counts, which are normalised: SciPy's relative entropies, total variation, and its 1-Wasserstein distance."""
    (p, a), (q, b) = map(shares, pair)
    middle = (a + b) / 2
    assert kl_divergence(p, q) == pytest.approx(max(rel_entr(a, b).sum(), 0), rel=1e-9, abs=1e-12)
    expected = (rel_entr(a, middle).sum() + rel_entr(b, middle).sum()) / 2
    assert js_divergence(p, torch.from_numpy(q)) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert earth_movers_distance(p, q) == pytest.approx(np.abs(a - b).sum() / 2, abs=1e-12)
    places = np.random.default_rng(len(p)).standard_normal(len(p))
    expected = scipy.stats.wasserstein_distance(places, places, a, b)
    assert earth_movers_distance(p, q, positions=places) == pytest.approx(expected, abs=1e-12)


@pytest.mark.slow
@given(PAIRS)
def test_two_are_symmetric_and_bounded(pair):
    """Jensen-Shannon and earth mover's are symmetric, the one at most log 2, the other at most 1 between labels."""
    p, q = (shares(side)[0] for side in pair)
    assert js_divergence(p, q) == pytest.approx(js_divergence(q, p), abs=1e-14)
    assert 0 <= js_divergence(p, q) <= math.log(2)
    assert earth_movers_distance(p, q) == pytest.approx(earth_movers_distance(q, p), abs=1e-14)
    assert 0 <= earth_movers_distance(p, q) <= 1
    assert kl_divergence(p, 7 * p) == js_divergence(p, p) == earth_movers_distance(p, p) == 0


def test_kl_is_not_symmetric():
    """And infinite in one direction only, where the model leaves out a label that the data have."""
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    assert kl_divergence(p, q) == pytest.approx(0.5 * math.log(25 / 9), rel=1e-12)
    assert abs(kl_divergence(p, q) - kl_divergence(q, p)) > 0.1
    assert kl_divergence(p, np.array([1.0, 0.0])) == math.inf
    assert kl_divergence(np.array([1.0, 0.0]), p) == pytest.approx(math.log(2), rel=1e-15)


@pytest.mark.parametrize("shift", [3, 5, 6])
def test_without_overlap_only_the_earth_movers_distance_says_how_far(shift):
    """Jensen-Shannon is log 2 at every shift, Kullback-Leibler infinite; the earth mover's distance is the shift."""
    p = np.zeros(10)
    p[:3] = [1, 2, 1]
    q = np.roll(p, shift)
    assert js_divergence(p, q) == pytest.approx(math.log(2), rel=1e-15)
    assert kl_divergence(p, q) == math.inf
    assert earth_movers_distance(p, q, positions=np.arange(10)) == pytest.approx(shift, rel=1e-12)
    assert earth_movers_distance(p, q) == 1


def test_a_gans_value_at_its_best_discriminator_is_twice_js_less_log_4():
    """E_p log D + E_q log(1 - D) with D = p / (p + q)."""
    p, q = (values / values.sum() for values in np.random.default_rng(0).random((2, 12)))
    best = p / (p + q)
    value = (p * np.log(best)).sum() + (q * np.log(1 - best)).sum()
    assert 2 * js_divergence(p, q) - math.log(4) == pytest.approx(value, rel=1e-12)


@given(st.integers(1, 12), st.integers(0, 99))
def test_histograms_count_every_sample_in_common_bins(bins, seed):
    """As NumPy's histogram over the common range, the last bin closed."""
    rng = np.random.default_rng(seed)
    real, fake = rng.standard_normal(30), rng.standard_normal(20)
    span = min(real.min(), fake.min()), max(real.max(), fake.max())
    for side, counts in zip((real, fake), histograms(real, fake, bins=bins), strict=True):
        np.testing.assert_array_equal(counts, np.histogram(side, bins, span)[0])


def test_equal_samples_share_a_bin():
    """A range of no width is one bin, and the rest stays empty."""
    real, fake = histograms(np.ones(3), np.ones(2), bins=2)
    assert real.tolist() == [3, 0]
    assert fake.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kl_divergence(np.ones(2), np.ones(3)), InputError, "both histograms need one length; got 2 and 3"),
        (lambda: kl_divergence(np.ones((2, 2)), np.ones(3)), InputError, r"p must have shape \[n\] .* got \[2, 2\]"),
        (lambda: js_divergence(np.array([1, -1]), np.ones(2)), InputError, "p must not be negative, but entry 1 is"),
        (lambda: js_divergence(np.ones(2), np.zeros(2)), InputError, "q must have a positive sum; got 0"),
        (
            lambda: kl_divergence(np.array([1, np.inf]), np.ones(2)),
            NumericsError,
            "p must be finite, but entry 1",
        ),
        (
            lambda: earth_movers_distance(np.ones(2), np.ones(2), positions=np.ones(3)),
            InputError,
            r"positions must have shape \[2\] as the histograms have; got \[3\]",
        ),
        (lambda: histograms(np.ones(2), np.ones(2), bins=0), InputError, "bins must be at least 1; got 0"),
    ],
)
def test_what_is_no_distribution_is_refused(call, error, message):
    """Other shapes, negative or no mass, numbers that are not finite."""
    with pytest.raises(error, match=message):
        call()
