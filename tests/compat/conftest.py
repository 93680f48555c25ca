"""What the tests of the shims share: a network in Inception's place that needs no weights."""

import pytest
import torch

from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.inception import INCEPTION_PREPROCESSING
from ganmetrics.features.weights import PUBLISHED


class TinyInception:
    """Called ``inception-v3``: eight pixels of the prepared image are its features, a few others its logits."""

    def __init__(self, prepare=INCEPTION_PREPROCESSING):
        self.prepare = prepare
        self.spec = ExtractorSpec(
            "inception-v3",
            8,
            classes=5,
            layer="pixels",
            weights_sha256=PUBLISHED["inception-v3"].sha256,
            preprocessing=str(prepare),
            spatial=4,
            canonical=True,
        )
        self.passes = 0

    def __call__(self, batch, device):
        self.passes += len(batch)
        pixels = batch[:, :, 20::40, 77].flatten(1)
        return Outputs(features=pixels[:, :8], logits=3 * pixels[:, 8:13], spatial=pixels[:, 13:17])


@pytest.fixture
def tiny_inception(monkeypatch):
    """Open the tiny network wherever ``inception-v3`` is asked for; the networks made so far."""
    made = []

    def open_tiny(name, *, preprocessing=None, **_):
        assert name == "inception-v3"
        if not any(network.prepare == preprocessing for network in made):
            made.append(TinyInception(preprocessing or INCEPTION_PREPROCESSING))
        return next(network for network in made if network.prepare == preprocessing)

    monkeypatch.setattr("ganmetrics.extraction.settings.open_extractor", open_tiny)
    monkeypatch.setattr("ganmetrics.features.registry.load_extractor", open_tiny)
    return made


@pytest.fixture
def rng():
    """A seeded generator."""
    return torch.Generator().manual_seed(0)
