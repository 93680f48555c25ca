"""`cmmd` and `mmd` through `evaluate`: the closed form, and who may have the name."""

import math
from dataclasses import replace

import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.features.names import CLIP
from ganmetrics.testing import ChannelMeans

FREE = {"workers": 0, "device": "cpu", "interval": False}
DARK, BRIGHT = (torch.full((4, 3, 2, 2), value, dtype=torch.uint8) for value in (0, 10))


class Published(ChannelMeans):
    """Stands for the published network with the published weights."""

    @property
    def spec(self):
        return replace(super().spec, canonical=True)


@pytest.mark.parametrize(
    ("extractor", "name"), [(Published(CLIP), "cmmd"), (ChannelMeans(CLIP), f"cmmd_{CLIP}")], ids=["published", "other"]
)
def test_its_value_is_the_closed_form(extractor, name):
    """Two points 10 sqrt(3) apart: 1000 (2 - 2 exp(-300/200)), sigma 10, times 1000, biased; the name is CLIP's own."""
    report = evaluate(DARK, BRIGHT, metrics=("cmmd",), extractor=extractor, **FREE)
    assert [*report] == [name]
    assert report[name].value == pytest.approx(1000 * (2 - 2 * math.exp(-1.5)), rel=1e-6)
    assert report[name].protocol == "cmmd"


def test_the_other_distances_of_clip_are_not_inceptions():
    """A canonical CLIP does not make an FID."""
    assert [*evaluate(DARK, BRIGHT, metrics=("mmd", "fid"), extractor=Published(CLIP), **FREE)] == [
        f"mmd_{CLIP}",
        f"fd_{CLIP}",
    ]


def test_no_other_network_has_it():
    """The same kernel of other features is `mmd`."""
    with pytest.raises(InputError, match=rf"cmmd needs extractor {CLIP}; got channel-means: mmd is the same"):
        evaluate(DARK, BRIGHT, metrics=("cmmd",), extractor=ChannelMeans(), **FREE)
