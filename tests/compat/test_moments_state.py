"""Tests of `ganmetrics.compat.moments_state`."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.compat.moments_state import merged, moments_of, no_images, with_features
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples


@pytest.mark.slow
@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 1000), st.floats(-1e3, 1e3))
def test_merging_is_one_pass(counts, seed, shift):
    """In any grouping, with empty parts, and far from the origin."""
    rng = torch.Generator().manual_seed(seed)
    rows = shift + torch.randn(sum(counts) + 2, 3, generator=rng, dtype=torch.float64)
    parts = rows.split([*counts, 2])
    states = [with_features(no_images(3), part) if len(part) else no_images(3) for part in parts]
    half = len(states) // 2 + 1
    grouped = torch.stack([merged(torch.stack(group)) for group in (states[:half], states[half:]) if group])
    for state in (merged(torch.stack(states)), merged(grouped)):
        found, truth = moments_of(state, "real"), Moments.of(rows)
        assert found.count == truth.count
        torch.testing.assert_close(found.mean, truth.mean, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(found.covariance, truth.covariance, rtol=1e-9, atol=1e-9)


def test_one_image_has_no_covariance():
    """Told with the side."""
    with pytest.raises(NotEnoughSamples, match="at least 2 fake images; got 1"):
        moments_of(with_features(no_images(2), torch.zeros(1, 2)), "fake")


def test_features_of_another_width_are_refused():
    """Whatever a network of the user's gives for its second batch."""
    with pytest.raises(InputError, match=r"features must be \[n, 3\], as those before; got \[4, 2\]"):
        with_features(no_images(3), torch.zeros(4, 2))
