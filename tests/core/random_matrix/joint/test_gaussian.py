"""The law of Gaussian features: closed forms of a flat spectrum, and its slope as a derivative."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.random_matrix.joint.gaussian import gaussian_law


def points(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_flat_spectrum_at_its_own_value():
    """With l = t each share is 1/2: F = r/2, sum u (1 - u) = r/4, 1 - F/N = 1 - r/(2N)."""
    rank, freedom = 10, 40
    found = gaussian_law(torch.full((rank,), 3.0, dtype=torch.float64), points(3.0), [freedom])
    assert found.filled.item() == pytest.approx(5)
    assert found.change.item() == pytest.approx(2.5)
    assert found.log_kept.item() == pytest.approx(math.log(1 - 5 / 40))
    assert found.slope.item() == pytest.approx(1 - 2.5 / (40 - 5))


def test_two_sampled_sides_add_up():
    """Each side takes its own part of the slope, and an exact law has none."""
    eigenvalues, t = points(4, 2, 1), points(0.5, 2.0)
    both, first, second = (gaussian_law(eigenvalues, t, freedoms) for freedoms in ([9, 20], [9], [20]))
    assert torch.allclose(1 - both.slope, (1 - first.slope) + (1 - second.slope))
    assert torch.equal(both.log_kept, torch.cat([first.log_kept, second.log_kept]))
    assert torch.equal(gaussian_law(eigenvalues, t, []).slope, torch.ones(2, dtype=torch.float64))


@given(st.integers(3, 30), st.floats(-6, 6))
def test_slope_is_the_derivative(freedom, log_t):
    """The slope d log x / d log t of log x = log t - log(1 - F/N), by central differences; also at rank N."""
    eigenvalues, step = torch.linspace(0.5, 3, 3, dtype=torch.float64), 1e-5
    t = points(log_t - step, log_t, log_t + step).exp()
    found = gaussian_law(eigenvalues, t, [freedom])
    log_x = t.log() - found.log_kept[0]
    measured = float(log_x[2] - log_x[0]) / (2 * step)
    assert float(found.slope[1]) == pytest.approx(measured, abs=1e-6)


def test_digits_are_kept_where_nearly_all_is_explained():
    """At rank N and small t, N - F is t sum 1/l to first order, where the difference of N and F has no digits."""
    found = gaussian_law(points(2.0, 1.0), points(1e-9), [2])
    assert found.log_kept.item() == pytest.approx(math.log(1e-9 * 1.5 / 2), rel=1e-8)
