"""Half-widths by the number of fakes: against a closed form, against what comes of more fakes, and their arithmetic."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics import Moments, NotEnoughSamples, NumericsError, frechet_estimate
from ganmetrics.metrics.frechet.plan import FARTHEST, Widths, measure_widths
from ganmetrics.metrics.frechet.sample import Sample, sample_of

WIDTH = 24
SPREAD = np.arange(1, WIDTH + 1.0) ** -0.5


def draw(count, seed, *, shift=0.0):
    """Gaussian features of variances 1/k."""
    return torch.from_numpy(np.random.default_rng([seed, count]).standard_normal((count, WIDTH)) * SPREAD + shift)


@pytest.mark.slow
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_one_feature_has_a_closed_form(shift):
    """Against a known Gaussian feature it is (4 m^2 + 2 (s - 1)^2) s^2 / n and 2 s^4 / n^2, m and s the fakes' own."""
    fake = shift + 1.5 * torch.randn(512, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    widths = measure_widths(sample_of(Moments.gaussian(torch.zeros(1), torch.eye(1))), fake)
    mean, scale = float(fake.mean()), float(fake.std())
    for count in (512, 4096):
        variance = (4 * mean**2 + 2 * (scale - 1) ** 2) * scale**2 / count + 2 * (scale**2 / count) ** 2
        assert widths.at(count) == pytest.approx(1.96 * math.sqrt(variance), rel=0.2)


@pytest.mark.slow
@pytest.mark.parametrize(("real_count", "shift"), [(200, 0.0), (200, 0.2), (2000, 0.2)])
def test_extrapolation_agrees_with_what_more_fakes_give(real_count, shift):
    """Planned from 128 fakes, the half-width of 4 and of 16 times as many is within 20 % of what they give, on average.

    Where nothing is apart, single half-widths and plans differ by a quarter by chance.
    """
    real, draws = Sample.of(draw(real_count, 1)), 8
    plans = [measure_widths(real, draw(128, seed, shift=shift)) for seed in range(20, 20 + draws)]
    for factor in (4, 16):
        found = [frechet_estimate(real, draw(128 * factor, seed, shift=shift)) for seed in range(3, 3 + draws)]
        simulated = np.mean([(one.high - one.low) / 2 for one in found])
        assert np.mean([plan.at(128 * factor) for plan in plans]) == pytest.approx(simulated, rel=0.2)


@given(
    once=st.floats(0.01, 100),
    twice=st.floats(0, 1e4),
    real=st.sampled_from([None, 100, 10_000]),
    wanted=st.floats(0.01, 10),
)
def test_the_answer_is_the_fewest(once, twice, real, wanted):
    """So many fakes are enough, one fewer is not; where none are enough there is no answer."""
    shares = [1 / count + (1 / real if real else 0) for count in (50, 100, 200)]
    measured = tuple(math.sqrt(once * share + twice * share**2) for share in shares)
    widths = Widths((50, 100, 200), measured, (once, twice), real)
    count = widths.count_for(wanted)
    if count is None:
        assert widths.at(FARTHEST * 200) > wanted
    else:
        assert widths.at(count) <= wanted * (1 + 1e-9)
        assert count == 50 or widths.at(count - 1) > wanted * (1 - 1e-9)


@pytest.mark.slow
def test_what_the_real_side_leaves_is_not_undone_by_fakes():
    """Against few real images no number of fakes makes the interval narrow."""
    widths = measure_widths(Sample.of(draw(40, 1)), draw(256, 2, shift=0.3))
    assert widths.at(256 * FARTHEST) > 0.5 * widths.at(256)
    assert widths.count_for(0.05 * widths.at(256)) is None


@pytest.mark.slow
def test_the_seed_decides():
    """The same seed gives the same widths."""
    real, fake = Sample.of(draw(100, 1)), draw(64, 2)
    assert measure_widths(real, fake, seed=3) == measure_widths(real, fake, seed=3)
    assert measure_widths(real, fake, seed=3) != measure_widths(real, fake, seed=4)


def test_too_few_and_equal_fakes_are_refused():
    """There must be enough to take parts of, and an interval."""
    real = Sample.of(draw(40, 1))
    with pytest.raises(NotEnoughSamples, match="a plan needs at least 64 fakes; got 63"):
        measure_widths(real, draw(63, 2))
    with pytest.raises(NotEnoughSamples, match="different images"):
        measure_widths(real, draw(2, 2).repeat(40, 1))
    with pytest.raises(NumericsError, match="row 3"):
        broken = draw(64, 2)
        broken[3, 1] = math.nan
        measure_widths(real, broken)
