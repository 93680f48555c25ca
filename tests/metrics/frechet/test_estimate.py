"""The interval: it covers, it is always there, and what it is made of does not matter."""

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.frechet.corrected import corrected_distance
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.estimate import estimate_from_blocks, frechet_block_estimate

SIZE = 12
SHIFT = 0.4


def drawn(count, seed, shift=0.0, tails=False):
    """Features of `count` images; with tails each image's features have a random common scale of mean square 1."""
    rng = np.random.default_rng(seed)
    scale = np.exp(0.25 * rng.standard_normal((count, 1)) - 0.0625) if tails else 1.0
    return shift + rng.standard_normal((count, SIZE)) * scale


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("tails", [False, True])
@pytest.mark.parametrize(("real_count", "fake_count"), [(60, 60), (40, 120)])
def test_interval_covers_and_the_plain_distance_is_outside(real_count, fake_count, tails):
    """Nominal 95 % intervals cover the truth in 88 to 100 % of 80 draws, and seldom the plain distance."""
    truth = SIZE * SHIFT**2
    covered = plain_inside = calibrated = 0
    for seed in range(80):
        real, fake = drawn(real_count, 2 * seed, tails=tails), drawn(fake_count, 2 * seed + 1, SHIFT, tails)
        estimate = frechet_block_estimate(real, fake)
        calibrated += estimate.calibrated
        covered += estimate.low < truth < estimate.high
        plain_inside += estimate.low < estimate.value < estimate.high
    assert covered >= 0.88 * 80
    assert plain_inside < 0.6 * 80
    assert calibrated > 0.6 * 80


def test_order_precision_and_container_do_not_matter():
    """The same images in another order, as a tensor, give the same estimate."""
    real, fake = drawn(80, 0), drawn(50, 1, SHIFT)
    expected = frechet_block_estimate(real, fake)
    shuffled = frechet_block_estimate(
        torch.from_numpy(real[::-1].copy()), fake[np.random.default_rng(0).permutation(50)]
    )
    for name in ("value", "corrected", "low", "high"):
        assert getattr(shuffled, name) == pytest.approx(getattr(expected, name), rel=1e-9)


def test_blocks_of_shards_give_the_same_estimate():
    """What is gathered in parts and merged is worth as much as the whole."""
    real, fake = drawn(80, 0), drawn(50, 1, SHIFT)
    parts = Blocks.of(real[:30]).merge(Blocks.of(real[30:]))
    merged = estimate_from_blocks(parts, Blocks.of(fake), 0.95)
    assert merged.corrected == pytest.approx(frechet_block_estimate(real, fake).corrected, rel=1e-9)
    assert merged.low == pytest.approx(frechet_block_estimate(real, fake).low, rel=1e-9)


def test_value_is_the_plain_distance():
    """`value` is what papers print, and the interval is wider for more confidence, around `corrected`."""
    real, fake = drawn(80, 2), drawn(80, 3, SHIFT)
    wide, narrow = (
        frechet_block_estimate(real, fake, confidence=0.99),
        frechet_block_estimate(real, fake, confidence=0.5),
    )
    assert wide.value == narrow.value == pytest.approx(frechet_distance(Moments.of(real), Moments.of(fake)), rel=1e-12)
    assert wide.low < narrow.low < narrow.corrected < narrow.high < wide.high
    assert wide.corrected == pytest.approx((wide.low + wide.high) / 2)


@pytest.mark.slow
@pytest.mark.parametrize("counts", [(16, 16), (16, 300), (300, 16), (2, 2), (SIZE + 2, SIZE + 2), (SIZE + 1, 99)])
@pytest.mark.parametrize("dimension", [SIZE, 3 * SIZE])
def test_low_and_high_are_always_numbers(counts, dimension):
    """Also with few images there is an interval, and it is said that it is not calibrated."""
    rng = np.random.default_rng(5)
    real, fake = (rng.standard_normal((count, dimension)) for count in counts)
    estimate = frechet_block_estimate(real, fake)
    assert np.isfinite([estimate.low, estimate.high]).all()
    assert not estimate.calibrated
    assert (estimate.corrected is None) == (min(counts) <= dimension + 1)


