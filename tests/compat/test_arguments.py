"""Tests of `ganmetrics.compat.arguments`."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganmetrics.compat.arguments import check_none_given, moments, numpy_seed, paths, switch, text
from ganmetrics.errors import InputError


def test_several_arguments_are_told_together():
    """One line for all of them."""
    with pytest.raises(InputError, match=r"^a, c of peer are not offered here: do without$"):
        check_none_given("peer", {"a": 1, "b": None, "c": False}, "do without")


def test_moments_are_numbers_or_arrays():
    """As peers take them; one feature may come without axes."""
    assert moments(3.0, 4.0).dimension == 1
    assert moments(torch.zeros(2), torch.eye(2)).dimension == 2
    assert torch.equal(moments([0, 1], [[1, 0], [0, 1]]).covariance, torch.eye(2, dtype=torch.float64))


@pytest.mark.parametrize(
    ("mean", "words"),
    [
        (np.ma.masked_invalid([np.nan, 1.0]), "must not be a masked array"),
        (torch.zeros(2).to_sparse(), "must be real numbers; got"),
        (torch.zeros(2, dtype=torch.complex64), "must be real numbers; got complex64"),
        ([1, [2, 3]], "must be real numbers; got"),
        (np.zeros(2, complex), "must be real numbers; got complex128"),
        (object(), "must be real numbers; got object"),
        ("x", "must be real numbers; got <U1"),
    ],
)
def test_what_is_no_mean_is_refused(mean, words):
    """What a mask hides, or an imaginary part, would be dropped without a word."""
    with pytest.raises(InputError, match=words):
        moments(mean, np.eye(2))


def test_words_switches_seeds_and_paths():
    """Each takes what peers take, and refuses the rest by name."""
    assert text("mode", "clean", ("clean",)) == "clean"
    assert [switch("kid", value) for value in (True, 0, 1, None, np.True_)] == [True, False, True, False, True]
    assert numpy_seed("rng_seed", np.int64(3)) == 3
    assert paths("files", ["a", Path("b")]) == paths("files", np.array(["a", "b"])) == [Path("a"), Path("b")]
    for call in (
        lambda: text("mode", np.zeros(3), ("clean",)),
        lambda: switch("kid", "yes"),
        lambda: switch("kid", torch.ones(2)),
        lambda: numpy_seed("rng_seed", -1),
        lambda: numpy_seed("rng_seed", 1 << 32),
        lambda: numpy_seed("rng_seed", True),
        lambda: paths("files", "a"),
        lambda: paths("files", 3),
        lambda: paths("files", b"a"),
    ):
        with pytest.raises(InputError, match="must be"):
            call()
