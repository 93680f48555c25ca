"""Images, networks and class scores on another device than the CPU."""

import pytest
import torch

from ganmetrics import FrechetInceptionDistance, Outputs, Reference, evaluate, extract, to_uint8
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images
from tests.other_device import Elsewhere, other_device

REAL, FAKE = random_images(40, seed=1), random_images(30, seed=2)
FREE = {"workers": 0, "device": "cpu"}
ALL = ("fid", "kid", "is", "precision", "recall", "density", "coverage", "vendi")


class LeavesThem(ChannelMeans):
    """An extractor of a user's that returns what lies on the device."""

    def __init__(self, there):
        super().__init__()
        object.__setattr__(self, "there", there)

    def __call__(self, batch, device):
        """Return the means where the network ran."""
        found = self.there(super().__call__(batch, device).features.clone())
        return Outputs(features=found, logits=found)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["ipu", "mps"])
def test_images_may_lie_there(device):
    """In a loop, as a set, and mapped from [-1, 1] where they were made."""
    reference = Reference.from_images(REAL, extractor=ChannelMeans(), **FREE)
    made = FAKE.float() / 127.5 - 1
    scores = []
    for images in (FAKE, None):
        metric = FrechetInceptionDistance(reference, extractor=ChannelMeans(), device="cpu")
        with other_device(device) as there:
            metric.update(there(FAKE.clone()) if images is not None else to_uint8(there(made.clone())))
            scores.append(metric.compute())
    with other_device(device) as there:
        scores.append(evaluate(reference, there(FAKE.clone()), extractor=ChannelMeans(), **FREE)["fd_channel-means"])
    (expected,) = evaluate(reference, FAKE, extractor=ChannelMeans(), **FREE).values()
    for score in scores:
        assert [score.value, score.corrected] == pytest.approx([expected.value, expected.corrected], rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["ipu", "mps"])
def test_an_extractor_may_leave_its_outputs_there(device):
    """Features and class scores come to the host once, batch by batch."""
    expected = evaluate(REAL, FAKE, metrics=ALL, extractor=ChannelMeans(), **FREE)
    with other_device(device) as there:
        theirs = LeavesThem(there)
        found = evaluate(REAL, FAKE, metrics=ALL, extractor=theirs, **FREE)
        features, logits = extract(FAKE, extractor=theirs, **FREE)
        metric = FrechetInceptionDistance(Reference.from_images(REAL, extractor=theirs, **FREE), extractor=theirs)
        metric.update(FAKE)
        assert metric.compute().value == pytest.approx(expected["fd_channel-means"].value, rel=1e-9)
    assert not isinstance(features, Elsewhere)
    assert not isinstance(logits, Elsewhere)
    values = [score.value for score in expected.values()]
    assert [score.value for score in found.values()] == pytest.approx(values, rel=1e-9)


def test_another_default_device_is_refused():
    """Statistics lie on the CPU, and every tensor that joins them is to be made there."""
    with torch.device("meta"), pytest.raises(InputError, match="default device needs to be the CPU here.*got meta"):
        evaluate(REAL, FAKE, extractor=ChannelMeans(), **FREE)
    with torch.device("meta"), torch.device("cpu"):
        assert evaluate(REAL, FAKE, extractor=ChannelMeans(), **FREE)
