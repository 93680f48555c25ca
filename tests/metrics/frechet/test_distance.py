"""The Fréchet distance on known Gaussians: closed forms, invariances, and the textbook's failures."""

import functools

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.frechet.distance import frechet_distance
from tests.oracles import frechet_by_eigvals, frechet_by_sqrtm
from tests.strategies import feature_sets, pairs_of_feature_sets, rotation

DIMENSIONS = [1, 2, 64]


def between(real, fake):
    """The distance of two feature sets."""
    return frechet_distance(Moments.of(real), Moments.of(fake))


def trace(features):
    """The scale that rounding errors of a feature set are measured by."""
    return float(np.var(features, axis=0, ddof=1).sum()) + 1e-300


def reflected(features, seed):
    """Return features mirrored at a random hyperplane: a symmetric rotation that costs no matrix."""
    normal = np.random.default_rng(seed).standard_normal(features.shape[1])
    return features - np.outer(features @ normal, 2 * normal / (normal @ normal))


def transported(count, dimension, seed=0, rank=None):
    """Return real features, a positive definite multiple A of them, and the exact distance.

    A symmetric positive definite matrix is the gradient of a convex function, hence the optimal transport map
    (Brenier): the distance is the mean of |x - A x|^2, where no root is taken and nothing cancels.
    """
    rng = np.random.default_rng(seed)
    real = rng.standard_normal((count, dimension)) * np.arange(1, dimension + 1) ** -0.25
    real[:, rank:] = 0 if rank else real[:, rank:]
    real = reflected(real, seed + 1)
    fake = reflected(reflected(real, seed + 2) * rng.uniform(0.6, 1.2, dimension), seed + 2)
    moved = (real - real.mean(axis=0)) - (fake - fake.mean(axis=0))
    exact = float((moved**2).sum() / (count - 1) + dimension * 0.01**2)
    return real, fake + 0.01 + (real.mean(axis=0) - fake.mean(axis=0)), exact


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [*DIMENSIONS, 2048])
def test_commuting_covariances_leave_the_difference_of_the_standard_deviations(dimension):
    """With common eigenvectors the distance is |m1-m2|^2 + sum (s1-s2)^2, s the standard deviations along them."""
    rng = np.random.default_rng(dimension)
    basis = rotation(dimension, 0)
    s1, s2 = rng.uniform(0.1, 3, (2, dimension))
    mean = rng.standard_normal(dimension)
    real = Moments.gaussian(np.zeros(dimension), (basis * s1**2) @ basis.T)
    fake = Moments.gaussian(mean, (basis * s2**2) @ basis.T)
    assert frechet_distance(real, fake) == pytest.approx(((s1 - s2) ** 2).sum() + mean @ mean, rel=1e-10)


@pytest.mark.parametrize(("count", "dimension"), [(50, 1), (50, 2), (500, 64), (70, 64), (64, 64), (20, 64), (2, 64)])
@pytest.mark.parametrize("rank", [None, 10])
def test_a_known_transport_map_gives_the_distance(count, dimension, rank):
    """With more images than dimensions, as many, fewer, and of lower rank: within 1e-10 of the closed form."""
    real, fake, exact = transported(count, dimension, rank=rank)
    assert between(real, fake) == pytest.approx(exact, rel=1e-10)
    assert between(fake, real) == pytest.approx(exact, rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "dimension", "rank"), [(2200, 2048, None), (520, 2048, None), (520, 2048, 300), (600, 512, 250)]
)
def test_the_closed_form_is_met_at_the_size_of_pool3(count, dimension, rank):
    """At d = 2048, with more images than dimensions, fewer, and a singular covariance: within 1e-9."""
    real, fake, exact = transported(count, dimension, rank=rank)
    assert between(real, fake) == pytest.approx(exact, rel=1e-9)


def test_rotated_pool3_features_are_at_the_same_distance():
    """At d = 2048 with 200 images, mirroring both sets at one hyperplane leaves the closed form met."""
    real, fake, exact = transported(200, 2048)
    assert between(reflected(real, 9), reflected(fake, 9)) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize(
    ("count", "spared"),
    [(500, {"nuclear_norm", "squared_procrustes"}), (20, {"gram_nuclear_norm", "squared_procrustes"})],
)
def test_ordinary_sets_are_served_by_a_cheap_form(monkeypatch, count, spared):
    """With enough images eigenvalues do, with few singular values: the dear sum of squares is for near coincidence."""
    real, fake, exact = transported(count, 64)

    def dear(*_: object) -> float:
        raise AssertionError("a dearer form than needed")

    for name in spared:
        monkeypatch.setattr(f"ganmetrics.metrics.frechet.distance.{name}", dear)
    assert between(real, fake) == pytest.approx(exact, rel=1e-10)


