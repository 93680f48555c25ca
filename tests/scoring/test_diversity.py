"""Vendi and duplicates in a report."""

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.kernel.renyi import mode_count
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)
LABELS = ["cat", "dog"] * 25


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def test_vendi_counts_kinds_of_images():
    """Of copies of one image it is 1; of the fakes it is the formula's."""
    one = evaluate(REAL, FAKE[:1].repeat(10, 1, 1, 1), metrics=("vendi",), **FREE)
    assert one["vendi_channel-means"].value == pytest.approx(1)
    found = evaluate(REAL, FAKE, metrics=("vendi",), **FREE)
    assert found["vendi_channel-means"].value == pytest.approx(vendi_score(means(FAKE)))


@pytest.mark.slow
def test_duplicates_are_counted_where_they_are():
    """Two equal fakes, and a fake that is a real image: two pairs, and the real set's own beside them."""
    fake = torch.cat([FAKE[:20], FAKE[:1], REAL[5:6]])
    found = evaluate(REAL, fake, metrics=("duplicates",), **FREE)
    totals = found.provenance["metrics"]["duplicates_channel-means"]
    assert totals["within fake"]["exact"] == 1
    assert totals["real and fake"]["exact"] == 1
    near = totals["within fake"]["near"] + totals["real and fake"]["near"]
    assert found["duplicates_channel-means"].value == 2 + near
    (table,) = found.tables
    exact = [row[:2] for row in table.rows if row[1] == "exact"]
    assert exact == [("within fake", "exact"), ("real and fake", "exact")]
    assert "within real" in table.title


@pytest.mark.slow
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
    assert evaluate(REAL, FAKE, metrics=("vendi",), vendi_order=0.0, **FREE)[
        "vendi_channel-means"
    ].value == pytest.approx(3)


def test_the_number_of_modes_needs_a_bandwidth():
    """There is no good default, so none is taken."""
    report = evaluate(REAL, FAKE, metrics=("rke",), bandwidth=20.0, **FREE)
    assert report["rke_channel-means"].value == pytest.approx(mode_count(means(FAKE), bandwidth=20.0), rel=1e-6)
    with pytest.raises(InputError, match="--bandwidth"):
        evaluate(REAL, FAKE, metrics=("rke",), **FREE)
