"""Moments against NumPy, and the law of merging: parts, in any order, are as good as the whole."""

import functools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from tests.strategies import feature_sets


def assert_same(moments, features):
    """The moments are NumPy's of the features, within rounding."""
    spread = np.abs(features).max() + 1e-300
    np.testing.assert_allclose(moments.mean, features.mean(axis=0), atol=1e-14 * spread, rtol=0)
    expected = np.cov(features, rowvar=False).reshape(features.shape[1], -1)
    np.testing.assert_allclose(moments.covariance, expected, atol=1e-13 * spread**2, rtol=0)
    np.testing.assert_allclose(moments.factor.mT @ moments.factor, expected, atol=1e-13 * spread**2, rtol=0)
    assert (moments.count, moments.dimension) == features.shape


@given(feature_sets())
def test_mean_and_covariance_are_those_of_numpy(features):
    """With fewer images than dimensions and with more, mean, covariance and factor are right."""
    assert_same(Moments.of(features), features)


@pytest.mark.slow
@given(st.data())
def test_merged_parts_equal_the_whole_in_any_order(data):
    """However a set is cut, and in whatever order and grouping the parts are merged, the moments are the set's."""
    features = data.draw(feature_sets(smallest_count=3, largest_count=40))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(features) - 1), min_size=1, max_size=6)))
    parts = [Moments.of(part) for part in np.split(features, cuts)]
    order = data.draw(st.permutations(parts))
    assert_same(functools.reduce(Moments.merge, order), features)
    half = len(parts) // 2
    left, right = (functools.reduce(Moments.merge, side) for side in (parts[:half], parts[half:]))
    assert_same(left.merge(right), features)


@pytest.mark.parametrize("batch_size", [1, 4, 64, 5000, 10_000])
def test_the_batch_size_does_not_matter(batch_size):
    """Batches of one image, of many, and longer than a block give the same moments."""
    features = np.random.default_rng(0).standard_normal((9000 if batch_size > 64 else 130, 6))
    parts = [Moments.of(features[i : i + batch_size]) for i in range(0, len(features), batch_size)]
    assert_same(functools.reduce(Moments.merge, parts), features)


def test_a_large_mean_costs_no_digits():
    """With mean 1e4 and spread 1e-3 the merged covariance keeps nine digits; sums of squares lose them all."""
    rng = np.random.default_rng(0)
    offset = np.round(1e-3 * rng.standard_normal((4000, 5)) * 2**30) / 2**30
    merged = functools.reduce(Moments.merge, map(Moments.of, np.split(1e4 + offset, 100)))
    expected = np.cov(offset, rowvar=False)
    assert float(np.abs(merged.covariance.numpy() / expected - 1).max()) < 1e-6
    assert float(np.abs(merged.covariance.diagonal().numpy() / expected.diagonal() - 1).max()) < 1e-9
    sums = ((1e4 + offset).T @ (1e4 + offset) - 4000 * np.outer(1e4 + offset.mean(0), 1e4 + offset.mean(0))) / 3999
    assert float(np.abs(sums.diagonal() / expected.diagonal() - 1).max()) > 1e-4


def test_rows_are_kept_until_there_are_more_images_than_dimensions():
    """Up to d images their centred features are the state; after that the covariance is."""
    features = torch.randn(7, 6, generator=torch.Generator().manual_seed(0))
    few = Moments.of(features[:4]).merge(Moments.of(features[4:6]))
    assert few.rows is not None
    assert few.rows.shape == (6, 6)
    many = few.merge(Moments.of(features[6:]))
    assert many.rows is None
    assert many.covariance.shape == (6, 6)


@pytest.mark.parametrize("count", [6, 30])
def test_state_restores_every_bit(count):
    """Moments rebuilt from their state have the same mean, covariance and factor to the last bit."""
    moments = Moments.of(torch.randn(count, 8, generator=torch.Generator().manual_seed(0)))
    again = Moments.from_state(moments.count, {name: array.numpy() for name, array in moments.state().items()})
    for name in ("mean", "covariance", "factor"):
        assert torch.equal(getattr(again, name), getattr(moments, name))


def test_a_restored_factor_is_not_computed_again():
    """The stored factor itself is used: another factor of the same covariance comes back as it was put in."""
    state = Moments.of(torch.randn(30, 4, generator=torch.Generator().manual_seed(0))).state()
    state["factor"] = state["factor"].flip(0)
    assert torch.equal(Moments.from_state(30, state).factor, state["factor"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"factor": None}, "moments need mean and rows, or mean, covariance and factor; got"),
        ({"mean": torch.ones(4, dtype=torch.float32)}, "mean must be float64; got torch.float32"),
        ({"factor": torch.eye(4).double()}, "factor must belong to the covariance, but their traces differ"),
        ({"mean": torch.ones(3).double()}, r"covariance must have shape \[3, 3\]; got \[4, 4\]"),
        ({"mean": torch.full((4,), float("nan")).double()}, "mean must be a finite vector or matrix"),
    ],
)
def test_a_damaged_state_is_refused(change, message):
    """Missing, mixed up, misshapen or non-finite arrays are named."""
    state = Moments.of(torch.randn(30, 4, generator=torch.Generator().manual_seed(0))).state() | change
    with pytest.raises(InputError, match=message):
        Moments.from_state(30, {name: array for name, array in state.items() if array is not None})


def test_a_stored_covariance_of_one_image_is_refused():
    """A count that no covariance can have is not believed."""
    state = Moments.of(torch.randn(30, 4, generator=torch.Generator().manual_seed(0))).state()
    with pytest.raises(NotEnoughSamples, match="at least 2 images; got count=1"):
        Moments.from_state(1, state)


