"""MiFID in a report: infinite for copies, told with its distance."""

import json
import math

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def test_mifid_is_infinite_for_copies_and_null_in_json():
    """JSON has no infinity; the provenance has the distance of 0."""
    copies = torch.cat([REAL[:20], REAL[:20]])
    found = evaluate(REAL, copies, metrics=("mifid",), **FREE)
    assert math.isinf(found["mifid_channel-means"].value)
    content = json.loads(found.to_json())
    assert content["scores"][0]["value"] is None
    assert content["provenance"]["metrics"]["mifid_channel-means"]["memorisation_distance"] < 1e-12


@pytest.mark.slow
def test_what_is_no_copy_is_not_punished():
    """Past the threshold the penalty is 1: the Fréchet distance itself, of which the provenance has both parts."""
    far = evaluate(REAL, 255 - FAKE // 4, metrics=("mifid", "fid"), **FREE)
    chosen = far.provenance["metrics"]["mifid_channel-means"]
    distance = far["fd_channel-means"].value
    expected = distance if not chosen["penalised"] else distance / (chosen["memorisation_distance"] + 1e-15)
    assert far["mifid_channel-means"].value == pytest.approx(expected, rel=1e-9)
