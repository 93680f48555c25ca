"""Precision, recall, density and coverage: closed forms, papers, and each library's convention."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.precision_recall import (
    NEIGHBOUR_CONVENTIONS,
    PrecisionRecallConvention,
    precision_recall,
    precision_recall_indicators,
)
from tests import neighbour_oracles as oracle
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def four(shares):
    """Return the four shares."""
    return shares.precision, shares.recall, shares.density, shares.coverage


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("strict", [False, True])
def test_the_four_shares_are_those_of_the_papers(k, strict):
    """Dense matrices give the same, at unequal counts, boundary in or out."""
    real, fake = drawn(70, 5, 1), 0.8 * drawn(50, 5, 2) + 0.3
    shares = precision_recall(real, fake, k=k, convention=PrecisionRecallConvention(strict=strict))
    assert four(shares) == pytest.approx(oracle.precision_recall(real, fake, k, strict), rel=1e-12)


@pytest.mark.parametrize(("k", "radius"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_a_grid_on_a_circle(k, radius):
    """Each of 40 places has neighbours at 1, 1, 2, 2 ... steps: so far reaches its ball, and half a step beside it."""
    angles = 2 * np.pi * np.arange(40) / 40
    real = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    turned = np.stack([np.cos(angles + np.pi / 40), np.sin(angles + np.pi / 40)], axis=1)
    shares = precision_recall(real, turned, k=k)
    assert four(shares) == pytest.approx((1, 1, 2 * radius / k, 1))


def test_a_collapsed_generator_is_precise_and_forgets():
    """All fake images where most real balls are: precise, dense, and next to nothing is recalled or covered."""
    real = drawn(200, 2)
    balls = (oracle.squared_distances(real, real) <= oracle.squared_radii(real, 3)[:, None]).sum(axis=0)
    fake = real[balls.argmax()] + 1e-3 * drawn(100, 2, 1)
    shares = precision_recall(real, fake)
    assert shares.precision == 1
    assert shares.density > 1
    assert shares.recall < 0.05
    assert shares.coverage < 0.1


@pytest.mark.parametrize("far", [1e3, 1e9])
def test_one_far_image_is_measured_exactly(far):
    """Its ball reaches to the others and holds some: the numbers are those of the dense matrices, not rounded."""
    real, fake = (side.astype(np.float32) for side in (drawn(100, 6, 1), drawn(80, 6, 2) + 0.5))
    before = precision_recall(real, fake)
    real[7], fake[3] = far, far
    shares = precision_recall(real, fake)
    assert four(shares) == pytest.approx(oracle.precision_recall(real, fake, 3), rel=1e-12)
    assert shares.precision > before.precision + 0.1
    assert abs(shares.coverage - before.coverage) < 0.03


def test_exchanged_sides_exchange_precision_and_recall():
    """The sides are not symmetric, and their exchange shows which is which."""
    real, fake = drawn(80, 2, 1), 0.3 * drawn(60, 2, 2)
    one, other = precision_recall(real, fake), precision_recall(fake, real)
    assert (one.precision, one.recall) == (other.recall, other.precision)
    assert one.precision > one.recall + 0.2


@pytest.mark.parametrize("convention", [name for name, of in NEIGHBOUR_CONVENTIONS.items() if not of.strict])
def test_a_set_against_itself_is_perfect(convention):
    """Each image is on the boundary of its own neighbours' balls at least, copies and all."""
    features = np.concatenate([drawn(50, 4), drawn(50, 4)[:20]]).astype(np.float32)
    shares = precision_recall(features, features, convention=convention)
    assert (shares.precision, shares.recall, shares.coverage) == (1, 1, 1)


def test_a_strict_boundary_leaves_copies_out():
    """Control: where each image has k copies all balls are empty without their boundary, as in prdc."""
    features = drawn(20, 4).repeat(6, axis=0)
    assert four(precision_recall(features, features, convention="prdc")) == (0, 0, 0, 0)
    assert precision_recall(features, features, k=5).recall == 1


@pytest.mark.slow
@settings(max_examples=10)
@given(st.integers(0, 100), st.sampled_from([1e-20, 1e-3, 1e6]), st.integers(-100, 100))
def test_turning_moving_and_scaling_both_sides_changes_nothing(seed, scale, shift):
    """Only relations of distances matter."""
    real, fake = drawn(40, 4, seed), 0.9 * drawn(30, 4, seed + 1000)
    turn = rotation(4, seed)
    moved = [scale * (side @ turn + shift) for side in (real, fake)]
    assert four(precision_recall(*moved)) == four(precision_recall(real, fake))


@pytest.mark.slow
@given(st.integers(0, 100), st.integers(1, 6))
def test_all_but_density_are_shares(seed, k):
    """Between 0 and 1, whatever the sets; density is at least precision over k."""
    shares = precision_recall(drawn(25, 3, seed), 2 * drawn(20, 3, seed + 1), k=k)
    assert all(0 <= share <= 1 for share in (shares.precision, shares.recall, shares.coverage))
    assert shares.density >= shares.precision / k - 1e-12


def test_indicators_are_what_the_shares_average():
    """One entry for each image, of the side that the share is of."""
    real, fake = drawn(60, 4, 1), drawn(40, 4, 2)
    each = precision_recall_indicators(real, fake)
    assert [len(column) for column in (each.precision, each.recall, each.density, each.coverage)] == [40, 60, 40, 60]
    assert each.shares() == precision_recall(real, fake)
    assert each.shares().density == pytest.approx(float(each.density.mean()))
    squared = oracle.squared_distances(real, fake)
    assert each.precision.tolist() == (squared <= oracle.squared_radii(real, 3)[:, None]).any(axis=0).tolist()


def test_conventions_go_by_name():
    """Each library has its k and boundary; k is replaceable, unknown names refused."""
    real, fake = drawn(60, 4, 1), drawn(60, 4, 2)
    assert precision_recall(real, fake, convention="prdc", k=3) == precision_recall(real, fake, convention="fld")
    assert precision_recall(real, fake, convention="prdc") == precision_recall(real, fake, k=5)
    assert precision_recall(real, fake, convention="prdc") != precision_recall(real, fake)
    with pytest.raises(InputError, match="must be one of improved-precision-recall, .*; got 'pr'"):
        precision_recall(real, fake, convention="pr")


def test_too_few_images_are_refused():
    """As many images as neighbours are too few, on either side."""
    with pytest.raises(NotEnoughSamples, match="k=3 neighbours need more than 3 rows of fake features; got 3"):
        precision_recall(drawn(9, 2), drawn(3, 2))
    with pytest.raises(NotEnoughSamples, match="k=5 neighbours need more than 5 rows of real features; got 5"):
        precision_recall(drawn(5, 2), drawn(9, 2), convention="prdc")
