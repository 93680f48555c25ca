"""The sliced distance: closed forms, an independent oracle, unequal counts, correction and interval."""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.sliced import sliced_distance, sliced_estimate, unit_vectors
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def by_quantiles(real, fake, directions, seed):
    """The integral of squared differences of quantile functions, each image repeated until the counts agree."""
    vectors = unit_vectors(real.shape[1], directions, seed).numpy()
    one, other = np.sort(real @ vectors, axis=0), np.sort(fake @ vectors, axis=0)
    common = np.lcm(len(one), len(other))
    difference = one.repeat(common // len(one), axis=0) - other.repeat(common // len(other), axis=0)
    return 3 * real.shape[1] * (difference**2).mean()


@pytest.mark.parametrize(
    ("counts", "dimension"), [((30, 30), 4), ((30, 20), 4), ((7, 11), 3), ((1, 5), 2), ((40, 8), 1)]
)
def test_it_is_the_integral_of_quantiles(counts, dimension):
    """At equal and unequal counts, one image included."""
    real, fake = drawn(counts[0], dimension, 1), 1.3 * drawn(counts[1], dimension, 2) + 0.2
    found = sliced_distance(real, fake, directions=50, seed=3)
    assert found == pytest.approx(by_quantiles(real, fake, 50, 3), rel=1e-12)


def test_on_a_line_it_is_the_wasserstein_distance():
    """SciPy's, of order 1, where all of one side lie beyond the other by one amount: its square."""
    real = drawn(25, 1)
    assert scipy.stats.wasserstein_distance(real[:, 0], real[:, 0] + 2) == pytest.approx(2)
    assert sliced_distance(real, real + 2, directions=3) == pytest.approx(3 * 4, rel=1e-12)


def test_a_shift_gives_its_square():
    """Over directions the mean of a shift's squared projection is |shift|^2 / d, so 3 d makes it 3 |shift|^2."""
    real, shift = drawn(20, 8), np.array([2.0, *[0.0] * 7])
    assert sliced_distance(real, real + shift, directions=20_000) == pytest.approx(3 * 4, rel=0.03)
    vectors = unit_vectors(8, 1000, 2020).numpy()
    assert sliced_distance(real, real + shift) == pytest.approx(24 * ((shift @ vectors) ** 2).mean(), rel=1e-10)


@settings(max_examples=8)
@given(st.integers(0, 100), st.sampled_from([1e-3, 1.0, 1e4]))
def test_scale_order_and_exchange(seed, scale):
    """A factor comes out squared; the order of images and of sides does not matter; equal sets are at 0."""
    real, fake = drawn(20, 3, seed), drawn(15, 3, seed + 1000)
    found = sliced_distance(real, fake, directions=40)
    assert sliced_distance(scale * fake[::-1].copy(), scale * real, directions=40) == pytest.approx(scale**2 * found)
    assert sliced_distance(real, real[::-1].copy(), directions=40) == 0
    assert sliced_distance(real, real.repeat(3, axis=0), directions=40) == 0


def test_turning_both_sides_changes_little():
    """The directions are drawn, not turned with the images: within their sampling the distance stays."""
    real, fake = drawn(50, 6, 1), 1.5 * drawn(50, 6, 2)
    turn = rotation(6, 0)
    one, other = (sliced_distance(*sides, directions=4000) for sides in ((real, fake), (real @ turn, fake @ turn)))
    assert one == pytest.approx(other, rel=0.05)
    assert one != other


def test_it_is_seen_where_moments_are_equal():
    """Two clusters and a Gaussian of the same mean and covariance: a Fréchet distance near 0, this one not."""
    from ganmetrics.core.gaussian.moments import Moments
    from ganmetrics.metrics.frechet.distance import frechet_distance

    real = drawn(600, 1, 1)
    fake = np.sign(drawn(600, 1, 2))
    real, fake = ((side - side.mean()) / side.std() for side in (real, fake))
    assert frechet_distance(Moments.of(real), Moments.of(fake)) < 1e-9
    assert sliced_distance(real, fake) > 0.5


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_the_correction_takes_the_bias_away():
    """Two samples of one distribution, 40 times: the value is far above 0, the corrected one about it."""
    found = [sliced_estimate(drawn(100, 4, seed), drawn(100, 4, seed + 500), directions=100) for seed in range(40)]
    value, corrected = (np.mean([getattr(one, name) for one in found]) for name in ("value", "corrected"))
    assert value > 0.2
    assert abs(corrected) < 0.1 * value
    assert all(one.low <= one.corrected <= one.high for one in found)


@pytest.mark.slow
@pytest.mark.parametrize(("gap", "count"), [(0.0, 100), (0.5, 100), (0.5, 300)])
@pytest.mark.usefixtures("unchecked")
def test_intervals_cover(gap, count):
    """The populations' distance along these directions, in 100 repetitions: between 0.88 and 1 at 95 %."""
    directions, shift = 100, gap * np.ones(4)
    truth = 12 * ((shift @ unit_vectors(4, directions, 2020).numpy()) ** 2).mean()
    covered = 0
    for seed in range(100):
        found = sliced_estimate(drawn(count, 4, 2 * seed), drawn(count, 4, 2 * seed + 1) + shift, directions=directions)
        covered += found.low <= truth <= found.high
    assert covered >= 88


def test_devices_and_types_do_not_matter():
    """Half precision, tensors and arrays of the same values give the same."""
    real = torch.from_numpy(drawn(20, 3, 1)).half()
    fake = torch.from_numpy(drawn(18, 3, 2)).half()
    assert sliced_distance(real, fake) == sliced_distance(real.double().numpy(), fake.float())


def test_what_has_no_answer_is_refused():
    """Other widths, no directions, a factor that is none, an entry that is not finite, few images for an interval."""
    real = drawn(20, 3)
    with pytest.raises(InputError, match="both sides need one dimension; got real 3 and fake 2"):
        sliced_distance(real, real[:, :2])
    with pytest.raises(InputError, match="directions must be at least 1; got 0"):
        sliced_distance(real, real, directions=0)
    with pytest.raises(InputError, match="factor must be positive and finite; got 0"):
        sliced_distance(real, real, factor=0.0)
    with pytest.raises(NumericsError, match="fake features must be finite, but row 1 is not"):
        sliced_distance(real, np.array([[0.0] * 3, [np.nan] * 3]))
    with pytest.raises(NotEnoughSamples, match="an interval needs at least 16 images a side; got 15"):
        sliced_estimate(real, real[:15])
