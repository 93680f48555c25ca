"""The keywords of public functions: sorted into how images become features and how metrics are computed."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.run import Run
from ganmetrics.scoring.keywords import split_options
from ganmetrics.scoring.options import ScoringOptions


def test_each_keyword_goes_to_its_value():
    """The seed is of both."""
    how, scoring, run = split_options(None, None, {"count": 5, "seed": 3, "k": 4})
    assert run == Run()
    assert how == Extraction(count=5, seed=3)
    assert scoring == ScoringOptions(k=4, seed=3)


def test_values_stand_as_they_are():
    """And beside one of them the other's keywords may still be given."""
    extraction, options = Extraction(count=5), ScoringOptions(k=4)
    assert split_options(extraction, options, {}) == (extraction, options, Run())
    assert split_options(extraction, None, {"k": 4}) == (extraction, options, Run())
    with pytest.raises(InputError, match="count"):
        split_options(extraction, None, {"count": 6})