def test_fewer_images_on_one_side_only():
    """Rows on one side and a covariance on the other give the same as covariances of full rank do by the textbook."""
    real, fake, _ = transported(300, 32)
    few = fake[:20]
    value = between(real, few)
    moments = [Moments.of(side) for side in (real, few)]
    expected = frechet_by_sqrtm(*(array.numpy() for side in moments for array in (side.mean, side.covariance)))
    assert value == pytest.approx(expected, rel=1e-6)
    assert between(few, real) == pytest.approx(value, rel=1e-12)


def test_the_textbook_formula_misses_the_closed_form_with_few_images():
    """Control: the root of a singular product is off by more than 1e-9 where `frechet_distance` is not."""
    real, fake, exact = transported(20, 64)
    arrays = [array for side in (real, fake) for array in (side.mean(axis=0), np.cov(side, rowvar=False))]
    assert abs(frechet_by_sqrtm(*arrays) / exact - 1) > 1e-9
    assert abs(frechet_by_eigvals(*arrays) / exact - 1) > 1e-9
    assert abs(between(real, fake) / exact - 1) < 1e-12


def test_the_textbook_formula_is_met_where_it_is_good():
    """On well-conditioned covariances of unlike eigenvectors three ways agree."""
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((300, 12)), rng.standard_normal((300, 12)) @ rng.standard_normal((12, 12))
    arrays = [array for side in (real, fake) for array in (side.mean(axis=0), np.cov(side, rowvar=False))]
    assert between(real, fake) == pytest.approx(frechet_by_sqrtm(*arrays), rel=1e-11)
    assert between(real, fake) == pytest.approx(frechet_by_eigvals(*arrays), rel=1e-11)


@pytest.mark.parametrize("wrong", ["no root", "elementwise root"])
def test_another_root_is_another_number(wrong):
    """Control: the trace of the product, or of its elementwise root, misses the distance by far."""
    real, fake, exact = transported(300, 8)
    c1, c2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = c1 @ c2 if wrong == "no root" else np.sqrt(np.abs(c1)) @ np.sqrt(np.abs(c2))
    shift = real.mean(axis=0) - fake.mean(axis=0)
    assert abs(shift @ shift + np.trace(c1 + c2 - 2 * root) - exact) > 0.1 * exact


@pytest.mark.slow
@pytest.mark.parametrize(("count", "dimension"), [(20, 64), (64, 64), (65, 64), (300, 64), (200, 2048)])
@pytest.mark.parametrize("scale", [1e-7, 1e-5, 1e-2])
def test_a_slightly_scaled_copy_is_told_apart(count, dimension, scale):
    """Features times 1 + s are at s^2 (tr C + |m|^2), down to s = 1e-7 where the textbook sees noise of either sign."""
    real = np.random.default_rng(0).standard_normal((count, dimension)) + 0.5
    moments = Moments.of(real)
    exact = scale**2 * float(moments.covariance.trace() + moments.mean.square().sum())
    assert between(real, real * (1 + scale)) == pytest.approx(exact, rel=1e-3 if scale < 1e-6 else 1e-9)


@pytest.mark.slow
@given(feature_sets())
def test_a_set_is_at_no_distance_from_itself(features):
    """The same moments give exactly 0; the same images in another order at most 1e-12 of the trace."""
    assert between(features, features) == 0
    assert 0 <= between(features, features[::-1]) <= 1e-12 * trace(features)


@pytest.mark.parametrize("count", [40, 64, 65, 1000])
def test_the_same_images_in_other_batches_are_at_no_distance(count):
    """Sums that round differently leave less than 1e-12 of the trace, below, at and above the dimension."""
    features = np.random.default_rng(count).standard_normal((count, 64)) * np.arange(1, 65) ** -0.5 + 3
    whole = Moments.of(features)
    order = np.random.default_rng(0).permutation(count)
    parts = functools.reduce(Moments.merge, map(Moments.of, np.array_split(features[order], 7)))
    assert 0 <= frechet_distance(whole, parts) <= 1e-12 * float(whole.covariance.trace())


@pytest.mark.slow
@given(pairs_of_feature_sets())
def test_the_distance_is_symmetric_and_never_negative(pair):
    """Real and fake may be exchanged within the error of each form, 1e-10; the value is a float of at least 0."""
    there, back = between(*pair), between(*pair[::-1])
    assert isinstance(there, float)
    assert there >= 0
    assert there == pytest.approx(back, rel=2e-10, abs=1e-14 * sum(map(trace, pair)))


@pytest.mark.slow
@given(pairs_of_feature_sets(), st.integers(0, 1000))
def test_rotation_and_translation_of_both_sets_change_nothing(pair, seed):
    """The distance is a property of the two clouds, not of the axes."""
    basis = rotation(pair[0].shape[1], seed)
    moved = [features @ basis + 0.25 for features in pair]
    assert between(*moved) == pytest.approx(between(*pair), rel=1e-8, abs=1e-11 * sum(map(trace, pair)))


