"""Numbers in words: rounding, counts and what is in brackets."""

import pytest

from ganmetrics.report import Score
from ganmetrics.report.wording import meaning, rounded

SURE = Score("fd_a_b", 31.4321, corrected=16.4, low=15.1, high=17.7, confidence=0.95, real_count=2000, fake_count=2000)
SHARE = Score("recall", 0.7123, low=0.68, high=0.74, confidence=0.95, at_counts=True, lower_is_better=False)


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (31.4321, 1.3, "31.4"),
        (0.00012345, None, "0.0001234"),
        (1234.5, None, "1234"),
        (-0.5, 0.01, "-0.500"),
        (5.0, 0.0, "5.000"),
        (float("inf"), None, "inf"),
    ],
)
def test_rounding(value, half, text):
    """Two figures of the half-width, or four of the number."""
    assert rounded(value, half) == text


def test_meaning_names_counts_and_brackets():
    """Once each."""
    said = meaning([SURE, SURE, SHARE])
    assert said[0] == "/; real 2,000, fake 2,000"
    assert len(said) == 3
    assert "95 % interval" in said[-1]
