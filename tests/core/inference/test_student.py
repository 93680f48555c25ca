"""Quantiles of Student's distribution against SciPy."""

import pytest
import scipy.stats

from ganmetrics.core.inference.student import student_quantile
from ganmetrics.errors import InputError


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 8, 31])
@pytest.mark.parametrize("confidence", [0.01, 0.5, 0.9, 0.95, 0.9999])
def test_quantile_agrees_with_scipy(freedom, confidence):
    """Odd and even degrees of freedom, in the middle and in the tails."""
    expected = scipy.stats.t.ppf((1 + confidence) / 2, freedom)
    assert student_quantile(confidence, freedom) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, float("nan")])
def test_impossible_confidence_is_refused(confidence):
    """A confidence is a probability, not a percentage."""
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        student_quantile(confidence, 7)


def test_no_degree_of_freedom_is_refused():
    """One block alone has no spread."""
    with pytest.raises(InputError, match="a degree of freedom; got 0"):
        student_quantile(0.95, 0)
