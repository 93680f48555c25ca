"""Class by class: rows for each class, what was left out, and a warning of few images."""

import logging

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


LABELS = {"real_labels": ["a", "b"] * 30, "fake_labels": ["a", "b"] * 25}


@pytest.mark.slow
def test_intra_fid_is_the_mean_of_the_classes():
    """Each class by itself, as a row with its counts."""
    found = evaluate(REAL, FAKE, metrics=("intra_fid",), **LABELS, **FREE)
    expected = [
        frechet_distance(Moments.of(means(REAL)[start::2]), Moments.of(means(FAKE)[start::2])) for start in (0, 1)
    ]
    (table,) = found.tables
    assert [row[:3] for row in table.rows] == [("a", 30, 25), ("b", 30, 25)]
    assert [row[3] for row in table.rows] == pytest.approx(expected, rel=1e-5)
    assert next(iter(found.values())).value == pytest.approx(sum(expected) / 2, rel=1e-5)


def test_a_class_of_one_image_is_left_out_and_told():
    """In the score's note and its provenance."""
    labels = {"real_labels": ["a"] * 59 + ["b"], "fake_labels": ["a"] * 48 + ["b"] * 2}
    found = evaluate(REAL, FAKE, metrics=("intra_fid",), **labels, **FREE)
    assert next(iter(found.provenance["metrics"].values()))["left_out"] == ["b"]
    assert "without b: fewer than 2 images a side" in found.to_text()


@pytest.mark.slow
def test_few_images_of_a_class_are_warned_of(caplog):
    """No more than features."""
    labels = {"real_labels": ["a"] * 57 + ["b"] * 3, "fake_labels": ["a"] * 47 + ["b"] * 3}
    with caplog.at_level(logging.WARNING, logger="ganmetrics"):
        evaluate(REAL, FAKE, metrics=("intra_fid",), **labels, **FREE)
    assert "1 of 2 classes have no more images than the 3 features" in caplog.text


@pytest.mark.slow
def test_agreement_of_what_can_be_told_apart():
    """Dark and bright images are all of their class; with the labels exchanged none is."""
    images = torch.cat([REAL[:20] // 4, 255 - REAL[20:40] // 4])
    names = ["dark"] * 20 + ["bright"] * 20
    right = evaluate(images, images, metrics=("class_agreement",), real_labels=names, fake_labels=names, **FREE)
    wrong = evaluate(images, images, metrics=("class_agreement",), real_labels=names, fake_labels=names[::-1], **FREE)
    assert right["class_agreement_channel-means"].value == 1
    assert wrong["class_agreement_channel-means"].value == 0
    assert sorted(right.tables[0].rows) == [("bright", 1.0), ("dark", 1.0)]
