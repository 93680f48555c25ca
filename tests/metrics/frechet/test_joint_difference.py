"""Two corrected distances from one real side, of few images: their interval over draws, and when there is none."""

import numpy as np
import pytest

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.random_matrix.joint import trace
from ganmetrics.errors import InputError
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.frechet.joint_difference import difference_from_few

DIMENSION = 24
SPREAD = np.arange(1, DIMENSION + 1.0) ** -0.4


def draw(seed, counts=(40, 24, 30), shifts=(0.0, 0.2, 0.5)):
    """Real features and two generators' of one covariance: the truth is the difference of squared shifts."""
    rng = np.random.default_rng(seed)
    return tuple(
        rng.standard_normal((count, DIMENSION)) * SPREAD + shift for count, shift in zip(counts, shifts, strict=True)
    )


@pytest.mark.slow
def test_intervals_have_the_truth_and_no_more_than_they_need():
    """Of five draws all 95 % intervals have it (all but 2 % of such fives have at least four), and none has half."""
    truth = DIMENSION * (0.2**2 - 0.5**2)
    found = [difference_from_few(*draw(seed)) for seed in range(5)]
    assert sum(one.low <= truth <= one.high for one in found) >= 4
    assert all(one.high - one.low < 2 * DIMENSION for one in found)


@pytest.mark.slow
def test_what_both_share_falls_out():
    """One generator against itself differs by nothing, and far less surely apart than two: the real side cancels."""
    real, first, second = draw(0, shifts=(0.0, 0.3, 0.3))
    same = difference_from_few(real, first, first)
    other = difference_from_few(real, first, second)
    assert same.first == same.second
    assert same.low == -same.high
    assert other.high - other.low < 2 * 1.96 * 2 * DIMENSION


def test_what_leverages_do_to_both_alike_falls_out(monkeypatch):
    """Heavy tails make each distance less sure, and the difference of two like generators hardly."""
    scales = np.exp(np.random.default_rng(3).standard_normal((94, 1)) / 3)
    sides = [
        side * scales[at : at + len(side)] for side, at in zip(draw(2, shifts=(0, 0.2, 0.2)), (0, 40, 64), strict=True)
    ]
    widths = []
    for times in (0.0, 2.0):
        monkeypatch.setattr(trace, "LEVERAGE_ERROR", times)
        found = difference_from_few(*sides)
        alone = frechet_estimate(*sides[:2])
        widths.append((alone.high - alone.low, found.high - found.low))
    (alone, difference), (alone_wide, difference_wide) = widths
    assert alone_wide > 1.2 * alone
    assert difference_wide < 1.1 * difference


@pytest.mark.slow
def test_exchange_changes_the_sign_only():
    """Values, ends of the interval and the reason stay."""
    real, first, second = draw(1)
    one, two = difference_from_few(real, first, second), difference_from_few(real, second, first)
    assert (one.first, one.second) == (two.second, two.first)
    assert (one.low, one.high) == pytest.approx((-two.high, -two.low))


def test_too_few_images_are_said():
    """Instead of a number."""
    real, first, second = draw(2)
    found = difference_from_few(real, first[:9], second)
    assert (found.first, found.low, found.calibrated) == (None, None, False)
    assert "images a side; got 9" in found.reason


def test_statistics_alone_will_do():
    """Moments without images: the same values, doubted because the images are not known."""
    real, first, second = draw(3, counts=(60, 50, 40))
    bare = [Moments.gaussian(side.mean(0), np.cov(side.T), len(side)) for side in (real, first, second)]
    found = difference_from_few(*bare)
    assert found.low < found.first - found.second < found.high
    assert not found.calibrated
    assert "images are kept" in found.reason


def test_bad_input_is_refused():
    """Widths that differ and a confidence of 1."""
    real, first, second = draw(4)
    with pytest.raises(InputError, match="dimension"):
        difference_from_few(real, first[:, :3], second)
    with pytest.raises(InputError, match="confidence"):
        difference_from_few(real, first, second, confidence=1.0)
