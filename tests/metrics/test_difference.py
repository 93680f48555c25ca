"""A difference's verdict and interval, and the sets that it is of."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics.difference import Difference, check_sets, join_features, normal_interval


def test_a_verdict_needs_interval_and_p_value():
    """Either alone leaves it undecided."""
    sure = {"estimate": "plain", "calibrated": True}
    assert Difference(1.0, 2.0, -1.5, -0.5, 0.05, **sure).better(lower_is_better=False, level=0.05) == "second"
    assert Difference(2.0, 1.0, 0.5, 1.5, 0.05, **sure).better(lower_is_better=True, level=0.05) == "second"
    assert Difference(1.0, 2.0, -1.5, -0.5, 0.06, **sure).better(lower_is_better=True, level=0.05) is None
    assert Difference(1.0, 2.0, -1.5, 0.5, 0.01, **sure).better(lower_is_better=True, level=0.05) is None


def test_normal_interval_is_symmetric():
    """At any confidence the centre is in the middle."""
    low, high = normal_interval(3.0, 0.25, 0.9)
    assert (low + high) / 2 == pytest.approx(3.0)
    assert high - low == pytest.approx(2 * 1.6448536 * 0.5)


def test_joined_sets_keep_their_numbers_and_their_width():
    """First, then second; in single precision if both are no wider, in any order of bytes."""
    first, second = np.arange(4.0).reshape(2, 2), np.arange(6.0).reshape(3, 2) + 9
    expected = np.concatenate([first, second])
    for kind, dtype in ((np.float32, torch.float32), (">f4", torch.float32), (np.longdouble, torch.float64)):
        found = join_features(first.astype(kind), second.astype(kind)[::-1].copy()[::-1])
        assert found.dtype == dtype
        assert np.array_equal(found.numpy(), expected)
    assert join_features(torch.from_numpy(first), second.astype(np.float32)).dtype == torch.float64


def test_sets_that_cannot_be_compared_are_named():
    """Which of the three it is, and the row in it."""
    sets = [torch.ones(3, 2), torch.ones(4, 2), torch.ones(5, 2)]
    check_sets(*sets)
    for place, name in enumerate(("real", "first", "second")):
        broken = [side.clone() for side in sets]
        broken[place][2, 1] = torch.nan
        with pytest.raises(NumericsError, match=f"{name} features must be finite, but row 2 is not"):
            check_sets(*broken)
    with pytest.raises(InputError, match="one dimension; got real 2 and fake 3"):
        check_sets(sets[0], sets[1], torch.ones(4, 3))
