"""`Ranking`: order, text, JSON and CSV of several reports."""

import csv
import io
import json

from ganmetrics.report import Contrast, Ranking, Refusal, Report, Score


def score(name, value, corrected=None, *, lower=True):
    return Score(name, value, corrected, lower_is_better=lower, real_count=9, fake_count=8)


def contrast(first, second, better):
    return Contrast("fid", first, second, -1.0, -2.0, -0.5, 0.95, 0.01, 0.02, better, "corrected", calibrated=True)


RANKING = Ranking(
    {
        "a": Report({"fid": score("fid", 9.0, 1.0), "recall": score("recall", 0.1, lower=False)}),
        "b": Report({"fid": score("fid", 5.0, 2.0), "recall": score("recall", 0.9, lower=False)}),
        "c": Report({}, refusals={"fid": Refusal("fid", "too few")}, asked=("fid",)),
    },
    (contrast("a", "b", "a"),),
    ("no differences of c: too few",),
)


def test_the_corrected_number_decides_the_order():
    """It does not depend on the counts; without one for all, the plain number does; higher is better for recall."""
    assert RANKING.order("fid") == ["a", "b"]
    plain = Ranking({"a": Report({"fid": score("fid", 9.0, 1.0)}), "b": Report({"fid": score("fid", 5.0)})})
    assert plain.order("fid") == ["b", "a"]
    assert RANKING.order("recall") == ["b", "a"]


def test_text_has_ranks_differences_and_reasons():
    """Best first; who is better than whom; what is missing, and why."""
    lines = RANKING.to_text().splitlines()
    assert lines[0] == "fid (real 9, /, lower is better)"
    assert [line.split()[0] for line in lines[2:4]] == ["a", "b"]
    assert lines[2].endswith(" b")
    assert lines[-2:] == ["c: fid: not scored: too few", "no differences of c: too few"]


def test_json_and_csv_hold_the_same():
    """Every report as it is, the ranks, the contrasts; a line a score."""
    content = json.loads(RANKING.to_json())
    assert content["generators"]["a"] == json.loads(RANKING["a"].to_json())
    assert content["ranks"] == {"fid": ["a", "b"], "recall": ["b", "a"]}
    assert content["contrasts"][0]["better"] == "a"
    rows = list(csv.DictReader(io.StringIO(RANKING.to_csv())))
    assert [(row["metric"], row["rank"], row["generator"]) for row in rows] == [
        ("fid", "1", "a"),
        ("fid", "2", "b"),
        ("recall", "1", "b"),
        ("recall", "2", "a"),
    ]
    assert float(rows[0]["corrected"]) == 1.0
    assert rows[0]["better_than"] == "b"


def test_what_is_of_real_images_alone_is_told_once():
    """A floor is the same for all, and ranks nobody."""
    floor = score("fid_floor", 0.5)
    reports = {
        name: Report({"fid": score("fid", value), "fid_floor": floor}) for name, value in (("a", 1.0), ("b", 2.0))
    }
    ranking = Ranking(reports, shared=("fid_floor",))
    assert ranking.metrics == ("fid",)
    assert ranking.to_text().count("fid_floor") == 1