def test_known_moments_are_kept_as_given():
    """Given mean and covariance come back, in double precision, and are no longer the caller's memory."""
    mean, covariance = torch.tensor([1.0, 2.0]), torch.tensor([[2.0, 1.0], [1.0, 3.0]])
    moments = Moments.gaussian(mean, covariance, count=10)
    mean += 1
    covariance += 1
    assert moments.mean.tolist() == [1, 2]
    assert moments.covariance.tolist() == [[2, 1], [1, 3]]
    assert moments.count == 10


def test_given_moments_with_a_count_can_be_merged():
    """Moments of a statistics file and of further images together are those of all images."""
    features = np.random.default_rng(0).standard_normal((20, 3))
    known = Moments.gaussian(features[:15].mean(axis=0), np.cov(features[:15], rowvar=False), count=15)
    assert_same(known.merge(Moments.of(features[15:])), features)
    assert_same(Moments.of(features[15:]).merge(known), features)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Moments.of(torch.ones(3)), InputError, r"features must have shape \[n, d\]"),
        (
            lambda: Moments.of(torch.ones(2, 2, dtype=torch.int32)),
            InputError,
            "must be floating point; got torch.int32",
        ),
        (
            lambda: Moments.of(np.array([[1.0, 2.0], [np.nan, 0.0]])),
            NumericsError,
            "features must be finite, but row 1",
        ),
        (lambda: Moments.of(1e200 * torch.randn(5, 2).double()), NumericsError, "overflows float64"),
        (lambda: Moments.of(torch.ones(1, 2)).covariance, NotEnoughSamples, "at least 2 images; got 1"),
        (lambda: Moments.of(torch.ones(2, 2)).merge(Moments.of(torch.ones(2, 3))), InputError, "got 2 and 3"),
        (
            lambda: Moments.of(torch.ones(2, 2)).merge(Moments.gaussian(torch.ones(2), torch.eye(2))),
            InputError,
            r"known exactly \(count None\)",
        ),
        (lambda: Moments.gaussian(torch.ones(3), torch.eye(2)), InputError, r"shape \[2\] as the covariance has; got"),
        (lambda: Moments.gaussian(torch.ones(2), torch.eye(2), count=1), NotEnoughSamples, "got count=1"),
        (lambda: Moments.gaussian(torch.tensor([0.0, np.inf]), torch.eye(2)), NumericsError, "but entry 1 is not"),
        (lambda: Moments.gaussian(torch.ones(2), torch.ones(2, 2).triu()), InputError, "must be symmetric"),
    ],
)
def test_what_cannot_be_used_is_refused(make, error, message):
    """One line says what is needed and what came."""
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_narrow_features_are_summed_in_double_precision(dtype):
    """Moments of half-precision features are those of their exact promotion."""
    features = torch.randn(40, 3, generator=torch.Generator().manual_seed(0)).to(dtype)
    assert torch.equal(Moments.of(features).covariance, Moments.of(features.double()).covariance)


@settings(deadline=None, max_examples=20)
@given(st.integers(-(10**6), 10**6))
def test_translation_moves_the_mean_only(offset):
    """Adding a constant to every feature adds it to the mean and leaves the covariance."""
    features = torch.randn(12, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    moved = Moments.of(features + offset)
    assert torch.allclose(moved.covariance, Moments.of(features).covariance, atol=1e-9)
    assert torch.allclose(moved.mean, Moments.of(features).mean + offset)


@given(feature_sets())
def test_with_ddof_divides_by_n(features):
    """Mean and count stay; covariance and factor are those of a division by n, with few images and with many."""
    moments = Moments.of(features).with_ddof(0)
    expected = np.cov(features, rowvar=False, ddof=0).reshape(features.shape[1], -1)
    scale = np.abs(features).max() ** 2 + 1e-300
    np.testing.assert_allclose(moments.covariance, expected, atol=1e-13 * scale, rtol=0)
    np.testing.assert_allclose(moments.factor.mT @ moments.factor, expected, atol=1e-13 * scale, rtol=0)
    assert moments.count == len(features)
    np.testing.assert_array_equal(moments.mean, Moments.of(features).mean)


def test_with_ddof_one_and_exact_moments_stay():
    """The library's own convention costs nothing, and what is known exactly has no n to divide by."""
    sampled, exact = Moments.of(torch.eye(3)), Moments.gaussian(torch.zeros(2), torch.eye(2))
    assert sampled.with_ddof(1) is sampled
    assert exact.with_ddof(0) is exact
    with pytest.raises(InputError, match="ddof must be 0 or 1; got 2"):
        sampled.with_ddof(2)


@given(feature_sets(largest_count=60))
def test_covariances_are_symmetric_to_the_last_bit(features):
    """Half of one says all, whatever a product of matrices rounds."""
    half = max(1, len(features) // 2)
    for moments in (Moments.of(features), Moments.of(features[:half]).merge(Moments.of(features[half:]))):
        if moments.matrix is not None:
            assert torch.equal(moments.matrix, moments.matrix.mT)


def test_without_rows_the_covariance_is_the_same():
    """Of few images too; one alone has none."""
    features = torch.randn(5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    lean = Moments.of(features, keep_rows=False)
    assert lean.rows is None
    torch.testing.assert_close(lean.covariance, Moments.of(features).covariance)
    with pytest.raises(NotEnoughSamples):
        Moments.of(features[:1], keep_rows=False)
