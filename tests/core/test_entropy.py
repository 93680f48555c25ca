"""The mean divergence of the classes given an image from the classes of all images."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.entropy import mean_divergence_from_marginal


def random_logits(count, classes, scale, seed=0):
    """Return float64 logits of a given spread."""
    return torch.from_numpy(scale * np.random.default_rng(seed).standard_normal((count, classes)))


def test_equal_images_diverge_by_nothing():
    """Where all images have one class distribution, it is the marginal."""
    assert mean_divergence_from_marginal(random_logits(1, 7, 2.0).repeat(5, 1)) == pytest.approx(0, abs=1e-15)


def test_two_images_of_known_probabilities():
    """For p = (3/4, 1/4) and (1/4, 3/4) the divergence is 3/4 log 3/2 + 1/4 log 1/2."""
    logits = torch.tensor([[3.0, 1.0], [1.0, 3.0]], dtype=torch.float64).log()
    assert mean_divergence_from_marginal(logits) == pytest.approx(
        0.75 * math.log(1.5) + 0.25 * math.log(0.5), rel=1e-14
    )


@given(st.integers(1, 20), st.integers(1, 12), st.sampled_from([1e-3, 1.0, 30.0, 1e4]), st.integers(0, 1000))
def test_it_is_an_information(count, classes, scale, seed):
    """It lies between 0 and the logarithm of the number of classes, and of the number of images."""
    value = mean_divergence_from_marginal(random_logits(count, classes, scale, seed))
    assert -1e-12 <= value <= math.log(min(count, classes)) + 1e-12