def test_equal_images_leave_nothing_to_leave_out():
    """A side of one image many times over has an interval, that of Gaussians."""
    estimate = frechet_block_estimate(np.ones((20, 3)), drawn(20, 0)[:, :3])
    assert estimate.low < estimate.high
    assert not estimate.calibrated


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_an_exact_real_side_adds_no_error():
    """Moments without a count are the population: only the fake side is sampled, and the interval covers."""
    real = Moments.gaussian(np.zeros(SIZE), np.eye(SIZE))
    covered = calibrated = 0
    for seed in range(60):
        estimate = frechet_block_estimate(real, drawn(48, seed, SHIFT))
        calibrated += estimate.calibrated
        covered += estimate.low < SIZE * SHIFT**2 < estimate.high
    assert covered >= 0.88 * 60
    assert calibrated > 0.6 * 60


def test_real_moments_with_a_count_add_the_error_of_gaussians():
    """The interval from moments alone is about as wide as that from the images, and marked."""
    real, fake = drawn(200, 0), drawn(200, 1, SHIFT)
    from_images, from_moments = frechet_block_estimate(real, fake), frechet_block_estimate(Moments.of(real), fake)
    widths = [estimate.high - estimate.low for estimate in (from_images, from_moments)]
    assert widths[1] == pytest.approx(widths[0], rel=0.8)
    assert not from_moments.calibrated
    assert from_moments.value == pytest.approx(from_images.value)


def test_either_side_may_be_given_by_its_moments():
    """Fake moments are treated as real ones are, and two exact sides have an interval without width."""
    real, fake = Blocks.of(drawn(200, 0)), Blocks.of(drawn(200, 1, SHIFT))
    one, other = estimate_from_blocks(real, fake.total, 0.95), estimate_from_blocks(fake.total, real, 0.95)
    for name in ("value", "corrected", "low", "high"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert one.low < SIZE * SHIFT**2 < one.high
    assert not one.calibrated
    exact = [Moments.gaussian(side.total.mean, side.total.covariance) for side in (real, fake)]
    assert estimate_from_blocks(real, exact[1], 0.95).calibrated
    known = estimate_from_blocks(*exact, 0.95)
    assert known.low == known.high == known.corrected == pytest.approx(known.value)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_the_jackknife_takes_away_what_tails_leave():
    """On heavy tails `corrected` is nearer to the truth than the distance that is corrected for Gaussians only."""
    raw, jackknifed = [], []
    for seed in range(60):
        real, fake = drawn(36, 2 * seed, tails=True), drawn(36, 2 * seed + 1, SHIFT, tails=True)
        raw.append(corrected_distance(Moments.of(real), Moments.of(fake)))
        jackknifed.append(frechet_block_estimate(real, fake).corrected)
    truth = SIZE * SHIFT**2
    assert abs(np.mean(jackknifed) - truth) < 0.6 * abs(np.mean(raw) - truth)


def test_wrong_arguments_are_refused():
    """One image, another dimension, rows that are not finite, and a confidence in percent."""
    features = drawn(20, 0)
    with pytest.raises(NotEnoughSamples, match="at least 2 fake images; got 1"):
        frechet_block_estimate(features, features[:1])
    with pytest.raises(InputError, match="one dimension"):
        frechet_block_estimate(features, features[:, :3])
    with pytest.raises(NumericsError, match="row 0"):
        frechet_block_estimate(features * np.nan, features)
    with pytest.raises(InputError, match="confidence must lie between 0 and 1; got 95"):
        frechet_block_estimate(features, features, confidence=95.0)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_tails_do_not_widen_the_interval_by_what_the_jackknife_takes_away(monkeypatch):
    """What tails add to the distance differs from block to block, but the estimate has lost it: it is no error."""

    def unchanged(whole, left_out, shares):  # noqa: ARG001
        return [0.0] * len(left_out)

    rng = np.random.default_rng(3)
    widths = {}
    draws = [
        [np.exp(0.25 * rng.standard_normal((192, 1)) - 0.0625) * rng.standard_normal((192, 96)) for _ in range(2)]
        for _ in range(12)
    ]
    for name in ("as it is", "as if the step were one constant"):
        estimates = [frechet_block_estimate(real, fake) for real, fake in draws]
        widths[name] = np.mean([estimate.high - estimate.low for estimate in estimates])
        monkeypatch.setattr("ganmetrics.metrics.frechet.steps.shrunk_changes", unchanged)
    assert widths["as it is"] < 0.95 * widths["as if the step were one constant"]


def test_what_is_dear_is_done_once(monkeypatch):
    """The plain and the corrected distance share one decomposition; each of the eight steps has one more."""
    calls = []
    decompose = np.linalg.eigvalsh
    monkeypatch.setattr(np.linalg, "eigvalsh", lambda matrix: calls.append(len(matrix)) or decompose(matrix))
    frechet_block_estimate(drawn(200, 0), drawn(200, 1, SHIFT))
    assert calls == [SIZE] * 9
