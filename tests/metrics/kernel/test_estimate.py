"""The kernel distance of all images: its interval covers, near equal populations and apart."""

import numpy as np
import pytest

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate
from tests.oracles import polynomial_kernel, squared_mmd_unbiased


def test_the_value_uses_every_pair():
    """It is the unbiased estimate of both whole sets, of unequal size."""
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((40, 5)), rng.standard_normal((30, 5)) + 1
    estimate = kernel_distance_estimate(real, fake)
    assert estimate.value == pytest.approx(squared_mmd_unbiased(real, fake, polynomial_kernel), rel=1e-11)
    assert estimate.low < estimate.value < estimate.high
    assert estimate.low == pytest.approx(estimate.value - 1.959964 * estimate.error, rel=1e-6)
    assert kernel_distance_estimate(real, fake, confidence=0.5).high < estimate.high


@pytest.mark.slow
@pytest.mark.parametrize("shift", [0.0, 0.4, 1.0])
@pytest.mark.usefixtures("unchecked")
def test_nominal_95_percent_intervals_cover(shift):
    """With a linear kernel the truth is known, |shift|^2: covered at least 91 % of the time, and not by being wide."""
    rng = np.random.default_rng(1)
    truth, width, values, covered = shift**2, [], [], 0
    for _ in range(120):
        real, fake = rng.standard_normal((60, 20)), rng.standard_normal((50, 20)) + shift
        estimate = kernel_distance_estimate(real, fake, degree=1)
        covered += estimate.low <= truth <= estimate.high
        width.append((estimate.high - estimate.low) / 2)
        values.append(estimate.value)
    assert covered >= 109
    assert np.mean(width) < 2 * 1.96 * np.std(values)


def test_what_has_no_interval_is_refused():
    """Fewer than four images a side, or a confidence of 1."""
    rng = np.random.default_rng(0)
    with pytest.raises(NotEnoughSamples, match="needs at least 4 fake images; got 3"):
        kernel_distance_estimate(rng.standard_normal((9, 2)), rng.standard_normal((3, 2)))
    with pytest.raises(InputError, match="confidence must lie between 0 and 1; got 1"):
        kernel_distance_estimate(rng.standard_normal((9, 2)), rng.standard_normal((9, 2)), confidence=1.0)
