"""Scores and reports: text and JSON."""

import json

import pytest

from ganmetrics.report import JSON_FIELDS, Report, Score

SCORE = Score(
    "fid",
    12.345678,
    real_count=50_000,
    fake_count=1_000,
    extractor="inception-v3",
    protocol="ttur",
    provenance={"seed": 0},
)


def test_a_score_is_its_value():
    """float() gives the classical number."""
    assert float(SCORE) == 12.345678


def test_text_says_counts_extractor_protocol_and_direction():
    """A line can be quoted without losing what makes it comparable."""
    assert str(SCORE) == "fid = 12.3457 (real 50,000, fake 1,000, inception-v3/ttur, lower is better)"


def test_text_shows_spread_and_notes():
    """Standard deviations and skipped images are part of the line."""
    score = Score("is", 9.0, std=0.25, lower_is_better=False, notes=("2 unreadable fake images skipped",))
    assert "is = 9 ± 0.25 (" in str(score)
    assert str(score).endswith("higher is better; 2 unreadable fake images skipped)")


def test_unknown_count_is_said():
    """A reference without a count is not given one."""
    score = Score("fid", 1.0, fake_count=3, provenance={"real": {"source": "stats.npz"}})
    assert "(real of unknown count, fake 3, " in str(score)


def test_a_metric_of_one_side_says_nothing_of_the_other():
    """The Inception Score has no real images."""
    assert "(fake 3, " in str(Score("is", 1.0, fake_count=3, lower_is_better=False, one_sided=True))


def test_an_undefined_spread_is_null():
    """One split has no standard deviation; JSON cannot say NaN."""
    assert Score("is", 1.0, std=float("nan")).to_json()["std"] is None


def test_json_has_the_promised_fields():
    """The JSON object has the fields of the contract, in order, and null where there is no estimate."""
    parsed = json.loads(Report({"fid": SCORE}, {"seed": 0}).to_json())
    assert list(parsed) == ["format", "scores", "provenance"]
    (score,) = parsed["scores"]
    assert tuple(score) == JSON_FIELDS
    assert score["value"] == 12.345678
    assert score["corrected"] is None
    assert parsed["provenance"] == {"seed": 0}


def test_json_refuses_what_json_cannot_say():
    """NaN is no JSON; a consumer must never meet it."""
    with pytest.raises(ValueError, match="Out of range float"):
        Report({"fid": Score("fid", float("nan"))}).to_json()


def test_a_report_is_a_mapping_of_scores():
    """Names lead to scores, in the order that was asked."""
    report = Report({"fid": SCORE, "is": Score("is", 2.0)})
    assert list(report) == ["fid", "is"]
    assert report["fid"] is SCORE
    assert len(report) == 2
    assert len(report.to_text().splitlines()) == 2
