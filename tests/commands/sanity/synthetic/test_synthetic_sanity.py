"""A study of drawn features: known truths, repeatability, and errors."""

import json
from pathlib import Path

import pytest

from ganmetrics import _plugins
from ganmetrics.commands.sanity.synthetic.draws import CHECKS
from ganmetrics.commands.sanity.synthetic.synthetic_sanity import OF_FEATURES, synthetic_sanity
from ganmetrics.errors import InputError

PAGE = Path(__file__).parents[4] / "docs" / "choosing.md"


@pytest.fixture(scope="module")
def study():
    """Of four metrics, with few images."""
    return synthetic_sanity(metrics=("fid", "precision", "vendi", "class_agreement"), count=90)


def test_what_must_be_seen_is_seen(study):
    """And what a metric cannot see is not: two modes and one of their moments are one thing to the Fréchet distance."""
    assert study["fid"]["mean moved by half a deviation"].word == "worse"
    assert study["fid"]["4 of 6 modes dropped"].passed
    assert study["fid"]["one wide mode in the place of two"].word == "same"
    assert study["precision"]["4 of 6 modes dropped"].word == "same"
    assert study["precision"]["one feature of 16 elsewhere"].word == "worse"
    assert study["vendi"]["6 modes invented"].word == "better"
    assert study["class_agreement"]["20 % of the fakes of wrong classes"].passed


def test_only_what_is_claimed_is_counted(study):
    """Class agreement is asked of the classes alone."""
    assert study.passed("class_agreement") == (1, 1)
    assert study.passed("fid")[1] == len(CHECKS)


@pytest.mark.slow
def test_repeatable():
    """One seed, one result; another seed, other numbers."""
    one, again, other = (synthetic_sanity(metrics=["fid"], count=60, seed=seed) for seed in (1, 1, 2))
    assert dict(one) == dict(again)
    moved = [study["fid"]["3 % outliers among the real"].moved for study in (one, other)]
    assert moved[0] != moved[1]


def test_all_its_forms_say_the_same(study):
    """Text, Markdown and JSON have each metric and each check."""
    whole = json.loads(study.to_json())
    assert [one["metric"] for one in whole["metrics"]] == list(study)
    assert [one["check"] for one in whole["metrics"][0]["checks"]] == [check.name for check in CHECKS]
    assert whole["provenance"]["count"] == 90
    lines = study.to_markdown().splitlines()
    assert [line for line in lines if line.startswith("| `precision` |")]
    assert all(line.count("|") == len(CHECKS) + 4 for line in lines if line.startswith("|"))
    assert "one wide mode in the place of two" in study.to_text()


@pytest.mark.slow
def test_a_metric_that_cannot_be_scored_says_nothing(monkeypatch):
    """Its cells are empty and it passes nothing; the others stand."""
    from ganmetrics.scoring import scores

    def refuse(*_):
        raise InputError("no")

    monkeypatch.setitem(scores.METRIC_FAMILIES, "vendi", refuse)
    study = synthetic_sanity(metrics=["fid", "vendi"], count=60)
    assert study.passed("vendi")[0] == 0
    assert {finding.word for finding in study["vendi"].values()} == {None}
    assert "none" in study.to_text()
    assert study["fid"]["mean moved by half a deviation"].word == "worse"


@pytest.mark.parametrize("options", [{"count": 59}, {"seed": -1}, {"metrics": ["fdi"]}, {"metrics": []}])
def test_what_cannot_be_is_refused(options):
    """In one line."""
    with pytest.raises(InputError) as found:
        synthetic_sanity(**options)
    assert "\n" not in str(found.value)


def test_the_page_has_every_metric_and_check():
    """A metric of ours cannot be added without being asked (python benchmarks/trust.py --page docs/choosing.md)."""
    table, after = PAGE.read_text(encoding="utf-8").split("<!-- trust: begin -->")[1].split("<!-- trust: end -->")
    left_out = after.split("not yet in this table:")[1].split("\n\n")[0] if "not yet in this table:" in after else ""
    ours = set(OF_FEATURES) - set(_plugins.names(_plugins.METRIC_GROUP))
    rows = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert rows | set(left_out.split("`")[1::2]) == ours
    assert not rows & set(left_out.split("`")[1::2])
    assert [line.split(". ", 1)[1] for line in table.splitlines() if line[:1].isdigit() and ". " in line] == [
        check.name for check in CHECKS
    ]