@pytest.mark.slow
@given(pairs_of_feature_sets(), st.sampled_from([-3.0, 0.125, 10.0, 1e6]))
def test_scaling_both_sets_scales_the_distance_by_the_square(pair, factor):
    """The distance is in squared units of the features."""
    scaled = between(*(factor * features for features in pair))
    assert scaled == pytest.approx(factor**2 * between(*pair), rel=1e-8, abs=1e-12 * factor**2 * sum(map(trace, pair)))


@pytest.mark.slow
@given(feature_sets(), st.floats(0.1, 10))
def test_a_farther_shift_is_a_greater_distance(features, shift):
    """Between a set and its shifted copy the distance is the squared shift, and so grows with it."""
    spread = trace(features) ** 0.5 + np.abs(features).max()
    near, far = (between(features, features + factor * shift * spread) for factor in (1, 2))
    assert near == pytest.approx(features.shape[1] * (shift * spread) ** 2, rel=1e-9)
    assert far == pytest.approx(4 * near, rel=1e-9)


@pytest.mark.slow
@given(pairs_of_feature_sets())
def test_different_moments_are_at_a_positive_distance(pair):
    """The distance is zero for equal moments only."""
    assume(not np.array_equal(*pair))
    assert between(*pair) > 0


def test_a_bare_singular_covariance_is_met():
    """From covariances alone, with rank 10 of 64, the distance is within 1e-9 of the closed form."""
    real, fake, exact = transported(500, 64, rank=10)
    sides = [Moments.gaussian(side.mean(axis=0), np.cov(side, rowvar=False)) for side in (real, fake)]
    assert frechet_distance(*sides) == pytest.approx(exact, rel=1e-9)


def test_dead_and_nearly_dead_features_do_no_harm():
    """Constant features, duplicates, and variances from 1e-12 to 1e6 leave the closed form met."""
    rng = np.random.default_rng(0)
    scales = np.logspace(-6, 3, 20)
    s1, s2 = rng.uniform(1, 2, (2, 20)) * scales
    real, fake = (Moments.gaussian(np.zeros(23), np.diag(np.r_[s**2, 0, 0, 0])) for s in (s1, s2))
    assert frechet_distance(real, fake) == pytest.approx(((s1 - s2) ** 2).sum(), rel=1e-10)
    features, moved, exact = transported(100, 6)
    doubled = [np.hstack([side, side, np.full((100, 2), 0.1)]) for side in (features, moved)]
    assert between(*doubled) == pytest.approx(2 * exact, rel=1e-9)


@pytest.mark.parametrize("count", [2, 5, 40])
def test_a_collapsed_side_leaves_the_shift_and_the_other_trace(count):
    """Images that are all the same have no covariance: the distance is |m1-m2|^2 + tr C, however many they are."""
    real = np.random.default_rng(0).standard_normal((30, 8))
    fake = np.full((count, 8), 2.0)
    exact = trace(real) + ((real.mean(axis=0) - 2.0) ** 2).sum()
    assert between(real, fake) == pytest.approx(exact, rel=1e-12)
    assert between(fake, real) == pytest.approx(exact, rel=1e-12)
    assert between(fake, fake[:2] - 3.0) == pytest.approx(8 * 9.0, rel=1e-12)


def test_a_stored_factor_gives_the_same_distance_to_the_last_bit():
    """Moments put away and restored are as good as the original."""
    real, fake, _ = transported(100, 16)
    moments = Moments.of(real)
    again = Moments.from_state(100, moments.state())
    assert frechet_distance(again, Moments.of(fake)) == frechet_distance(moments, Moments.of(fake))


@pytest.mark.parametrize("scale", [1e-60, 1e60])
def test_tiny_and_huge_features_keep_the_digits(scale):
    """Squares of squares, which would leave the range of float64, are not formed."""
    real, fake, exact = transported(100, 16)
    assert between(scale * real, scale * fake) == pytest.approx(scale**2 * exact, rel=1e-9)


@pytest.mark.parametrize(
    ("real", "fake", "error", "message"),
    [
        (Moments.of(torch.eye(2)), Moments.of(torch.eye(3)), InputError, "real 2 and fake 3"),
        (Moments.of(torch.eye(2)), Moments.of(torch.ones(1, 2)), NotEnoughSamples, "at least 2 fake images; got 1"),
        (Moments.of(torch.ones(1, 2)), Moments.of(torch.eye(2)), NotEnoughSamples, "at least 2 real images; got 1"),
        (
            Moments.gaussian(torch.zeros(2), torch.diag(torch.tensor([1.0, -0.25]))),
            Moments.of(torch.eye(2)),
            NumericsError,
            "smallest eigenvalue is -0.25",
        ),
        (Moments.of(1e200 * torch.eye(2).double()), Moments.of(torch.eye(2)), NumericsError, "must be finite; got inf"),
    ],
)
def test_what_has_no_distance_is_refused(real, fake, error, message):
    """Dimensions, counts, indefinite covariances and overflow are named."""
    with pytest.raises(error, match=message):
        frechet_distance(real, fake)
