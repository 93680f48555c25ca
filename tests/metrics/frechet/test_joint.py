"""The distance from few images: its invariances, its interval, and what it says of images it cannot be trusted on."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics import InputError, Moments, NotEnoughSamples, frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate, means_variance
from ganmetrics.metrics.frechet.joint_difference import difference_from_few
from ganmetrics.metrics.frechet.sample import Sample, kept_images

WIDTH = 32
SPREAD = np.arange(1, WIDTH + 1.0) ** -0.5


def draw(count, seed, *, shift=0.0, scale=1.0):
    """Gaussian features of variances 1/k."""
    return scale * np.random.default_rng([seed, count]).standard_normal((count, WIDTH)) * SPREAD + shift


@pytest.mark.slow
@settings(max_examples=4)
@given(seed=st.integers(0, 2**16), counts=st.sampled_from([(40, 40), (33, 120), (90, 34)]), power=st.integers(-3, 3))
def test_turned_scaled_and_shuffled_images_have_the_same_distance(seed, counts, power):
    """Rotations and the images' order change nothing; features times s make it s^2 times as large."""
    real, fake = draw(counts[0], seed), draw(counts[1], seed + 1, shift=0.1)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((WIDTH, WIDTH)))[0] * 10.0**power
    first = frechet_estimate(real, fake)
    other = frechet_estimate(rng.permutation(real) @ turn, rng.permutation(fake) @ turn)
    allowed = 1e-3 * first.error
    for name in ("corrected", "low", "high"):
        assert getattr(other, name) / 100.0**power == pytest.approx(getattr(first, name), abs=allowed)
    assert other.calibrated == first.calibrated


@pytest.mark.slow
@pytest.mark.parametrize("counts", [(40, 40), (40, 200)])
def test_sides_may_be_exchanged(counts):
    """The distance is symmetric, but for the path the fit takes."""
    real, fake = draw(counts[0], 1), draw(counts[1], 2, scale=1.2)
    there, back = frechet_estimate(real, fake), frechet_estimate(fake, real)
    assert there.corrected == pytest.approx(back.corrected, abs=0.02 * there.error)
    assert there.error == pytest.approx(back.error, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(("counts", "shift"), [((24, 24), 0.0), ((24, 24), 0.3), ((100, 32), 0.0), ((80, 80), 0.3)])
def test_interval_covers(counts, shift):
    """Over draws the mean is the truth, and the interval covers it: neither never, nor by being endless."""
    truth, found = WIDTH * shift**2, []
    for seed in range(24):
        found.append(frechet_estimate(draw(counts[0], 2 * seed), draw(counts[1], 2 * seed + 1, shift=shift)))
    values = np.array([one.corrected for one in found])
    spread = values.std(ddof=1)
    trace = 2 * float((SPREAD**2).sum())
    assert abs(values.mean() - truth) < 3 * spread / math.sqrt(24) + 0.01 * trace
    assert np.mean([one.low <= truth <= one.high for one in found]) >= 0.85
    assert np.mean([one.error for one in found]) < 2 * spread
    assert np.mean([one.value for one in found]) > truth + 2 * spread


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_variance_of_the_means_part():
    """Over draws the squared distance of the means, less its noise, varies as `means_variance` says."""
    values, variances = [], []
    for seed in range(200):
        real, fake = (Sample.of(draw(40, 2 * seed + side, shift=0.2 * side)) for side in (0, 1))
        shift = float((real.moments.mean - fake.moments.mean).square().sum())
        values.append(shift - real.trace / 40 - fake.trace / 40)
        variances.append(means_variance(real, fake))
    assert np.var(values, ddof=1) == pytest.approx(np.mean(variances), rel=0.35)
    assert np.mean(values) == pytest.approx(WIDTH * 0.04, rel=0.1)


@pytest.mark.usefixtures("unchecked")
def test_variance_of_the_means_part_where_nothing_is_apart():
    """Of one feature the means' squared distance is z^2 |M|, and the variance on average E max(4 z^2 - 2, 1) |M|^2.

    With h = (3/4)^(1/2) that is 2 + 4 (h^2 P - P + 2 h phi(h)), P the probability of |z| < h: 1.64 times the truth, 2.
    The least that the variance can be as its bound would make it 1.97 times.
    """
    h, variances = math.sqrt(0.75), []
    for seed in range(3000):
        rng = np.random.default_rng([5, seed])
        real, fake = (Sample.of(rng.standard_normal((50, 1))) for _ in range(2))
        variances.append(means_variance(real, fake) / (2 / 50) ** 2)
    inside = math.erf(h / math.sqrt(2))
    expected = 2 + 4 * (h**2 * inside - inside + 2 * h * math.exp(-(h**2) / 2) / math.sqrt(2 * math.pi))
    assert expected / 2 == pytest.approx(1.64, abs=0.005)
    assert np.mean(variances) == pytest.approx(expected, rel=0.1)


def test_a_draw_whose_errors_are_no_covariance():
    """As many images as features, k^-1, nothing apart: one draw in some hundreds was at -2.0, with an error of 0.05."""
    rng = np.random.default_rng([21, 105, 64, 64])
    real, fake = (rng.standard_normal((64, 64)) * np.arange(1, 65.0) ** -0.5 for _ in range(2))
    found = frechet_estimate(real, fake)
    assert abs(found.corrected) < 3 * found.error


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("sigma", "most"), [(0.0, 0.98), (0.25, 0.99)])
def test_intervals_cover_as_often_as_they_say(sigma, most):
    """Of 200 draws 95 % intervals cover neither too few nor nearly all: 92 to 98 %, a little more with tails."""
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng([8, seed])
        scales = np.exp(sigma * rng.standard_normal((2, 32, 1)) - sigma**2)
        found = frechet_estimate(*(scales * rng.standard_normal((2, 32, WIDTH)) * SPREAD))
        covered += found.low <= 0 <= found.high
    assert 0.92 <= covered / 200 <= most


