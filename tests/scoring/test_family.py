"""What families of metrics share."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.references.sides import Side
from ganmetrics.scoring.family import features_of, finite, label_of


def test_stored_sides_have_no_features_and_no_names(make_reference):
    """The message names metric and reference; a row is called by its number."""
    side = Side(make_reference())
    with pytest.raises(InputError, match="a kernel distance needs images; tensor holds only their mean and covariance"):
        features_of(METRICS["kid"], side)
    assert label_of(side, 3) == "row 3"


@pytest.mark.parametrize(("value", "found"), [(1.5, 1.5), (0.0, 0.0), (float("inf"), None), (float("nan"), None)])
def test_what_json_has_no_word_for_is_none(value, found):
    """Every other number is itself."""
    assert finite(value) == found
