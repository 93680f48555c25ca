"""A batch is prepared as its images are one by one."""

import numpy as np
import pytest
import torch

from ganmetrics import FrechetInceptionDistance, Reference
from ganmetrics.core.gaussian.blocks import input_hashes
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.batched_preparation import prepare_batch
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.preparation import ImagePreparation
from ganmetrics.features.resize import SCALINGS, Preprocessing
from ganmetrics.testing import ChannelMeans, random_images
from tests.other_device import other_device

IMAGES = random_images(3, size=20)
SINGLE = ImagePreparation.of(
    size=9, resize="pillow-bicubic-uint8", scaling="x/255", mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4)
)


def one_by_one(prepare):
    """What the preparation gives for each image."""
    return np.stack([prepare(np.ascontiguousarray(image)) for image in IMAGES.permute(0, 2, 3, 1).numpy()])


@pytest.mark.parametrize("scaling", list(SCALINGS))
@pytest.mark.parametrize("resizer", ["tf1-bilinear", "pillow-bicubic-float", "pillow-lanczos-uint8"])
def test_every_scaling_is_exact(resizer, scaling):
    """After every kind of resizer."""
    prepare = Preprocessing(resizer, (13, 11), scaling)
    assert np.array_equal(prepare_batch(prepare, IMAGES).numpy(), one_by_one(prepare))


@pytest.mark.parametrize(
    "prepare", [SINGLE, ImagePreparation.of(size=None, resize="tf1-bilinear", scaling="x", mean=None, std=None)]
)
def test_a_user_s_preparation_is_exact(prepare):
    """Resized and standardised, or as they are."""
    assert np.array_equal(prepare_batch(prepare, IMAGES).numpy(), one_by_one(prepare))


def test_other_preparations_are_not_known():
    """They prepare one image at a time, on the host."""
    assert prepare_batch(ChannelMeans().prepare, IMAGES) is None


@pytest.mark.parametrize("width", [5, 20])
def test_hashes_of_tensors_are_those_of_arrays(width):
    """Narrow inputs as they are, wide ones by sums of their bits."""
    inputs = np.random.default_rng(0).standard_normal((7, 3, width, width)).astype(np.float32)
    assert torch.equal(input_hashes(torch.from_numpy(inputs)), input_hashes(inputs))


class Means(FrozenNetwork):
    """Means of the channels, anywhere."""

    def forward(self, batch):
        return Outputs(batch.mean(dim=(2, 3)))


@pytest.mark.slow
def test_a_loop_on_another_device_prepares_there(monkeypatch):
    """Its scores are the host's; no image is prepared by the host. Who plays the device has no streams."""
    monkeypatch.setattr("ganmetrics.evaluator.streams_for", lambda *_: 0)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _: None)
    spec = ExtractorSpec("means", 3, None, "mean", None, "tf1-bilinear 9x9 (x-128)/128")
    prepare = Preprocessing("tf1-bilinear", (9, 9), "(x-128)/128")
    extractor = NetworkExtractor(spec, prepare, Means)
    real, fake = random_images(20, size=16), random_images(20, size=16, seed=1)
    reference = Reference.from_images(real, extractor=extractor, workers=0, device="cpu")
    expected = FrechetInceptionDistance(reference, extractor=extractor, device="cpu")
    expected.update(fake)
    with other_device("cuda") as there:
        metric = FrechetInceptionDistance(reference, extractor=NetworkExtractor(spec, prepare, Means), device="cuda")
        metric.update(there(fake.clone()))
        found = metric.compute()
    assert found.value == pytest.approx(expected.compute().value, rel=1e-6)
