"""Options that are resolved once, and refused in one place."""

import os
from dataclasses import replace

import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.extraction import settings as module
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.features.resize import Preprocessing
from ganmetrics.testing import ChannelMeans

OFFLINE = Extraction(offline=True, batch_size=32)


def opened(extractor, **options):
    """The settings of an extractor under these options."""
    return open_settings(replace(OFFLINE, extractor=extractor, **options), progress=None)


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

    monkeypatch.setattr(module, "open_extractor", load)
    opened("inception-v3", protocol=protocol)
    assert (asked["name"], asked["preprocessing"], asked["offline"]) == ("inception-v3", expected, True)


def test_an_extractor_object_is_used_as_it_is():
    """It needs no loading, and its protocol is its own."""
    extractor = ChannelMeans()
    resolved = opened(extractor)
    assert resolved.extractor is extractor
    assert resolved.protocol.name == "native"
    assert resolved.device == torch.device("cuda" if torch.cuda.is_available() else "cpu")
    assert 1 <= resolved.workers <= 4


@pytest.mark.parametrize(("device", "given", "expected"), [("cpu", None, 8), ("cuda", None, 32), ("cpu", 20, 20)])
def test_a_cpu_has_small_batches(monkeypatch, device, given, expected):
    """A CPU's network sees a few images at a time, so that more would only wait in memory; what is given stays."""
    monkeypatch.setattr(module, "_resolve_device", torch.device)
    resolved = opened(ChannelMeans(), batch_size=given, device=device)
    assert resolved.batch_size == expected


def test_a_device_that_torch_lacks_is_refused():
    """A device is tried before the work, not in the middle of it."""
    with pytest.raises(InputError, match="device must be one that this torch can use; got 'xpu:7'"):
        opened(ChannelMeans(), device="xpu:7")


@pytest.mark.parametrize(
    ("threads", "cores", "local", "expected"),
    [(2, 64, None, 2), (64, 64, None, 16), (1, 64, "8", 8), (1, 2, "4", 1), (1, 64, "1", 16), (3, 64, "none", 3)],
)
def test_every_core_of_a_process_decodes_by_default(monkeypatch, threads, cores, local, expected):
    """Up to 16; the one thread that torchrun gives each process does not count, the cores that it shares do."""
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    if local is None:
        monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    else:
        monkeypatch.setenv("LOCAL_WORLD_SIZE", local)
    assert opened(ChannelMeans()).workers == expected