@pytest.mark.slow
def test_exact_real_side():
    """A real side without a count adds no error: the interval is narrower than with as few real images as fakes."""
    exact = Moments.gaussian(np.zeros(WIDTH), np.diag(SPREAD**2))
    fake = draw(40, 1)
    known, sampled = frechet_estimate(exact, fake), frechet_estimate(draw(40, 2), fake)
    assert known.low < 0 < known.high
    assert known.error < sampled.error
    both = frechet_estimate(exact, exact)
    assert both.corrected == pytest.approx(0, abs=2e-3)
    assert both.error < 1e-6


@pytest.mark.slow
def test_moments_alone_take_images_for_gaussian():
    """With a count but without images there is a value, and it is not called calibrated."""
    real, fake = draw(200, 1), draw(40, 2)
    moments = Moments.of(real)
    without, with_images = frechet_estimate(moments, fake), frechet_estimate(real, fake)
    assert not without.calibrated
    assert "no real images are kept" in without.reason
    assert with_images.calibrated
    assert without.corrected == pytest.approx(with_images.corrected, abs=with_images.error)


def test_one_feature():
    """With one feature the corrected distance is close to that of the Gaussians' own formula."""
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((4000, 1)), 1 + 2 * rng.standard_normal((4000, 1))
    found = frechet_estimate(real, fake)
    assert found.corrected == pytest.approx(2.0, abs=3 * found.error)
    assert found.corrected == pytest.approx(frechet_distance(Moments.of(real), Moments.of(fake)), abs=0.01)


def collapsed(rng):
    """Images of which there are only three different."""
    return rng.standard_normal((3, WIDTH))[rng.integers(3, size=40)]


def huge(rng):
    """One image a thousand times as long as the others."""
    images = rng.standard_normal((40, WIDTH))
    images[7] *= 1000
    return images


def scales(rng):
    """Images of very unlike scales."""
    return rng.standard_normal((40, WIDTH)) * np.exp(rng.standard_normal((40, 1)))


def twins(rng):
    """Images of which every second is nearly another."""
    images = rng.standard_normal((40, WIDTH))
    images[::2] = images[1::2] + 1e-4 * images[::2]
    return images


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (collapsed, "different images"),
        (twins, "equal others"),
        (huge, "of the variance"),
        (scales, "tails are heavy"),
        (lambda rng: np.tile(rng.standard_normal((1, WIDTH)), (40, 1)), "equal features"),
    ],
)
def test_doubtful_images_are_called_so(make, says):
    """Nothing is raised, nothing is NaN, and the reason names what is wrong; good images have none."""
    rng = np.random.default_rng(5)
    real = rng.standard_normal((40, WIDTH))
    found = frechet_estimate(real, make(rng))
    assert not found.calibrated
    assert says in found.reason
    for number in (found.corrected, found.low, found.high, found.error):
        assert number is None or math.isfinite(number)
    good = frechet_estimate(real, rng.standard_normal((40, WIDTH)))
    assert good.calibrated
    assert good.reason == ""


@pytest.mark.slow
def test_common_images_are_said():
    """Fakes that are real images are no independent sample; and images close by chance are not called so."""
    real = draw(40, 1)
    found = frechet_estimate(real, np.concatenate([real[:10], draw(30, 2)]))
    assert "10 fake images are real ones" in found.reason
    steep = np.arange(1, WIDTH + 1.0) ** -2
    assert "equal" not in frechet_estimate(draw(40, 1) * steep, draw(40, 2) * steep).reason


