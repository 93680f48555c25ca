"""Clipped Density and Clipped Coverage: the definition with dense matrices, closed forms, and what they promise."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.neighbours.clipped import clipped_coverage, clipped_density, expected_coverage
from tests import neighbour_oracles as oracle
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def density_by_definition(real, fake, k):
    """Balls with radii up to the median; counts over k up to 1; over the same of the real images among themselves."""
    radii = np.sqrt(oracle.squared_radii(real, k))
    radii = np.minimum(radii, np.median(radii))
    among = np.sqrt(oracle.squared_distances(real, real)) <= radii[:, None]
    np.fill_diagonal(among, val=False)
    inside = np.sqrt(oracle.squared_distances(real, fake)) <= radii[:, None]
    means = [np.minimum(balls.sum(axis=0) / k, 1).mean() for balls in (inside, among)]
    return min(means[0] / means[1], 1)


def coverage_by_definition(real, fake, k):
    """The k nearest fakes strictly inside each ball, over k; then the share of g whose expectation lies below."""
    nearest = np.sort(oracle.squared_distances(real, fake), axis=1)[:, :k]
    found = (nearest < oracle.squared_radii(real, k)[:, None]).mean()
    expected = [0.0] * k + [expectation(len(real), good, k) for good in range(k, len(fake) + 1)]
    return np.searchsorted(expected, found * (1 - 1e-9)) / len(expected)


def expectation(count, good, k):
    """E min(J, k) / k, J beta-binomial, summed over its probabilities."""
    values = np.arange(good + 1)
    return float(np.minimum(values, k) @ scipy.stats.betabinom.pmf(values, good, k, count - k)) / k


@pytest.mark.parametrize("k", [1, 3, 5])
def test_both_are_those_of_the_definition(k):
    """Dense matrices give the same, at unequal counts."""
    real, fake = drawn(70, 5, 1), 0.9 * drawn(50, 5, 2) + 0.2
    assert clipped_density(real, fake, k=k) == pytest.approx(density_by_definition(real, fake, k), rel=1e-12)
    assert clipped_coverage(real, fake, k=k) == pytest.approx(coverage_by_definition(real, fake, k), abs=1e-12)


@pytest.mark.parametrize(("count", "fakes", "k"), [(6, 4, 1), (30, 60, 5), (7, 9, 6), (500, 40, 5)])
def test_the_expectation_is_the_beta_binomials(count, fakes, k):
    """Every entry, and it increases from k on."""
    found = expected_coverage(count, fakes, k)
    assert found[k:].tolist() == pytest.approx([expectation(count, good, k) for good in range(k, fakes + 1)], rel=1e-10)
    assert not found[:k].any()
    assert (found[k:].diff() > 0).all()


def test_the_expectation_holds_large_numbers():
    """With 50,000 images a side it is k (1 - small)/k as for 500, and nothing overflows."""
    found = float(expected_coverage(50_000, 50_000, 5)[-1])
    assert found == pytest.approx(expectation(5_000, 5_000, 5), abs=1e-3)
    assert 0.5 < found < 1


@pytest.mark.slow
@pytest.mark.parametrize("good", [0.25, 0.5, 0.75])
def test_they_fall_as_the_share_of_bad_fakes_grows(good):
    """What the authors promise and the control does not: far fakes count 0, the others as they did."""
    real, fake = drawn(1200, 4, 1), drawn(1200, 4, 2)
    kept = int(good * len(fake))
    spoilt = np.concatenate([fake[:kept], fake[kept:] + 100])
    assert clipped_density(real, spoilt) == pytest.approx(good * clipped_density(real, fake), abs=0.05)
    assert clipped_coverage(real, spoilt) == pytest.approx(good, abs=0.08)
    from ganmetrics.metrics.neighbours.precision_recall import precision_recall

    assert precision_recall(real, spoilt, k=5).coverage > good + 0.08


def test_outliers_among_the_real_images_have_no_large_balls():
    """One real outlier far away makes every fake in between precise; it does not make it dense here."""
    real = np.concatenate([drawn(200, 2, 1), [[60.0, 0.0]]])
    between = np.array([[20.0, 0.0]]).repeat(50, axis=0) + drawn(50, 2, 3)
    from ganmetrics.metrics.neighbours.precision_recall import precision_recall

    assert precision_recall(real, between, k=5).precision == 1
    assert clipped_density(real, between) == 0


def test_dense_fakes_do_not_make_up_for_bad_ones():
    """Half the fakes in the most balls of all, half far away: each counts 1 at most, where density counts its balls.

    The good half then counts more than that of a real half would, by the norm of the real images: 0.5 / 0.64.
    """
    real = drawn(500, 2, 1)
    balls = (oracle.squared_distances(real, real) <= oracle.squared_radii(real, 5)[:, None]).sum(axis=0)
    fake = np.concatenate([real[balls.argmax()] + 1e-3 * drawn(250, 2, 2), drawn(250, 2, 3) + 100])
    from ganmetrics.metrics.neighbours.precision_recall import precision_recall

    density = precision_recall(real, fake, k=5).density
    assert clipped_density(real, fake) < 0.8 < density


def test_a_set_against_itself():
    """Each real image lies in its own ball, and so in one more than among the others: 1, at the most."""
    real = drawn(100, 3)
    assert clipped_density(real, real) == 1


@pytest.mark.slow
@settings(max_examples=8)
@given(st.integers(0, 100), st.sampled_from([1e-3, 1e6]), st.integers(-50, 50))
def test_turning_moving_and_scaling_both_sides_changes_nothing(seed, scale, shift):
    """Only relations of distances matter."""
    real, fake = drawn(40, 4, seed), 0.9 * drawn(30, 4, seed + 1000)
    moved = [scale * (side @ rotation(4, seed) + shift) for side in (real, fake)]
    assert clipped_density(*moved) == pytest.approx(clipped_density(real, fake), rel=1e-12)
    assert clipped_coverage(*moved) == clipped_coverage(real, fake)
    assert 0 <= clipped_coverage(real, fake) <= 1


def test_what_has_no_answer_is_refused():
    """Too few images on either side, and real images of which none is near another by the median."""
    with pytest.raises(NotEnoughSamples, match="k=5 neighbours need more than 5 rows of real features; got 5"):
        clipped_density(drawn(5, 2), drawn(9, 2))
    with pytest.raises(NotEnoughSamples, match="clipped coverage with k=5 needs at least 5 fake images; got 4"):
        clipped_coverage(drawn(9, 2), drawn(4, 2))
    with pytest.raises(InputError, match="k must be at least 1; got 0"):
        clipped_density(drawn(9, 2), drawn(9, 2), k=0)
    # Three distances of 2 to a fourth point: beyond the median radius for none, so no refusal; ties are inside.
    assert clipped_density(np.array([[0.0], [1.0], [2.0]]), np.array([[0.5]]), k=1) == 1
    assert math.isfinite(float(expected_coverage(3, 1, 1)[-1]))
    assert isinstance(expected_coverage(3, 1, 1), torch.Tensor)
    assert issubclass(NumericsError, ArithmeticError)
