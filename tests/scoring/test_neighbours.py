"""Precision to authenticity in a report: one look at all distances, images named by file."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.scoring import neighbours
from ganmetrics.testing import ChannelMeans, random_images, write_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)
ALL = ("precision", "recall", "density", "coverage", "realism", "authenticity")


@pytest.mark.slow
def test_suspicious_images_are_named_by_file(tmp_path):
    """A copy of a real image is the first row, with the file that it copies."""
    real = write_images(tmp_path / "real", 12, seed=1)
    fake = write_images(tmp_path / "fake", 12, seed=2)
    (fake / "00005.png").write_bytes((real / "00003.png").read_bytes())
    found = evaluate(real, fake, metrics=("authenticity", "duplicates"), **FREE)
    suspects, duplicates = found.tables
    first = suspects.rows[0]
    assert (str(first[0])[-9:], str(first[1])[-9:], first[2], first[3]) == ("00005.png", "00003.png", 0.0, 0.0)
    assert any(row[0] == "real and fake" and row[1] == "exact" for row in duplicates.rows)
    assert found["duplicates_channel-means"].value >= 1


@pytest.mark.slow
def test_distances_are_looked_at_once(monkeypatch):
    """However many of the family are asked for."""
    looks, of_both = [], neighbours.of_both
    monkeypatch.setattr(neighbours, "of_both", lambda *sides, **options: looks.append(1) or of_both(*sides, **options))
    assert len(evaluate(REAL, FAKE, metrics=ALL, **FREE)) == len(ALL)
    assert looks == [1]


@pytest.mark.slow
def test_the_protocol_says_where_a_ball_ends():
    """And `k` is the user's where it is given; both are told."""
    found = evaluate(REAL, FAKE, metrics=("precision",), k=7, **FREE)
    means = [images.double().mean(dim=(2, 3)).float() for images in (REAL, FAKE)]
    assert found["precision_channel-means"].value == precision_recall(*means, k=7).precision
    assert found.provenance["metrics"]["precision_channel-means"]["k"] == 7
