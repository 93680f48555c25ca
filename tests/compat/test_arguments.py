"""Tests of `ganmetrics.compat.arguments`."""

import pytest

from ganmetrics.compat.arguments import check_none_given
from ganmetrics.errors import InputError


def test_several_arguments_are_told_together():
    """One line for all of them."""
    with pytest.raises(InputError, match=r"^a, c of peer are not offered here: do without$"):
        check_none_given("peer", {"a": 1, "b": None, "c": False}, "do without")
