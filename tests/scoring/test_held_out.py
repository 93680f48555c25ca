"""Memorisation against a held-out set, through `evaluate`."""

import pytest
import torch

from ganmetrics import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.feature_likelihood import feature_likelihood
from ganmetrics.metrics.neighbours.copied_share import copied_share
from ganmetrics.metrics.neighbours.data_copying import data_copying
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
ALL = ("fld", "fld_gap", "data_copying", "copied_share")
# One image in ten is a training one: that three fakes lie exactly there has a chance of a thousandth.
TRAIN, TEST, FAKE = (random_images(count, seed=seed, size=2) for seed, count in enumerate((150, 1350, 300), 1))
PLANTED = range(0, 300, 100)


def means(images):
    return images.double().mean(dim=(2, 3)).float()


@pytest.fixture(scope="module")
def found():
    """Of honest fakes, and of such of which one in a hundred is a copy of a training image."""
    planted = FAKE.clone()
    planted[::100] = TRAIN[50:53]
    names = (*ALL, "authenticity", "mifid")
    return [evaluate(TRAIN, fakes, metrics=names, test=TEST, **FREE) for fakes in (FAKE, planted)]


@pytest.mark.slow
def test_numbers_are_the_functions(found):
    """Of the features, training first."""
    sides = [means(images) for images in (TRAIN, TEST, FAKE)]
    report = found[0]
    likelihood, copying = feature_likelihood(*sides), data_copying(*sides)
    assert report["fld_channel-means"].value == pytest.approx(likelihood.value, rel=1e-6)
    assert report["fld_gap_channel-means"].value == pytest.approx(likelihood.gap, rel=1e-6, abs=1e-9)
    assert report["data_copying_channel-means"].value == pytest.approx(copying.value, rel=1e-6)
    assert report["data_copying_channel-means"].made["p_value"] == pytest.approx(copying.p_value, rel=1e-6)
    assert report["copied_share_channel-means"].value == pytest.approx(copied_share(*sides).share, rel=1e-6)


def test_planted_copies_at_one_per_cent_are_found(found):
    """By the share, with its p-value and by name; the gap of FLD is minus infinity; honest fakes are not accused."""
    honest, planted = found
    assert honest["copied_share_channel-means"].made["p_value"] > 0.05
    score = planted["copied_share_channel-means"]
    assert score.made["p_value"] <= 0.01
    assert score.value == pytest.approx(0.01, abs=0.005)
    (table,) = (one for one in planted.tables if one.name == "copied_share")
    assert {f"tensor[{row}]" for row in PLANTED} <= {row[0] for row in table.rows}
    assert planted["fld_gap_channel-means"].value < -100
    assert honest["fld_gap_channel-means"].value > -50


def test_what_sees_no_difference_at_one_per_cent(found):
    """The control: authenticity and MiFID hardly move, which is what the held-out set is for."""
    honest, planted = found
    assert abs(planted["authenticity_channel-means"].value - honest["authenticity_channel-means"].value) < 0.02


def test_the_p_value_is_in_the_line(found):
    """And the held-out set in the provenance."""
    assert "p = 0.00" in str(found[1]["copied_share_channel-means"])
    assert found[0].provenance["test"]["count"] == 1350
    assert torch.isfinite(torch.tensor([score.value for score in found[0].values()])).all()


@pytest.mark.parametrize("name", ALL)
def test_without_a_held_out_set_it_is_refused(name):
    """Before any image is read."""
    with pytest.raises(InputError, match="needs real images held out from training"):
        evaluate(TRAIN, FAKE, metrics=(name,), **FREE)
