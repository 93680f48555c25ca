"""`Report`: scores by name, and the reason in the place of one that is missing."""

import json

import pytest

from ganmetrics.report import Report, Score
from ganmetrics.report.score import Refusal
from ganmetrics.report.table import Table

FID = Score("fid", 1.5, real_count=4, fake_count=4)


def test_refusals_stand_in_the_order_that_was_asked():
    """In text and JSON; the mapping has scores only, and looking a refused one up tells why."""
    report = Report({"fid": FID}, refusals={"kid": Refusal("kid", "too few images")}, asked=("kid", "fid"))
    assert list(report) == ["fid"]
    assert [line.split()[0] for line in report.to_text().splitlines()] == ["kid:", "fid"]
    first, second = json.loads(report.to_json())["scores"]
    assert (first["name"], first["value"], first["reason"]) == ("kid", None, "too few images")
    assert (second["name"], second["value"]) == ("fid", 1.5)
    with pytest.raises(KeyError, match="too few images"):
        report["kid"]
    with pytest.raises(KeyError, match="mifid"):
        report["mifid"]


def test_tables_are_there_where_there_are_any():
    """Below the scores in text, by name in JSON."""
    table = Table("classes", "by class", ("class", "images"), (("cat", 2),))
    with_table, without = Report({"fid": FID}, tables=(table,)), Report({"fid": FID})
    assert "tables" not in json.loads(without.to_json())
    assert json.loads(with_table.to_json())["tables"]["classes"] == table.to_json()
    assert with_table.to_text() == f"{FID}\n\n{table.to_text()}"


def test_numbers_that_json_has_no_word_for_are_an_error():
    """Rather than a file that only some readers accept."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        Report({"fid": FID}, {"seconds": float("nan")}).to_json()


def test_csv_has_a_line_a_score():
    """The fields of the JSON; of a metric without a score only its name."""
    report = Report({"fid": FID}, refusals={"kid": Refusal("kid", "few")}, asked=("kid", "fid"))
    header, first, second = report.to_csv().splitlines()
    assert header.startswith("name,value,corrected")
    assert first.rstrip(",") == "kid"
    assert second.startswith("fid,1.5,,")