def test_sides_without_a_common_direction():
    """Where one side varies the other does not: nothing is raised, and the distance is that of the traces."""
    real, fake = draw(20, 1), draw(20, 2)
    real[:, :16], fake[:, 16:] = 0, 0
    found = frechet_estimate(real, fake)
    traces = real.var(axis=0, ddof=1).sum() + fake.var(axis=0, ddof=1).sum()
    assert found.corrected == pytest.approx(traces, abs=3 * found.error)
    exact = [Moments.gaussian(np.zeros(4), np.diag(spread)) for spread in ([1.0, 1, 0, 0], [0.0, 0, 1, 1])]
    assert frechet_estimate(*exact).corrected == pytest.approx(4)


@pytest.mark.parametrize("columns", [slice(0, 0), slice(0, 20), slice(0, 31)])
def test_constant_features_do_not_count(columns):
    """Features that never vary, on both sides, add nothing: the distance is that without them."""
    real, fake = draw(60, 1), draw(60, 2)
    real[:, columns] = fake[:, columns] = 3.0
    kept = np.delete(np.arange(WIDTH), columns)
    found, without = frechet_estimate(real, fake), frechet_estimate(real[:, kept], fake[:, kept])
    assert found.corrected == pytest.approx(without.corrected, abs=0.02 * without.error + 1e-12)
    assert found.error == pytest.approx(without.error, rel=0.02)


@pytest.mark.slow
def test_equal_images_count_once():
    """Copies change nothing but the trust: they are no further images."""
    real, fake = draw(40, 1), draw(28, 2)
    copied = np.concatenate([fake, fake[:4]])
    assert frechet_estimate(real, copied).corrected == pytest.approx(frechet_estimate(real, fake).corrected, rel=1e-9)
    assert not frechet_estimate(real, copied).calibrated


def test_too_few_images_are_said():
    """Below 16 there is no corrected value, below 32 no trust; one image is refused."""
    real = draw(40, 1)
    none = frechet_estimate(real, draw(15, 2))
    assert none.corrected is None
    assert none.reason == "a corrected distance needs 16 images a side; got 15"
    assert "needs 32 images a side for 32 features; got 20" in frechet_estimate(real, draw(20, 2)).reason
    with pytest.raises(NotEnoughSamples):
        frechet_estimate(real, draw(1, 2))
    with pytest.raises(InputError, match="confidence"):
        frechet_estimate(real, real, confidence=1.0)
    with pytest.raises(InputError, match="one dimension"):
        frechet_estimate(real, real[:, :3])


def test_kept_images_do_not_depend_on_order():
    """The same images are kept whatever their order, and they are some of them."""
    images = draw(100, 3)
    kept = kept_images(images, 10)
    again = kept_images(images[::-1].copy(), 10)
    assert {tuple(row) for row in kept.tolist()} == {tuple(row) for row in again.tolist()}
    assert len(kept) == 10
    assert torch.equal(kept_images(images, 100), torch.from_numpy(images))


@pytest.mark.slow
def test_difference_of_two_generators_covers_and_is_paired():
    """The interval covers the true difference, and is narrower than that of two distances on their own."""
    truth, inside, paired, apart = WIDTH * (0.1**2 - 0.3**2), [], [], []
    for seed in range(16):
        real, near, far = draw(36, 3 * seed), draw(40, 3 * seed + 1, shift=0.1), draw(60, 3 * seed + 2, shift=0.3)
        found = difference_from_few(real, near, far)
        inside.append(found.low <= truth <= found.high)
        paired.append((found.high - found.low) / 2)
        if seed < 5:
            ends = [frechet_estimate(real, fake) for fake in (near, far)]
            apart.append(math.hypot(*((one.high - one.low) / 2 for one in ends)))
            assert (found.first, found.second) == pytest.approx([one.corrected for one in ends])
    assert np.mean(inside) >= 0.84
    assert np.mean(paired) < 0.95 * np.mean(apart)
    assert difference_from_few(real, near[:10], far).low is None


@pytest.mark.parametrize("scale", [1e-150, 1e-90, 1e90, 1e150])
def test_features_near_the_ends_of_float64_have_a_value(scale):
    """Whether or not the product of their covariances is within it; the plain distance is."""
    real, fake = draw(40, 1), draw(40, 2)
    found, plain = frechet_estimate(real * scale, fake * scale), frechet_estimate(real, fake)
    assert found.value == pytest.approx(plain.value * scale * scale, rel=1e-9, abs=1e-300)
    assert found.corrected is None or found.corrected == pytest.approx(plain.corrected * scale * scale, rel=1e-3)
