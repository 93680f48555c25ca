"""What to cite: every metric of ours has its source, or is said to have none."""

import re

import pytest

from ganmetrics import _plugins
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.report import Score
from ganmetrics.report.citations import OF_EXTRACTORS, OF_METRICS, OF_PROTOCOLS, bibtex, citations, entries


def test_every_metric_is_cited():
    """A new metric cannot be forgotten, and no key leads nowhere."""
    assert set(METRICS) - set(_plugins.names(_plugins.METRIC_GROUP)) <= set(OF_METRICS)
    keys = {key for table in (OF_METRICS, OF_EXTRACTORS, OF_PROTOCOLS) for found in table.values() for key in found}
    assert keys <= set(entries())
    assert set(OF_PROTOCOLS) <= set(PROTOCOLS)


@pytest.mark.slow
def test_entries_are_whole():
    """Each has a title, an author and a year; braces are balanced; a number is an arXiv number."""
    for key, entry in entries().items():
        assert entry.count("{") == entry.count("}"), key
        assert "title = {" in entry, key
        assert "author = {" in entry, key
        assert key == "ganmetrics" or re.search(r"year = \{\d{4}\}", entry), key
        assert ("eprint" in entry) == ("archiveprefix = {arXiv}" in entry), key
        for number in re.findall(r"eprint = \{(.*)\}", entry):
            assert re.fullmatch(r"\d{4}\.\d{4,5}", number), key
    assert "VERSION" not in entries()["ganmetrics"]


def test_what_was_used_is_cited_once():
    """Two metrics of one paper; the correction where there is one; the network and the protocol."""
    scores = [
        Score("precision_dinov2-vitl14", 0.5, metric="precision", extractor="dinov2-vitl14", protocol="edm2"),
        Score("recall_dinov2-vitl14", 0.5, metric="recall", extractor="dinov2-vitl14", protocol="edm2"),
    ]
    assert citations(scores) == ("ganmetrics", "kynkaanniemi2019", "oquab2024", "stein2023", "karras2024")
    assert bibtex(scores).count("\n@") == 4
