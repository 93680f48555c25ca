"""`gate`: limits, steps back beyond chance, and reports that do not compare."""

import json
from dataclasses import replace

import pytest

from ganmetrics import InputError, Report, Score, StaleStatistics, evaluate, gate
from ganmetrics.report import Ranking, Refusal
from ganmetrics.testing import ChannelMeans, random_images

MADE = {"extractor": {"name": "inception-v3", "weights_sha256": "ab"}, "protocol": "ttur", "real": {"contents": ["c"]}}
FID = Score("fid", 12.0, corrected=10.0, low=9.0, high=11.0, confidence=0.95, real_count=900, fake_count=500)
RECALL = Score("recall", 0.5, real_count=900, fake_count=500, lower_is_better=False)


def report_of(*scores, **provenance):
    """A report of these scores."""
    return Report({score.name: score for score in scores}, {**MADE, **provenance})


@pytest.mark.parametrize(
    ("limits", "passed"),
    [
        ({"maximum": {"fid": 12.0}}, True),
        ({"maximum": {"fid": 11.9}}, False),
        ({"maximum": {"fid": 10.0}, "by": "corrected"}, True),
        ({"minimum": {"recall": 0.5}}, True),
        ({"minimum": {"recall": 0.51}}, False),
        ({"maximum": {"fid": 12.0}, "minimum": {"recall": 0.9}}, False),
        ({"minimum": {"recall": 0.1}, "by": "corrected"}, False),  # nothing is corrected there
    ],
)
def test_limits(limits, passed):
    """All must hold; a limit itself passes."""
    assert gate(report_of(FID, RECALL), **limits).passed is passed


@pytest.mark.parametrize(("step", "passed"), [(-3.0, True), (0.0, True), (1.4, True), (1.5, False)])
def test_a_step_back_counts_beyond_chance_only(step, passed):
    """Both half widths are 1: chance moves the difference by the root of 2."""
    now = replace(FID, corrected=10 + step, low=9 + step, high=11 + step, fake_count=5000)
    assert gate(report_of(now), not_worse_than=report_of(FID)).passed is passed


def test_without_interval_any_step_back_counts():
    """In the direction of the metric, at equal counts."""
    for value, passed in ((0.5, True), (0.6, True), (0.49, False)):
        now = report_of(replace(RECALL, value=value))
        assert gate(now, not_worse_than=report_of(RECALL)).passed is passed
    (check,) = gate(report_of(replace(RECALL, fake_count=50)), not_worse_than=report_of(RECALL)).checks
    assert not check.passed
    assert "900/50 and 900/500 images" in check.text


def test_a_score_that_is_gone_or_refused_does_not_pass():
    """Leaving a metric out is no way through; the floor is none of the generator's scores."""
    before = report_of(FID, RECALL, Score("fid_floor", 1.0))
    gone = gate(report_of(FID), not_worse_than=before)
    assert [check.passed for check in gone.checks] == [True, False]
    refused = Report({"fid": FID}, MADE, refusals={"recall": Refusal("recall", "too few")}, asked=("fid", "recall"))
    found = gate(refused, minimum={"recall": 0.1}, not_worse_than=before)
    assert [(check.name, check.passed) for check in found.checks] == [
        ("recall", False),
        ("fid", True),
        ("recall", False),
    ]
    assert "too few" in found.to_text()


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": "adm"},
        {"real": {"contents": ["d"]}},
        {"extractor": {"name": "inception-v3", "weights_sha256": "x"}},
    ],
)
def test_reports_made_otherwise_are_refused(other):
    """Two scores made differently are never compared."""
    with pytest.raises(StaleStatistics, match="both reports need the same"):
        gate(report_of(FID), not_worse_than=report_of(FID, **other))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "needs the scores"),
        ("{", "it is no JSON"),
        ('{"scores": []}', "needs the scores"),
        ('{"scores": [{"name": "fid", "value": "12"}]}', "needs to be a number"),
        ('{"scores": [{"value": 12}]}', "scores with a name"),
        ('{"scores": [{"name": "fid", "value": 1}, {"name": "fid", "value": 2}]}', "twice"),
        ('{"scores": [{"name": "kid", "value": 12}]}', "has no score fid; it has kid"),
    ],
)
def test_files_that_are_no_reports(tmp_path, content, told):
    """One line says what is needed."""
    path = tmp_path / "report.json"
    path.write_text(content)
    with pytest.raises(InputError, match=told):
        gate(path, maximum={"fid": 12.0})


def test_nothing_asked_is_an_error(tmp_path):
    """A gate that checks nothing would pass everything."""
    with pytest.raises(InputError, match="needs a limit or an earlier report"):
        gate(report_of(FID))
    with pytest.raises(InputError, match="cannot be read"):
        gate(tmp_path / "absent.json", maximum={"fid": 1.0})
    with pytest.raises(InputError, match="finite"):
        gate(report_of(FID), maximum={"fid": float("nan")})


@pytest.mark.slow
def test_a_report_of_our_own_passes_against_itself(tmp_path):
    """Through the file, as a pipeline has it."""
    report = evaluate(
        random_images(40),
        random_images(40, seed=1),
        metrics=("fid", "kid"),
        extractor=ChannelMeans(),
        workers=0,
        floor=True,
    )
    path = tmp_path / "report.json"
    path.write_text(report.to_json())
    found = gate(path, maximum={"fd_channel-means": 1e9}, not_worse_than=report)
    assert found.passed
    assert json.loads(found.to_json())["checks"][0]["name"] == "fd_channel-means"
    assert len(found.checks) == 3


def test_one_of_several_generators_is_named():
    """By the name that it has in the ranking; an earlier report of one generator will do."""
    ranking = Ranking({"a": report_of(FID), "b": report_of(replace(FID, value=99.0))})
    assert gate(ranking, generator="a", maximum={"fid": 12.0}, not_worse_than=report_of(FID)).passed
    assert not gate(ranking, generator="b", maximum={"fid": 12.0}).passed
    with pytest.raises(InputError, match="several generators, a, b; none is named"):
        gate(ranking, maximum={"fid": 12.0})
    with pytest.raises(InputError, match="none is called c"):
        gate(ranking, generator="c", maximum={"fid": 12.0})


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("limits", [{"fid": "12"}, {"fid": None}, {"fid": True}, {"fid": float("-inf")}])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_limit_is_a_finite_number(name, limits):
    """Whatever came from a file of settings."""
    with pytest.raises(InputError, match=f"{name} of fid must be a finite number"):
        gate(report_of(FID), **{name: limits})
    with pytest.raises(InputError, match=f"{name} must be a mapping"):
        gate(report_of(FID), **{name: "fid"})
