"""Moments to write into other libraries' files."""

import numpy as np
import pytest

from ganmetrics.core.gaussian.moments import Moments


@pytest.fixture
def features():
    """Twenty rows of four features, their means far from zero."""
    return np.random.default_rng(0).standard_normal((20, 4)) * [1, 2, 3, 4] + [5, 0, -5, 10]


@pytest.fixture
def moments(features):
    """Their moments."""
    return Moments.of(features)


@pytest.fixture
def spatial():
    """Moments of other features of as many images."""
    return Moments.of(np.random.default_rng(1).standard_normal((20, 6)))
