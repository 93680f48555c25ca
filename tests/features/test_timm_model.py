"""Tests of `ganmetrics.features.timm_model`, with seeded small models."""

import pickle

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.resize import resize
from ganmetrics.features.timm_model import StandardizedPreprocessing, load_timm_model

CPU = torch.device("cpu")
timm = pytest.importorskip("timm")
NAMES = ["test_resnet", "test_vit", "test_efficientnet"]


def saved_model(name, path, seed=0):
    """A seeded model with its classifier, and its state dict in a file."""
    torch.manual_seed(seed)
    model = timm.create_model(name, pretrained=False).eval()
    torch.save(model.state_dict(), path)
    return model


def images(count=2):
    """Noise of one size."""
    return np.random.default_rng(0).integers(0, 256, (count, 50, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", NAMES)
def test_features_are_those_before_the_classifier(name, tmp_path):
    """Features are timm's own pooled ones, under the model's own input size, mean and deviation."""
    model = saved_model(name, tmp_path / "weights.pth")
    extractor = load_timm_model(name, weights=tmp_path / "weights.pth")
    prepared = torch.from_numpy(np.stack([extractor.prepare(image) for image in images()]))
    config = timm.data.resolve_model_data_config(model)
    assert prepared.shape[1:] == config["input_size"]
    outputs = extractor(prepared, CPU)
    with torch.no_grad():
        truth = model.forward_head(model.forward_features(prepared), pre_logits=True)
    torch.testing.assert_close(outputs.features, truth, rtol=1e-4, atol=1e-5)
    assert outputs.features.shape == (2, extractor.spec.dimension)
    assert outputs.logits is None
    assert extractor.spec.name == f"timm:{name}"
    assert extractor.spec.preprocessing == str(extractor.prepare)


def test_a_file_with_or_without_classifier_is_the_same(tmp_path):
    """The digest is that of the tensors used, so the classifier does not count, and any other weight does."""
    model = saved_model("test_resnet", tmp_path / "whole.pth")
    backbone = {name: value for name, value in model.state_dict().items() if not name.startswith("fc.")}
    torch.save(backbone, tmp_path / "backbone.pth")
    saved_model("test_resnet", tmp_path / "other.pth", seed=1)
    specs = [
        load_timm_model("test_resnet", weights=tmp_path / f"{name}.pth").spec for name in ("whole", "backbone", "other")
    ]
    assert specs[0] == specs[1]
    assert specs[0].weights_sha256 != specs[2].weights_sha256
    assert not specs[0].canonical


def test_weights_of_another_model_are_refused(tmp_path):
    """A missing or surplus tensor outside the classifier is named."""
    model = saved_model("test_resnet", tmp_path / "weights.pth")
    state = model.state_dict()
    first = next(iter(state))
    torch.save({name: value for name, value in state.items() if name != first}, tmp_path / "less.pth")
    with pytest.raises(WeightsError, match=rf"need the tensor {first} .*less\.pth has none"):
        load_timm_model("test_resnet", weights=tmp_path / "less.pth")
    torch.save(state | {"extra.weight": torch.zeros(1)}, tmp_path / "more.pth")
    with pytest.raises(WeightsError, match=r"hold extra\.weight, which the network does not have"):
        load_timm_model("test_resnet", weights=tmp_path / "more.pth")


@pytest.mark.parametrize("name", ["resnet10", "resnet10t.no_such_tag"])
def test_an_unknown_model_is_answered_with_close_ones(name):
    """A wrong name, or a wrong tag, is answered with names like it."""
    with pytest.raises(InputError, match=rf"needs a model of timm .*; got '{name}'; close to it: .*resnet10t"):
        load_timm_model(name)


def test_weights_out_of_reach_are_told_in_one_line():
    """Without network and cache the message names the weights and what to do."""
    with pytest.raises(
        WeightsError, match=r"model\.safetensors of timm/test_vit\S*\) cannot be found: .*--weights"
    ) as caught:
        load_timm_model("test_vit", offline=True)
    assert "\n" not in str(caught.value)


def test_a_model_without_published_weights_is_told(monkeypatch):
    """Where timm publishes nothing, a file has to be named."""
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda _: None)
    with pytest.raises(WeightsError, match="timm publishes no weights for test_vit .*--weights"):
        load_timm_model("test_vit")


def test_published_weights_are_taken_from_the_local_cache(tmp_path, monkeypatch):
    """A file in the hub's cache is used without any request, and gives what the same file gives when named."""
    saved_model("test_resnet", tmp_path / "model.pth")
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub, "try_to_load_from_cache", lambda *_: str(tmp_path / "model.pth"))
    cached = load_timm_model("test_resnet", offline=True)
    assert cached.spec == load_timm_model("test_resnet", weights=tmp_path / "model.pth").spec


def test_preparation_standardizes_each_channel():
    """Each channel is resized, put on a scale of 0 to 1, less its mean, over its deviation; the text tells all."""
    prepare = StandardizedPreprocessing("pillow-bilinear-uint8", (6, 5), (0.5, 0.25, 0.0), (0.5, 1.0, 2.0))
    image = images()[0]
    truth = resize(image, (6, 5), resizer="pillow-bilinear-uint8").astype(np.float64) / 255
    truth = (truth - np.array([0.5, 0.25, 0.0])[:, None, None]) / np.array([0.5, 1.0, 2.0])[:, None, None]
    result = pickle.loads(pickle.dumps(prepare))(image)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, truth, atol=1e-6)
    assert str(prepare) == "pillow-bilinear-uint8 6x5 (x/255-mean)/std mean 0.5,0.25,0.0 std 0.5,1.0,2.0"
