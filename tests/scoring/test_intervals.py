"""Intervals in scores: by the catalogue, in text and JSON, and none of their work where they are not wanted."""

import json

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.core.neighbours.balls import Edges
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(120, seed=1), random_images(110, seed=2)
LABELS = {"real_labels": ["cat", "dog"] * 60, "fake_labels": ["cat", "dog"] * 55}
AT_COUNTS = tuple(name for name, metric in METRICS.items() if metric.interval == "counts")


def scored(real, fake, *metrics, **options):
    """Return the scores by the catalogue's names."""
    report = evaluate(real, fake, metrics=metrics, **{**FREE, **options})
    return {name: report[METRICS[name].score_name("channel-means", canonical=False)] for name in metrics}


def test_the_catalogue_says_which_metrics_have_which_interval():
    """Of the populations where there is a corrected value; of these counts where a number depends on them."""
    assert set(AT_COUNTS) == {
        "is",
        "precision",
        "recall",
        "density",
        "coverage",
        "symmetric_precision",
        "symmetric_recall",
        "authenticity",
        "class_agreement",
    }
    assert [name for name in METRICS if METRICS[name].interval == "populations"] == [
        "fid",
        "sfid",
        "kid",
        "mmd",
        "cmmd",
        "mind",
    ]
    assert {name for name in METRICS if METRICS[name].interval is None} == {
        "fwd",
        "clipped_density",
        "clipped_coverage",
        "p_precision",
        "p_recall",
        "realism",
        "mifid",
        "vendi",
        "vendi_by_class",
        "rke",
        "fld",
        "fld_gap",
        "data_copying",
        "copied_share",
        "curve_precision",
        "curve_recall",
        "duplicates",
        "intra_fid",
    }


@pytest.mark.slow
def test_without_intervals_nothing_more_is_done(monkeypatch):
    """The values are the same, no ball is watched for growth, and there is nothing of an interval."""
    names = (*AT_COUNTS, "mmd")
    with_intervals = scored(REAL, FAKE, *names, **LABELS)

    def refuse(*_, **__):
        raise AssertionError("a ball was watched for growth")

    monkeypatch.setattr(Edges, "note_beside", refuse)
    monkeypatch.setattr("ganmetrics.scoring.neighbours.estimates_from", refuse)
    monkeypatch.setattr("ganmetrics.scoring.inception.inception_score_estimate", refuse)
    monkeypatch.setattr("ganmetrics.scoring.kernel.maximum_mean_discrepancy_estimate", refuse)
    without = scored(REAL, FAKE, *names, interval=False, **LABELS)
    for name, score in without.items():
        assert score.value == with_intervals[name].value, name
        assert (score.corrected, score.low, score.high, score.confidence, score.calibrated) == (None,) * 5, name
        assert "interval" not in score.made, name
    # Control: with intervals they are.
    with pytest.raises(AssertionError, match="watched for growth"):
        scored(REAL, FAKE, "recall")


@pytest.mark.slow
def test_realism_alone_watches_no_ball(monkeypatch):
    """It has no interval, and pays for none."""
    monkeypatch.setattr(Edges, "note_beside", None)
    assert scored(REAL, FAKE, "realism")["realism"].low is None


@pytest.mark.slow
@pytest.mark.parametrize("name", [*AT_COUNTS, "mmd"])
def test_more_confidence_is_wider(name):
    """`--confidence` reaches every interval."""
    narrow, wide = (scored(REAL, FAKE, name, confidence=confidence, **LABELS)[name] for confidence in (0.8, 0.99))
    assert (narrow.confidence, wide.confidence) == (0.8, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high or (wide.low, wide.high) == (narrow.low, narrow.high)


@pytest.mark.slow
def test_the_line_and_the_object_say_what_the_interval_is_of():
    """No word of a correction that there is not; `corrected` is null in JSON, the ends are numbers."""
    report = evaluate(REAL, FAKE, metrics=("recall", "mmd"), **FREE)
    line = str(report["recall_channel-means"])
    assert " (95 % " in line
    assert "correct" not in line
    assert "not calibrated" not in line
    assert "corrected" in str(report["mmd_channel-means"])
    recall, mmd = json.loads(report.to_json())["scores"]
    assert recall["corrected"] is None
    assert 0 <= recall["low"] < recall["value"] < recall["high"] <= 1
    assert mmd["low"] < mmd["corrected"] < mmd["high"]
    assert mmd["corrected"] < mmd["value"]


@pytest.mark.slow
def test_few_images_are_marked_and_too_few_have_none():
    """Below 100 a side no study bears the interval out; below 16 there is none, nor without a next neighbour."""
    some = scored(REAL[:99], FAKE, "precision")["precision"]
    assert some.calibrated is False
    assert "not calibrated" in str(some)
    assert some.made["interval"] == "not calibrated, at these counts"
    assert scored(REAL[:100], FAKE, "precision")["precision"].calibrated is True
    assert scored(REAL[:16], FAKE, "precision")["precision"].low is not None
    assert scored(REAL[:15], FAKE, "precision")["precision"].low is None
    assert scored(REAL[:21], FAKE, "precision", k=20)["precision"].low is None
    assert scored(REAL[:22], FAKE, "precision", k=20)["precision"].low is not None


@pytest.mark.slow
def test_a_classifier_of_few_images_is_not_calibrated():
    """Its own sampling is not in the interval."""
    more = scored(REAL, FAKE, "class_agreement", **LABELS)["class_agreement"]
    fewer = scored(FAKE, REAL, "class_agreement", real_labels=LABELS["fake_labels"], fake_labels=LABELS["real_labels"])
    assert (more.calibrated, fewer["class_agreement"].calibrated) == (True, False)


def test_images_that_do_not_vary_have_a_score_without_an_interval():
    """An Inception Score of 1 of a single image, repeated."""
    score = scored(REAL, FAKE[:1].expand(40, -1, -1, -1).contiguous(), "is")["is"]
    assert score.value == pytest.approx(1)
    assert (score.low, score.high, score.confidence) == (None, None, None)


@pytest.mark.slow
def test_the_floor_has_no_intervals():
    """Halves of the real images are for scale."""
    report = evaluate(REAL, FAKE, metrics=("recall",), floor=True, **FREE)
    assert report["recall_channel-means_floor"].low is None
