"""Every option of every public function of features, with values of every wrong kind: used, or refused in one line."""

import inspect

import numpy as np
import pytest
import torch

import ganmetrics
from ganmetrics.errors import GanMetricsError
from tests.metrics.calls import numbers

draw = torch.Generator().manual_seed(0)
ARRAYS = {
    name: torch.randn(24, 3, generator=draw)
    for name in ("real", "fake", "first", "second", "train", "test", "features")
}
NEEDED = {"bandwidth": 1.0, "classes": [0, 1] * 12}
SMALL = {
    "permutations": 9,
    "directions": 5,
    "runs": 2,
    "subsets": 2,
    "subset_size": 10,
    "clusters": 3,
    "k": 2,
    "cells": 1,
}
ODD = {
    "text": "x",
    "array": np.zeros(3),
    "tensor": torch.ones(2),
    "not a number": float("nan"),
    "object": object(),
    "list": [],
    "negative": -1,
    "complex": 1j,
    "none": None,
    "huge": 1 << 200,
}
LONG_WORK = {"subsets", "angles"}
"""What may be any number, which takes its time."""


COMMANDS = {"evaluate", "fid", "compare", "plan", "influence", "explain", "report_page", "sanity"}
"""They take images, and have tests of their own; two distances take moments."""


def takes_features(name):
    """Return whether the first argument of a function is an array that is here."""
    function = getattr(ganmetrics, name)
    return (
        inspect.isfunction(function)
        and name not in {*COMMANDS, "frechet_distance", "frechet_wavelet_distance"}
        and next(iter(inspect.signature(function).parameters), None) in ARRAYS
    )


FUNCTIONS = sorted(filter(takes_features, ganmetrics.__all__))
OPTIONS = [
    (name, option)
    for name in FUNCTIONS
    for option, parameter in inspect.signature(getattr(ganmetrics, name)).parameters.items()
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY
]


def call(name, **options):
    """Call a function with what it needs, small, and these options."""
    function = getattr(ganmetrics, name)
    parameters = inspect.signature(function).parameters
    given = {key: value for key, value in {**ARRAYS, **NEEDED, **SMALL}.items() if key in parameters}
    return function(**{**given, **options})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_call_works_as_it_is(name):
    """The control: without an odd option nothing is refused."""
    assert numbers(call(name))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=lambda part: part)
@pytest.mark.parametrize("odd", ODD)
def test_an_option_is_used_or_refused_in_one_line(name, option, odd):
    """Whoever reads options from a file or a form gets our error for each, with its name."""
    if odd == "huge" and option in LONG_WORK:
        return
    try:
        call(name, **{option: ODD[odd]})
    except GanMetricsError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 500


def test_all_functions_are_here():
    """What is found by its arguments is what there is: some thirty."""
    assert len(FUNCTIONS) > 20
    assert len(OPTIONS) > 60
