"""Each image's influence on the Fréchet distance: against weights, removals, closed forms, and singular covariances."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.influence import frechet_influence
from tests.strategies import pairs_of_feature_sets, rotation


def distance(real, fake):
    """The distance of two feature sets."""
    return frechet_distance(Moments.of(real), Moments.of(fake))


def sets(real_count, fake_count, dimension, seed=0):
    """Return real features, and fake ones of another mean and spread."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.5, 1.5, dimension)
    fake = rng.standard_normal((fake_count, dimension)) * spread + rng.normal(0, 0.3, dimension)
    return rng.standard_normal((real_count, dimension)), fake


def weighted_distance(real, fake, weights):
    """The distance where the fake images have weights, their covariance keeping its divisor's n / (n - 1).

    Written from the definition, with the nuclear norm of rows that carry the roots of their weights.
    """
    count = len(fake)
    mean = weights @ fake
    rows = (fake - mean) * np.sqrt(weights * count / (count - 1))[:, None]
    centred = (real - real.mean(axis=0)) / np.sqrt(len(real) - 1)
    trace = np.linalg.norm(centred @ rows.T, "nuc")
    return ((real.mean(axis=0) - mean) ** 2).sum() + (centred**2).sum() + (rows**2).sum() - 2 * trace


@pytest.mark.parametrize(("real_count", "fake_count"), [(60, 50), (60, 9), (7, 50), (7, 9), (12, 13)])
def test_an_influence_is_the_derivative_by_the_weight(real_count, fake_count):
    """Shifting weight to an image moves the distance as said, also where either covariance is singular (d = 12)."""
    real, fake = sets(real_count, fake_count, 12)
    found = frechet_influence(real, fake)
    even = np.full(fake_count, 1 / fake_count)
    step = 1e-6
    for image in range(0, fake_count, 4):
        toward = step * (np.eye(fake_count)[image] - even)
        slope = (weighted_distance(real, fake, even + toward) - weighted_distance(real, fake, even - toward)) / 2
        assert float(found.fake[image]) == pytest.approx(slope / step / fake_count, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("side", ["real", "fake"])
def test_influences_add_up_to_the_change_when_images_are_removed(side):
    """Without 20 of 4,000 images of a side the distance differs by minus the sum of their influences, within 5 %."""
    real, fake = sets(4000, 4000, 8, seed=1)
    found = getattr(frechet_influence(real, fake), side)
    for chosen in (found.sort(descending=True).indices[:20], found.sort().indices[:20]):
        kept = np.delete(np.arange(4000), chosen)
        left = distance(real[kept], fake) if side == "real" else distance(real, fake[kept])
        assert left - distance(real, fake) == pytest.approx(-float(found[chosen].sum()), rel=0.05)


@pytest.mark.parametrize("count", [40, 100, 2000])
def test_planted_outliers_rank_first(count):
    """Three fakes from far away raise the distance more than all others, with fewer images than features (64) too."""
    real, fake = sets(count, count, 64, seed=2)
    planted = [3, 17, 31]
    fake[planted] += 3 * np.random.default_rng(5).standard_normal((3, 64))
    order = frechet_influence(real, fake).fake.sort(descending=True).indices
    assert set(order[:3].tolist()) == set(planted)


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [0.5, 1, 2])
def test_with_few_images_the_order_is_that_of_leaving_each_out(ratio):
    """Where the derivative is no measure of removals it still ranks images as they do: correlation above 0.75."""
    count = int(24 * ratio)
    real, fake = sets(200, count, 24, seed=3)
    whole = distance(real, fake)
    removed = [whole - distance(real, np.delete(fake, image, axis=0)) for image in range(count)]
    assert np.corrcoef(frechet_influence(real, fake).fake.numpy(), removed)[0, 1] > 0.75


@pytest.mark.slow
@given(pairs_of_feature_sets())
def test_each_side_adds_up_to_nothing(pair):
    """Weights add up to 1: what one image gains the others lose."""
    for side in frechet_influence(*pair):
        assert abs(float(side.sum())) <= 1e-12 * len(side) * (1 + float(side.abs().max()))


@pytest.mark.slow
@given(pairs_of_feature_sets())
def test_exchanging_the_sides_exchanges_the_influences(pair):
    """The distance is symmetric, and so are its derivatives."""
    one, other = frechet_influence(*pair), frechet_influence(*reversed(pair))
    scale = 1e-9 * max(float(np.square(side).sum()) for side in pair)
    torch.testing.assert_close(one.real, other.fake, rtol=1e-6, atol=scale)
    torch.testing.assert_close(one.fake, other.real, rtol=1e-6, atol=scale)


