"""Tests of `ganmetrics.compat.cleanfid.stats`."""

import pytest

from ganmetrics.compat.cleanfid.stats import stats_paths
from ganmetrics.errors import InputError


@pytest.mark.parametrize("name", ["", "../outside", "a/b", "a b"])
def test_a_name_is_no_path(name):
    """Nothing is written outside the folder."""
    with pytest.raises(InputError):
        stats_paths(name, "clean")
