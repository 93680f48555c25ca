"""Vendi and duplicates in a report."""

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def test_vendi_counts_kinds_of_images():
    """Of copies of one image it is 1; of the fakes it is the formula's."""
    one = evaluate(REAL, FAKE[:1].repeat(10, 1, 1, 1), metrics=("vendi",), **FREE)
    assert one["vendi_channel-means"].value == pytest.approx(1)
    found = evaluate(REAL, FAKE, metrics=("vendi",), **FREE)
    assert found["vendi_channel-means"].value == pytest.approx(vendi_score(means(FAKE)))


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
