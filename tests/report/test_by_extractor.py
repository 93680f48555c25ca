"""Tests of `ganmetrics.report.by_extractor`."""

import csv
import io
import json

from ganmetrics.report import Report, Score
from ganmetrics.report.by_extractor import ByExtractor


def report(extractor, name, value):
    """Return a report of one score."""
    return Report({name: Score(name, value, real_count=4, fake_count=6, extractor=extractor)})


BOTH = ByExtractor(
    {
        "inception-v3": report("inception-v3", "fid", 1.5),
        "efficientnet-lite0": report("efficientnet-lite0", "fd_efficientnet-lite0", 2.5),
    }
)


def test_it_is_a_mapping_in_the_order_given():
    """What `evaluate` gives for one extractor is found under its name."""
    assert list(BOTH) == ["inception-v3", "efficientnet-lite0"]
    assert len(BOTH) == 2
    assert [float(score) for one in BOTH.values() for score in one.values()] == [1.5, 2.5]


def test_every_form_has_all_extractors():
    """Text has a line for each score, JSON an object for each extractor, CSV one head and a row each."""
    assert [line.split(" ")[0] for line in BOTH.to_text().splitlines()] == ["fid", "fd_efficientnet-lite0"]
    found = json.loads(BOTH.to_json())["extractors"]
    assert found == {name: json.loads(one.to_json()) for name, one in BOTH.items()}
    rows = list(csv.DictReader(io.StringIO(BOTH.to_csv())))
    assert [(row["extractor"], float(row["value"])) for row in rows] == [
        ("inception-v3", 1.5),
        ("efficientnet-lite0", 2.5),
    ]
