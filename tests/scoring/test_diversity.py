"""Vendi of other orders and by class, the number of modes, and the curve, through `evaluate`."""

import pytest
import torch

from ganmetrics import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.kernel.renyi import mode_count
from ganmetrics.metrics.precision_recall_curve import precision_recall_curve
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.report.curve import CURVE, save_curve
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)
LABELS = ["cat", "dog"] * 25


def means(images):
    return images.double().mean(dim=(2, 3)).float()


def test_orders_reach_the_scores():
    """Of the whole and of each class; the order is in the provenance."""
    report = evaluate(
        REAL, FAKE, metrics=("vendi", "vendi_by_class"), fake_labels=LABELS, vendi_order=float("inf"), **FREE
    )
    features = means(FAKE)
    classes = [vendi_score(features[start::2], order=float("inf")) for start in (0, 1)]
    assert report["vendi_channel-means"].value == pytest.approx(vendi_score(features, order=float("inf")))
    assert report["vendi_by_class_channel-means"].value == pytest.approx(sum(classes) / 2)
    assert report["vendi_channel-means"].made["order"] == "infinite"
    assert dict(report.tables[0].rows) == pytest.approx({"cat": classes[0], "dog": classes[1]})
    assert evaluate(REAL, FAKE, metrics=("vendi",), vendi_order=0.0, **FREE)["vendi_channel-means"].value == 3


def test_the_number_of_modes_needs_a_bandwidth():
    """There is no good default, so none is taken."""
    report = evaluate(REAL, FAKE, metrics=("rke",), bandwidth=20.0, **FREE)
    assert report["rke_channel-means"].value == pytest.approx(mode_count(means(FAKE), bandwidth=20.0), rel=1e-6)
    with pytest.raises(InputError, match="--bandwidth"):
        evaluate(REAL, FAKE, metrics=("rke",), **FREE)


def test_the_curve_is_a_table_and_a_picture(tmp_path):
    """Two numbers as scores, the points in JSON, and a PNG where it is asked for."""
    report = evaluate(REAL, FAKE, metrics=("curve_precision", "curve_recall"), **FREE)
    curve = precision_recall_curve(means(REAL), means(FAKE), angles=101)
    assert report["curve_precision_channel-means"].value == pytest.approx(curve.precision_weighted)
    assert report["curve_recall_channel-means"].value == pytest.approx(curve.recall_weighted)
    (table,) = report.tables
    assert table.name == CURVE
    assert torch.tensor(table.rows).T.tolist() == [
        pytest.approx(curve.recall.tolist()),
        pytest.approx(curve.precision.tolist()),
    ]
    pytest.importorskip("matplotlib")
    save_curve({"mine": report.tables, "without": ()}, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(InputError, match="needs a precision-recall curve"):
        save_curve({"without": ()}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
