"""P-precision and P-recall: dense matrices, closed forms, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.probabilistic import probabilistic_precision_recall
from tests import neighbour_oracles as oracle
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def by_definition(real, fake, k, reach):
    """Products over all pairs."""
    distances = np.sqrt(oracle.squared_distances(real, fake))
    radii = [reach * np.sqrt(oracle.squared_radii(side, k)).mean() for side in (real, fake)]
    return tuple((1 - np.minimum(distances / radius, 1).prod(axis=axis)).mean() for axis, radius in enumerate(radii))


@pytest.mark.parametrize(("k", "reach"), [(1, 1.0), (4, 1.2), (6, 2.5)])
def test_both_are_those_of_the_definition(k, reach):
    """At unequal counts, copies within and across the sides included."""
    real, fake = drawn(60, 5, 1), 0.8 * drawn(40, 5, 2) + 0.2
    real = np.concatenate([real, real[:5]])
    fake[:3] = real[:3]
    found = probabilistic_precision_recall(real, fake, k=k, reach=reach)
    assert (found.precision, found.recall) == pytest.approx(by_definition(real, fake, k, reach), rel=1e-9)


def test_one_fake_between_two_real_images():
    """Two real images at distance 2, so R = 2.4; at the middle 1 - (1/2.4)^2, at one of them 1."""
    real = np.array([[0.0], [2.0]])
    between = probabilistic_precision_recall(real, np.array([[1.0], [1.0]]), k=1)
    assert between.precision == pytest.approx(1 - (1 / 2.4) ** 2, rel=1e-12)
    assert probabilistic_precision_recall(real, np.array([[0.0], [2.0]]), k=1).precision == 1


def test_far_fakes_have_none():
    """Beyond R of every image nothing is left, on either side."""
    found = probabilistic_precision_recall(drawn(30, 3), drawn(30, 3, 1) + 100)
    assert (found.precision, found.recall) == (0, 0)


def test_a_collapsed_generator_forgets():
    """Fakes that are one image: precise, and nothing is recalled but that image."""
    real = drawn(50, 3)
    found = probabilistic_precision_recall(real, real[:1].repeat(20, axis=0))
    assert found.precision == 1
    assert found.recall == pytest.approx(1 / 50)


@pytest.mark.slow
@settings(max_examples=8)
@given(st.integers(0, 100), st.sampled_from([1e-3, 1e6]), st.integers(-20, 20))
def test_turning_moving_and_scaling_both_sides_changes_nothing(seed, scale, shift):
    """Only relations of distances matter; exchanged sides exchange the two."""
    real, fake = drawn(30, 4, seed), 0.9 * drawn(25, 4, seed + 1000)
    found = probabilistic_precision_recall(real, fake)
    moved = probabilistic_precision_recall(*(scale * (side @ rotation(4, seed) + shift) for side in (real, fake)))
    assert (moved.precision, moved.recall) == pytest.approx((found.precision, found.recall), rel=1e-6)
    back = probabilistic_precision_recall(fake, real)
    assert (back.recall, back.precision) == pytest.approx((found.precision, found.recall), rel=1e-12)


def test_blocks_change_nothing():
    """In the smallest blocks and in one, the same."""
    real, fake = drawn(100, 4, 1), drawn(90, 4, 2)
    whole, small = (probabilistic_precision_recall(real, fake, memory=memory) for memory in (2 * 10**9, 18 * 10**6))
    assert (small.precision, small.recall) == pytest.approx((whole.precision, whole.recall), rel=1e-12)


def test_what_has_no_answer_is_refused():
    """Too few images, and a reach that is none."""
    with pytest.raises(NotEnoughSamples, match="k=4 neighbours need more than 4 rows of real features; got 4"):
        probabilistic_precision_recall(drawn(4, 2), drawn(9, 2))
    with pytest.raises(InputError, match="reach must be positive and finite; got 0"):
        probabilistic_precision_recall(drawn(9, 2), drawn(9, 2), reach=0.0)