@pytest.mark.slow
@given(st.integers(0, 99), st.sampled_from([(30, 40), (5, 40), (5, 4)]))
def test_turning_the_features_changes_nothing(seed, counts):
    """A rotation and a shift of both sets leave every influence as it is."""
    real, fake = sets(*counts, 6, seed=seed)
    turn = rotation(6, seed)
    before, after = frechet_influence(real, fake), frechet_influence(real @ turn + 3, fake @ turn + 3)
    torch.testing.assert_close(before.fake, after.fake, rtol=1e-7, atol=1e-8)
    torch.testing.assert_close(before.real, after.real, rtol=1e-7, atol=1e-8)


def test_one_dimension_has_a_closed_form():
    """With deviations s1, s2 the map is s1/s2: z from its mean, an image has 2 z (m2 - m1) + z^2 (1 - s1/s2)."""
    real, fake = sets(30, 20, 1, seed=4)
    z = (fake - fake.mean())[:, 0]
    ratio = real.std(ddof=1) / fake.std(ddof=1)
    terms = 2 * z * (fake.mean() - real.mean()) + z**2 * (1 - ratio) * 20 / 19
    np.testing.assert_allclose(
        frechet_influence(real, fake).fake.numpy(), (terms - terms.mean()) / 20, rtol=1e-10, atol=1e-12
    )


def test_the_transport_map_is_the_textbooks():
    """With full rank, I - T with T = C2^(-1/2) (C2^(1/2) C1 C2^(1/2))^(1/2) C2^(-1/2), by SciPy's roots."""
    scipy_linalg = pytest.importorskip("scipy.linalg")
    real, fake = sets(80, 70, 5, seed=6)
    c1, c2 = np.cov(real.T), np.cov(fake.T)
    root = scipy_linalg.sqrtm(c2).real
    inverse = np.linalg.inv(root)
    gap = np.eye(5) - inverse @ scipy_linalg.sqrtm(root @ c1 @ root).real @ inverse
    z = fake - fake.mean(axis=0)
    terms = 2 * z @ (fake.mean(axis=0) - real.mean(axis=0)) + np.einsum("ni,ij,nj->n", z, gap, z) * 70 / 69
    np.testing.assert_allclose(
        frechet_influence(real, fake).fake.numpy(), (terms - terms.mean()) / 70, rtol=1e-8, atol=1e-10
    )


def test_a_set_against_itself_has_no_influential_images():
    """At distance 0 the gradient is 0: control for the tests above, whose influences are not."""
    real, fake = sets(50, 50, 4)
    assert float(frechet_influence(real, real).fake.abs().max()) < 1e-12
    assert float(frechet_influence(real, fake).fake.abs().max()) > 1e-3


def test_sets_without_spread():
    """One repeated image on a side is a covariance of zero: what is left is the distance from its mean."""
    real, _ = sets(10, 2, 3)
    fake = np.ones((4, 3))
    found = frechet_influence(real, fake)
    assert found.fake.tolist() == [0.0] * 4
    z = real - real.mean(axis=0)
    terms = 2 * z @ (real.mean(axis=0) - 1) + (z**2).sum(axis=1) * 10 / 9
    np.testing.assert_allclose(found.real.numpy(), (terms - terms.mean()) / 10, rtol=1e-10)


@pytest.mark.parametrize(
    ("real", "fake", "error", "message"),
    [
        (torch.zeros(1, 3), torch.zeros(5, 3), NotEnoughSamples, "at least 2 real images; got 1"),
        (torch.zeros(5, 3), torch.zeros(1, 3), NotEnoughSamples, "at least 2 fake images; got 1"),
        (torch.zeros(5, 3), torch.zeros(5, 2), InputError, "one dimension; got real 3 and fake 2"),
        (torch.zeros(5), torch.zeros(5, 2), InputError, "real features must have shape"),
        (torch.zeros(5, 1), torch.tensor([[0.0], [torch.nan]]), NumericsError, "row 1 is not"),
    ],
)
def test_bad_input_is_refused(real, fake, error, message):
    """What is needed and what came, by side."""
    with pytest.raises(error, match=message):
        frechet_influence(real, fake)
