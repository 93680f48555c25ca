"""Duplicates: planted copies are found, counted and listed; a scale-free threshold tells near from far."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.duplicates import SHARE_OF_MEDIAN, duplicates, duplicates_between
from tests import neighbour_oracles as oracle
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def listed(pairs):
    """Return pairs as tuples."""
    return list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def test_planted_duplicates_within_a_set_are_found():
    """Three equal images are three pairs; a nearly equal one is near; nothing else is."""
    features = drawn(80, 16)
    features[30] = features[60] = features[5]
    features[70] = features[9] + 1e-3
    found = duplicates(features)
    assert listed(found.exact) == [(5, 30), (5, 60), (30, 60)]
    assert listed(found.near) == [(9, 70)]
    assert found.near.distance.tolist() == pytest.approx([4e-3], rel=1e-9)
    assert (found.exact.total, found.near.total) == (3, 1)
    nearest = np.sqrt(oracle.squared_radii(np.delete(features, [30, 60], axis=0), 1))
    assert found.threshold == pytest.approx(SHARE_OF_MEDIAN * np.median(nearest), rel=1e-12)


def test_planted_duplicates_between_sets_are_found():
    """Each copying fake image is one exact pair, named with the first such real image; near ones come apart."""
    real, fake = drawn(80, 16, 1), drawn(60, 16, 2)
    real[40] = real[4]
    fake[10] = fake[50] = real[4]
    fake[20] = real[7] - 1e-3
    found = duplicates_between(real, fake)
    assert listed(found.exact) == [(4, 10), (4, 50)]
    assert listed(found.near) == [(7, 20)]
    assert (found.exact.total, found.near.total) == (2, 1)
    # Control: independent sets have none.
    assert duplicates_between(drawn(80, 16, 1), drawn(60, 16, 2)).near.total == 0


@pytest.mark.parametrize("limit", [0, 3, 1000])
def test_all_are_counted_and_few_listed(limit):
    """Totals are true whatever is listed, and the nearest are listed first."""
    real, fake = drawn(60, 2, 1), drawn(60, 2, 2)
    fake[:20] = real[0]
    found = duplicates_between(real, fake, share=2.0, limit=limit)
    distinct = np.unique(fake, axis=0)
    near = oracle.near_pairs(real, distinct, found.threshold)
    assert near > 20
    assert (found.exact.total, found.near.total) == (20, near)
    assert len(found.near.first) == min(limit, near)
    assert len(found.exact.first) == min(limit, 20)
    squared = np.sort(oracle.squared_distances(real, distinct).ravel())
    assert found.near.distance.numpy() == pytest.approx(np.sqrt(squared[squared > 0][: min(limit, near)]), rel=1e-12)
    within = duplicates(real, share=2.0, limit=limit)
    assert within.near.total == oracle.near_pairs(real, real, within.threshold) / 2
    assert len(within.near.first) == min(limit, within.near.total)


@pytest.mark.slow
@given(st.integers(0, 50), st.sampled_from([1e-15, 1e-3, 1e12]))
def test_turning_and_scaling_changes_nothing(seed, scale):
    """The threshold follows the features' unit; a share of 1 could be the very distance of a pair."""
    features = drawn(40, 3, seed)
    one, other = duplicates(features, share=0.97), duplicates(scale * (features @ rotation(3, seed)), share=0.97)
    assert listed(one.near) == listed(other.near)
    assert other.threshold == pytest.approx(scale * one.threshold, rel=1e-9)


def test_copies_do_not_move_the_threshold():
    """It is the median over distinct images: without that a set of pairs would have threshold 0."""
    features = drawn(40, 3)
    assert duplicates(features.repeat(2, axis=0)).threshold == duplicates(features).threshold > 0


@pytest.mark.parametrize(("kinds", "total"), [(1, 30 * 29 / 2), (2, 2 * 15 * 14 / 2)])
def test_a_collapsed_set_has_exact_duplicates_only(kinds, total):
    """One image over and over, or two in turn: every pair of equal ones is counted, and none is near."""
    found = duplicates(drawn(kinds, 4).repeat(30 // kinds, axis=0))
    assert (found.exact.total, found.near.total, found.threshold) == (total, 0, 0.0)
    assert len(found.exact.first) == 100
    assert len(found.near.first) == len(found.near.distance) == 0
    # Control: three distinct images have a threshold.
    assert duplicates(drawn(3, 4)).threshold > 0


def test_what_has_no_threshold_is_refused():
    """Fewer than three distinct real images say nothing of what is near."""
    with pytest.raises(NotEnoughSamples, match="need 3 distinct rows of real features; got 1"):
        duplicates_between(torch.ones(9, 1), torch.ones(9, 1))
    for options, message in (
        ({"share": 0.0}, "share must be positive and finite; got 0.0"),
        ({"share": np.nan}, "share must be positive and finite; got nan"),
        ({"limit": -1}, "limit must be at least 0; got -1"),
    ):
        with pytest.raises(InputError, match=message):
            duplicates(drawn(9, 2), **options)
