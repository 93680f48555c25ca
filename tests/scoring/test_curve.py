"""The precision-recall curve in a report."""

import pytest
import torch

from ganmetrics import evaluate
from ganmetrics.metrics.precision_recall_curve import precision_recall_curve
from ganmetrics.report.curve import CURVE
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


@pytest.mark.slow
def test_the_curve_is_a_table():
    """Two numbers as scores, and the points."""
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
