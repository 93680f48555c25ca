"""Scores in Markdown, LaTeX, pandas, a figure, a page and a notebook."""

import json

import pytest

from ganmetrics import InputError, Report, Score
from ganmetrics.report import Refusal, Table
from ganmetrics.report.exports import to_latex

HOSTILE = "<img src=x onerror=alert(1)>"
FID = Score("fid", 1234.5, corrected=10.25, low=-0.5, high=21.0, confidence=0.95, real_count=9, fake_count=8)
RECALL = Score("recall_50%", 0.5, lower_is_better=False, notes=(HOSTILE,))
REPORT = Report(
    {"fid": FID, "recall_50%": RECALL},
    {"file": HOSTILE},
    (Table("classes", HOSTILE, (HOSTILE, "n"), ((HOSTILE, 3),)),),
    {"kid": Refusal("kid", "too few")},
    ("fid", "kid", "recall_50%"),
)


def test_markdown_has_a_row_a_line():
    """Refused metrics included; what would break a table is escaped."""
    lines = REPORT.to_markdown().splitlines()
    assert len(lines) == 5
    assert lines[2].startswith("| fid | 1,234 | 10 | −0 to 21 |") or "1,234" in lines[2]
    assert "| kid | not scored |" in lines[3]
    assert {line.count("|") for line in lines} == {9}


def test_latex_escapes_and_counts_its_columns():
    """Names with signs that LaTeX reads are safe, and every row has as many cells as the head."""
    text = to_latex({"a_b & c%": REPORT, r"\input{x}": Report({"fid": FID})})
    assert r"a\_b \& c\%" in text
    assert r"\input" not in text
    assert r"recall\_50\%" in text
    rows = [line.replace(r"\&", "") for line in text.splitlines() if line.endswith(r"\\")]
    assert {row.count("&") for row in rows} == {3}
    assert "$1{,}23" in text


def test_pandas_has_a_row_a_line():
    """With the reason where there is no score."""
    pytest.importorskip("pandas")
    frame = REPORT.to_pandas()
    assert list(frame.index) == ["fid", "kid", "recall_50%"]
    assert frame.loc["fid", "corrected"] == 10.25
    assert frame.loc["kid", "reason"] == "too few"


def test_plot_has_a_line_a_score():
    """And says what it lacks."""
    pytest.importorskip("matplotlib")
    assert len(REPORT.plot().axes) == 2
    with pytest.raises(InputError, match="needs scores"):
        Report({}).plot()


def test_html_is_one_page_with_the_json_in_it():
    """What came from users is text in it."""
    html = REPORT.to_html()
    assert HOSTILE not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    data = html.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    assert json.loads(data)["provenance"]["file"] == HOSTILE


@pytest.mark.parametrize("shown", [REPORT, FID, RECALL])
def test_notebooks_show_a_table(shown):
    """A score is a table of one row."""
    html = shown._repr_html_()
    assert "<table>" in html
    assert '<th scope="row">' in html
    assert HOSTILE not in html


def test_statistics_show_themselves_in_a_notebook(make_reference):
    """Where they come from, and what made them."""
    html = make_reference(12)._repr_html_()
    assert "channel-means/native" in html
    assert ">12<" in html
