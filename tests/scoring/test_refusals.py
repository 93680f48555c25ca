"""A metric that refuses does not take the others with it."""

import json

import pytest
import torch

import ganmetrics
from ganmetrics.errors import NotEnoughSamples, NumericsError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.scoring import scores
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0}


@pytest.fixture
def broken(monkeypatch):
    """`broken(family, error)` makes a family refuse, or one of its metrics where a name is given."""

    def breaks(family, error, name=None):
        original = scores.METRIC_FAMILIES[family]

        def family_scores(comparison, names, options):
            if name is None or name in names:
                raise error
            return original(comparison, names, options)

        monkeypatch.setitem(scores.METRIC_FAMILIES, family, family_scores)

    return breaks


def test_the_report_has_the_other_scores_and_the_reason(broken):
    """In its place, in text and in JSON."""
    broken("kernel", NumericsError("the kernel overflows"))
    report = ganmetrics.evaluate(random_images(30), random_images(30, seed=1), metrics=("kid", "fid"), **FREE)
    assert list(report) == ["fd_channel-means"]
    assert report.to_text().splitlines()[0] == "kd_channel-means: not scored: the kernel overflows"
    first, second = json.loads(report.to_json())["scores"]
    assert (first["name"], first["value"], first["reason"]) == ("kd_channel-means", None, "the kernel overflows")
    assert second["value"] == report["fd_channel-means"].value
    with pytest.raises(KeyError, match="the kernel overflows"):
        report["kd_channel-means"]


def test_only_the_one_of_a_family_that_refuses_is_missing(broken):
    """Precision and recall share one computation; each is tried by itself where that fails."""
    broken("neighbours", NumericsError("no"), name="realism")
    metrics = ("precision", "realism", "recall")
    report = ganmetrics.evaluate(random_images(30), random_images(30, seed=1), metrics=metrics, **FREE)
    assert list(report) == ["precision_channel-means", "recall_channel-means"]
    assert list(report.refusals) == ["realism_channel-means"]


def test_where_nothing_can_be_scored_the_first_reason_is_raised(broken):
    """An empty report is none."""
    broken("kernel", NumericsError("the kernel overflows"))
    with pytest.raises(NumericsError, match="the kernel overflows"):
        ganmetrics.evaluate(random_images(30), random_images(30, seed=1), metrics=("kid",), **FREE)


def test_errors_of_programming_are_not_hidden(broken):
    """Only what the library refuses on purpose becomes a reason."""
    broken("kernel", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        ganmetrics.evaluate(random_images(30), random_images(30, seed=1), metrics=("kid", "fid"), **FREE)


@pytest.mark.slow
def test_a_collapsed_generator_is_scored_by_every_metric_that_is_meant_to_see_it():
    """One image over and over: distances, shares and duplicates all say so."""
    collapsed = random_images(1, seed=3).repeat(30, 1, 1, 1)
    metrics = tuple(
        name
        for name, metric in METRICS.items()
        if not {"spatial", "classes"} & (metric.real | metric.fake)
        and metric.network == "inception-v3"
        and not metric.test
    )
    report = ganmetrics.evaluate(random_images(40), collapsed, metrics=metrics, bandwidth=9.0, **FREE)
    assert not report.refusals
    assert report["rke_channel-means"].value == pytest.approx(1)
    assert report["recall_channel-means"].value == 0
    assert report["vendi_channel-means"].value == pytest.approx(1)
    assert report["duplicates_channel-means"].value >= 30 * 29 / 2
    assert report["is_channel-means"].value == pytest.approx(1)
    assert torch.isfinite(torch.tensor(report["fd_channel-means"].value))


def test_too_few_for_a_metric_is_known_before_the_pass():
    """What can be known from the number of files is refused whole, before anything is spent."""
    with pytest.raises(NotEnoughSamples, match="k=3 neighbours need more than 3 fake images; got 3"):
        ganmetrics.evaluate(random_images(30), random_images(3), metrics=("fid", "recall"), **FREE)
