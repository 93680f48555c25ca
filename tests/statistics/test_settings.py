"""Options that are resolved once, and refused in one place."""

import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.features.resize import Preprocessing
from ganmetrics.statistics import settings as module
from ganmetrics.statistics.settings import resolve_settings
from ganmetrics.testing import ChannelMeans

DEFAULTS = {
    "protocol": None,
    "weights": None,
    "offline": True,
    "count": None,
    "seed": 0,
    "alpha": "white",
    "skip_bad": False,
    "batch_size": 32,
    "workers": None,
    "device": None,
    "progress": None,
}


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        (None, Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")),
        ("ttur", Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")),
        ("torch-fidelity", Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")),
        ("pytorch-fid", Preprocessing("half-pixel-bilinear", (299, 299), "2x/255-1")),
    ],
)
def test_the_protocol_decides_inceptions_preprocessing(monkeypatch, protocol, expected):
    """The extractor is loaded with the resize and scaling that the protocol names."""
    asked = {}

    def load(name, **options):
        asked.update(options, name=name)
        return ChannelMeans(name=name)

    monkeypatch.setattr(module, "load_extractor", load)
    resolve_settings("inception-v3", **{**DEFAULTS, "protocol": protocol})
    assert (asked["name"], asked["preprocessing"], asked["offline"]) == ("inception-v3", expected, True)


def test_an_extractor_object_is_used_as_it_is():
    """It needs no loading, and its protocol is its own."""
    extractor = ChannelMeans()
    resolved = resolve_settings(extractor, **DEFAULTS)
    assert resolved.extractor is extractor
    assert resolved.protocol.name == "native"
    assert resolved.device == torch.device("cuda" if torch.cuda.is_available() else "cpu")
    assert 1 <= resolved.workers <= 4


def test_a_device_that_torch_lacks_is_refused():
    """A device is tried before the work, not in the middle of it."""
    with pytest.raises(InputError, match="device must be one that this torch can use; got 'xpu:7'"):
        resolve_settings(ChannelMeans(), **{**DEFAULTS, "device": "xpu:7"})
