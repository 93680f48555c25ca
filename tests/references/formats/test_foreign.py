"""What another library's file holds: usable moments, or a line that names file and members."""

from pathlib import Path

import numpy as np
import pytest

from ganmetrics.errors import InputError
from ganmetrics.references.formats.foreign import agreed_count, moments_of, moments_of_features

PATH, NAMES = Path("stats.npz"), ("mu", "sigma")


def test_arrays_become_moments(features):
    """Of a known or an unknown count; from features directly."""
    mean, covariance = features.mean(0), np.cov(features.T)
    for count in (20, None):
        found = moments_of(mean, covariance, count=count, path=PATH, names=NAMES)
        assert found.count == count
        assert np.allclose(found.covariance, covariance)
    assert np.allclose(moments_of_features(features, path=PATH).covariance, covariance)


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        (np.zeros((2, 2)), np.eye(2), r"mu \[d\] and sigma \[d, d\]; stats.npz has \[2, 2\] and \[2, 2\]"),
        (np.zeros(3), np.eye(2), r"has \[3\] and \[2, 2\]"),
        (np.zeros(2), np.diag([1.0, -1.0]), "mu and sigma must be moments of features; in stats.npz"),
        (np.full(2, np.nan), np.eye(2), "in stats.npz"),
    ],
)
def test_what_are_no_moments_is_named(mean, covariance, message):
    """Before an image is read."""
    with pytest.raises(InputError, match=message):
        moments_of(mean, covariance, count=5, path=PATH, names=NAMES)


@pytest.mark.parametrize("features", [np.zeros(3), np.zeros((0, 3)), np.zeros((4, 3), int), np.full((4, 3), np.inf)])
def test_what_are_no_features_is_named(features):
    """Shape, type and finiteness."""
    with pytest.raises(InputError, match=r"stats\.npz"):
        moments_of_features(features, path=PATH)


def test_counts_must_agree():
    """The file's and the caller's."""
    assert agreed_count(20, None, PATH) == agreed_count(20, 20, PATH) == 20
    with pytest.raises(InputError, match=r"stats.npz is of 20 images; got 21"):
        agreed_count(20, 21, PATH)
