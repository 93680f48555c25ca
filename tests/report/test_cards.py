"""Cards: what the hub's own library reads out of them is what was put in."""

import math

import pytest

from ganmetrics.errors import InputError
from ganmetrics.report import Score
from ganmetrics.report.cards import card

yaml = pytest.importorskip("yaml")
hub = pytest.importorskip("huggingface_hub")

FID = Score(
    "fid",
    12.5,
    corrected=12.25,
    low=12.0,
    high=12.5,
    confidence=0.95,
    real_count=50000,
    fake_count=50000,
    extractor="inception-v3",
    protocol="ttur",
    metric="fid",
)
RECALL = Score("recall", 0.7, lower_is_better=False, extractor="inception-v3", protocol="ttur", metric="recall")


def test_model_index_is_read_back():
    """By the hub's library."""
    from huggingface_hub.repocard_data import model_index_to_eval_results

    text = card([FID, RECALL], "model-index", dataset="my: faces", model='a "quoted" model')
    name, results = model_index_to_eval_results(yaml.safe_load(text)["model-index"])
    assert name == 'a "quoted" model'
    assert [(one.metric_type, one.metric_value) for one in results] == [("fid", 12.5), ("recall", 0.7)]
    assert {one.dataset_name for one in results} == {"my: faces"}
    assert {one.dataset_type for one in results} == {"my--faces"}
    assert "corrected 12.25, 95 % 12 to 12.5" in results[0].metric_name
    assert "real 50,000, fake 50,000" in results[0].metric_name


def test_eval_results_are_read_back():
    """Likewise, a file of results."""
    from huggingface_hub import parse_eval_result_entries

    text = card([FID, RECALL], "eval-results", dataset="me/faces", date="2026-01-02")
    found = parse_eval_result_entries(yaml.safe_load(text))
    assert [(one.dataset_id, one.task_id, one.value) for one in found] == [
        ("me/faces", "fid", 12.5),
        ("me/faces", "recall", 0.7),
    ]
    assert {one.date for one in found} == {"2026-01-02"}
    assert "lower is better" in found[0].notes


@pytest.mark.parametrize(
    ("scores", "kind", "dataset"),
    [
        ([FID], "readme", "a/b"),
        ([], "model-index", "a"),
        ([Score("mifid", math.inf)], "model-index", "a"),
        ([FID], "eval-results", "faces"),
        ([FID], "eval-results", "a/"),
    ],
)
def test_what_makes_no_card_is_refused(scores, kind, dataset):
    """In one line."""
    with pytest.raises(InputError) as found:
        card(scores, kind, dataset=dataset)
    assert "\n" not in str(found.value)
