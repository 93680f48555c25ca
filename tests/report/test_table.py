"""Tables as text and as JSON."""

from ganmetrics.report import Report, Score, Table

TABLE = Table("classes", "by class", ("class", "count", "fid"), (("cat", 12_000, 1.5), ("dog", 10, None)))


def test_text_is_aligned():
    """Words to the left, numbers to the right, what there is not as a dash."""
    assert TABLE.to_text().splitlines() == [
        "by class",
        "class   count  fid",
        "cat    12,000  1.5",
        "dog        10    -",
    ]


def test_json_has_an_object_a_row():
    """Under the names of the columns."""
    assert TABLE.to_json()[1] == {"class": "dog", "count": 10, "fid": None}


def test_a_report_prints_its_tables_after_the_scores():
    """And JSON has them under their names; without tables the key is absent."""
    report = Report({"fid": Score("fid", 1.0)}, {}, (TABLE,))
    assert report.to_text().endswith("\n\n" + TABLE.to_text())
    assert '"tables"' in report.to_json()
    assert '"tables"' not in Report({"fid": Score("fid", 1.0)}).to_json()


def test_booleans_are_words():
    """Not numbers, although Python has them as such."""
    assert Table("t", "t", ("calibrated",), ((True,), (False,))).to_text().splitlines()[2:] == [
        "       yes",
        "        no",
    ]


def test_without_rows_only_the_title_is_left():
    """Names of columns over nothing say nothing."""
    assert Table("t", "none found", ("first", "second"), ()).to_text() == "none found"
