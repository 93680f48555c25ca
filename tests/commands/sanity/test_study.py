"""What a study found, told as tables, JSON and CSV: the same numbers in each."""

import csv
import io
import json

import pytest

from ganmetrics import sanity
from ganmetrics.commands.sanity.study import CSV_FIELDS
from ganmetrics.testing import ChannelMeans, random_images


@pytest.fixture(scope="module")
def study():
    """Two disturbances of noise images, by two metrics."""
    images = random_images(60, size=16)
    return sanity(
        images,
        metrics=("fid", "kid"),
        disturbances=("blur", "noise"),
        extractor=ChannelMeans(),
        workers=0,
        device="cpu",
    )


def test_every_set_is_in_each_form(study):
    """Disturbance, level and value agree between rows, JSON and CSV."""
    rows = [(name, level, report["fd_channel-means"].value) for name, level, report in study.rows()]
    as_json = [
        (one["disturbance"], one["level"], one["value"])
        for one in json.loads(study.to_json())["scores"]
        if one["name"] == "fd_channel-means"
    ]
    lines = [line for line in csv.DictReader(io.StringIO(study.to_csv())) if line["metric"] == "fd_channel-means"]
    as_csv = [(line["disturbance"], float(line["level"]), float(line["value"])) for line in lines]
    assert rows == as_json == as_csv
    assert set(CSV_FIELDS) < set(lines[0])


def test_verdicts_are_those_of_the_series(study):
    """In the table and in JSON."""
    table = {row[0]: row[1:] for row in study.verdict_table.rows}
    for series in study.series:
        assert table[series.name] == tuple(series.verdict(metric) for metric in study.metrics)
    listed = {(one["disturbance"], one["metric"]): one["verdict"] for one in json.loads(study.to_json())["verdicts"]}
    assert listed[("noise", "fd_channel-means")] == study.series[-1].verdict("fd_channel-means")


def test_text_says_what_a_level_is(study):
    """And what the verdicts mean."""
    text = study.to_text()
    assert all(series.unit in text for series in study.series)
    assert "tolerance" in text
