"""Every metric of the catalogue through `evaluate`: its number is the formula's, its properties those it declares."""

import json

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.core.neighbours.between import of_both
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy
from ganmetrics.metrics.neighbours.memorisation import authenticity
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)
TEST = random_images(40, seed=3)
LABELS = {
    "real_labels": ["cat", "dog"] * 30,
    "fake_labels": ["cat", "dog"] * 25,
    "bandwidth": 40.0,
    "wavelet_level": 2,  # images of 4 x 4
}
# Two are of one network each, and C_T needs more fakes a cell: all three are tested elsewhere.
WITH_MEANS = [name for name in METRICS if name not in ("sfid", "cmmd", "data_copying")]


def means(images):
    return images.double().mean(dim=(2, 3)).float()


@pytest.fixture(scope="module")
def report():
    """Everything at once, from one pass over each side."""
    return evaluate(REAL, FAKE, metrics=WITH_MEANS, test=TEST, **LABELS, **FREE)


def value(report, name):
    return report[METRICS[name].score_name("channel-means", canonical=False)].value


def test_each_number_is_the_formulas(report):
    """What the report says is what the metric gives for the features."""
    real, fake = means(REAL), means(FAKE)
    shares = precision_recall(real, fake, k=3)
    expected = {
        "kid": kernel_distance(real, fake).value,
        "mmd": maximum_mean_discrepancy(real, fake),
        "precision": shares.precision,
        "recall": shares.recall,
        "density": shares.density,
        "coverage": shares.coverage,
        "realism": float(torch.from_numpy(of_both(real, fake, k=3).between.realism).median()),
        "authenticity": authenticity(real, fake).authenticity,
        "vendi": vendi_score(fake),
        "class_agreement": class_agreement(
            real, fake, real_classes=LABELS["real_labels"], fake_classes=LABELS["fake_labels"]
        ).agreement,
    }
    for name, number in expected.items():
        assert value(report, name) == pytest.approx(number, rel=1e-6), name


def test_every_score_lies_in_its_declared_range(report):
    """And carries its direction, counts and extractor."""
    for name in WITH_MEANS:
        metric, score = METRICS[name], report[METRICS[name].score_name("channel-means", canonical=False)]
        assert metric.low <= score.value <= metric.high, name
        assert score.lower_is_better == metric.lower_is_better
        assert score.fake_count == 50
        assert score.real_count == (60 if metric.real else None)


def test_intervals_are_those_that_the_catalogue_declares(report):
    """`low` and `high` are null where a metric has none; `corrected` is where its interval is of these counts."""
    for name in WITH_MEANS:
        score, declared = report[METRICS[name].score_name("channel-means", canonical=False)], METRICS[name].interval
        assert (score.low is not None, score.high is not None) == (declared is not None,) * 2, name
        assert (score.confidence, score.calibrated is not None) == ((0.95, True) if declared else (None, False)), name
        assert (score.corrected is not None) == (declared == "populations"), name
        assert score.at_counts == (declared == "counts"), name
        if declared == "counts":
            assert METRICS[name].low <= score.low <= score.value <= score.high <= METRICS[name].high, name
            assert score.low < score.high, name


def test_a_report_is_one_json_object_with_what_was_chosen(report):
    """Scores, provenance with each metric's choices, and the tables."""
    content = json.loads(report.to_json())
    chosen = content["provenance"]["metrics"]
    assert chosen["kd_channel-means"]["subset_size"] == 50
    assert chosen["precision_channel-means"] == {
        "convention": "improved-precision-recall",
        "k": 3,
        "boundary": "inside",
        "interval": "not calibrated, at these counts",
    }
    assert set(content["tables"]) == {
        "realism",
        "memorisation",
        "duplicates",
        "classes",
        "class_agreement",
        "copied_share",
        "held_out",
        "precision_recall_curve",
        "vendi_by_class",
    }
    assert len(content["tables"]["realism"]) == 50
    assert [row["class"] for row in content["tables"]["classes"]] == ["cat", "dog"]


@pytest.mark.slow
def test_images_are_extracted_once_whatever_is_asked():
    """Once for each of the sides, not for each metric."""
    passes = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            passes.append(len(batch))
            return super().__call__(batch, device)

    evaluate(REAL, FAKE, metrics=WITH_MEANS, test=TEST, **LABELS, **{**FREE, "extractor": Counting()})
    assert sum(passes) == 150


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"metrics": ("precision",), "k": 50}, NotEnoughSamples, "50"),
        (
            {"metrics": ("kid",), "subset_size": 51},
            NotEnoughSamples,
            "a subset of 51 needs at least as many fake images",
        ),
        ({"metrics": ("is",), "splits": 51}, NotEnoughSamples, "51 splits need at least as many images"),
        ({"metrics": ("precision",), "memory": 10**6}, InputError, "memory must be at least 64 MB; got 1 MB"),
        ({"confidence": 1.0}, InputError, "confidence must lie between 0 and 1"),
        ({"metrics": ("intra_fid",)}, InputError, "needs class folders or labels; tensor has none"),
        (
            {"metrics": ("intra_fid",), "real_labels": [1]},
            InputError,
            "one class for each of the 60 images of tensor; got 1",
        ),
        ({"metrics": ("sfid",)}, InputError, "needs the spatial features of inception-v3"),
    ],
)
def test_bad_options_are_one_line(options, error, message):
    """What is needed and what came; nothing is silently shrunk."""
    with pytest.raises(error, match=message) as caught:
        evaluate(REAL, FAKE, **options, **FREE)
    assert "\n" not in str(caught.value)


def test_metrics_of_features_need_images():
    """Statistics hold mean and covariance only."""
    reference = Reference.from_images(REAL, **FREE)
    with pytest.raises(InputError, match="precision needs images; tensor holds only their mean and covariance"):
        evaluate(reference, FAKE, metrics=("precision",), **FREE)
    with pytest.raises(InputError, match="labels need images"):
        evaluate(reference, FAKE, real_labels=["a"] * 60, **FREE)


@pytest.mark.slow
def test_features_past_the_budget_lie_on_the_disk_and_change_nothing(monkeypatch):
    """The numbers are the same to the last bit."""
    from ganmetrics.extraction import feature_store

    metrics = ("kid", "precision", "recall", "authenticity", "vendi")
    within = evaluate(REAL, FAKE, metrics=metrics, **FREE)
    monkeypatch.setattr(feature_store, "SHARE", 10**9)
    beyond = evaluate(REAL, FAKE, metrics=metrics, **FREE)
    assert [score.value for score in within.values()] == [score.value for score in beyond.values()]
