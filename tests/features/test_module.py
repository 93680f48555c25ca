"""Any network or function as an extractor: its own identity, its own mode, and one line where it does not fit."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

import ganmetrics
from ganmetrics import Extractor, InputError, ModuleExtractor
from ganmetrics.features.base import check_extractor
from ganmetrics.features.resize import resize
from ganmetrics.testing import ChannelMeans, random_images

CPU = torch.device("cpu")


class Small(nn.Module):
    """A convolution, a normalisation that training would change, and a classifier."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.BatchNorm2d(6), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(6, 4)

    def forward(self, batch):
        return self.head(self.body(batch).mean(dim=(2, 3)))


def test_the_distance_is_that_of_the_network_s_features():
    """The wrapped network scores as frechet_distance does on its own outputs."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5))
    real, fake = random_images(40, size=8), random_images(30, seed=1, size=8)
    extractor = ModuleExtractor(network, name="mine", size=8)
    assert isinstance(extractor, Extractor)
    score = ganmetrics.fid(real, fake, extractor=extractor, workers=0, device="cpu")
    with torch.no_grad():
        moments = [ganmetrics.Moments.of(network(images / 255)) for images in (real, fake)]
    assert score.value == pytest.approx(ganmetrics.frechet_distance(*moments), rel=1e-5)
    assert (score.name, extractor.spec.dimension, extractor.spec.layer) == ("fd_mine", 5, "output")


@pytest.mark.slow
def test_a_function_has_a_name_and_no_weights():
    """Of a function nothing but the name tells two apart."""
    extractor = ModuleExtractor(lambda batch: batch.mean(dim=(2, 3)), name="means", size=None, scaling="x", dimension=3)
    assert (extractor.spec.weights_sha256, extractor.spec.preprocessing) == (None, "as it is x")
    real, fake = random_images(20, size=6), random_images(20, seed=1, size=6)
    options = {"workers": 0, "device": "cpu"}
    same = ganmetrics.fid(real, fake, extractor=ChannelMeans(), **options)
    assert ganmetrics.fid(real, fake, extractor=extractor, **options).value == pytest.approx(same.value, rel=1e-4)


def test_evaluation_mode_and_the_caller_s_mode():
    """Dropout is off and statistics stay, while the caller's network keeps its mode, gradients and weights."""
    network = Small().train()
    before = copy.deepcopy(network.state_dict())
    extractor = ModuleExtractor(network, name="small", size=16, classes=4, layer="body", pooling="mean")
    batch = torch.rand(5, 3, 16, 16)
    first, second = (extractor(batch, CPU) for _ in range(2))
    assert torch.equal(first.features, second.features)
    assert torch.equal(first.logits, second.logits)
    assert not first.features.requires_grad
    assert network.training
    assert network.body[3].training
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not network.body._forward_hooks


def test_later_training_does_not_reach_the_extractor():
    """The copy is as the network was; one made now has another identity."""
    network = Small()
    extractor = ModuleExtractor(network, name="small", size=16)
    batch = torch.rand(2, 3, 16, 16)
    before = extractor(batch, CPU).features
    with torch.no_grad():
        network.head.weight += 1
    assert torch.equal(extractor(batch, CPU).features, before)
    later = ModuleExtractor(network, name="small", size=16)
    assert not torch.allclose(later(batch, CPU).features, before)
    assert later.spec == replace(extractor.spec, weights_sha256=later.spec.weights_sha256)
    assert later.spec != extractor.spec


def test_references_tell_two_networks_apart():
    """Stored statistics of one set of weights are refused with another."""
    real = random_images(12, size=8)
    networks = [nn.Sequential(nn.Flatten(), nn.Linear(192, 3)) for _ in range(2)]
    one, other = (ModuleExtractor(network, name="mine", size=8) for network in networks)
    reference = ganmetrics.Reference.from_images(real, extractor=one, workers=0, device="cpu")
    metric = ganmetrics.FrechetInceptionDistance(reference, extractor=one, device="cpu")
    metric.update(real)
    assert metric.compute().value == pytest.approx(0, abs=1e-6)
    with pytest.raises(ganmetrics.StaleStatistics):
        ganmetrics.FrechetInceptionDistance(reference, extractor=other, device="cpu")


def test_layer_pooling_and_scores():
    """The features are a layer's, averaged; the scores are what the network returns."""
    network = Small().eval()
    extractor = ModuleExtractor(network, name="small", size=16, layer="body.2", pooling="mean", classes=4)
    batch = torch.rand(3, 3, 16, 16)
    found = extractor(batch, CPU)
    with torch.no_grad():
        expected = network.body[:3](batch).mean(dim=(2, 3))
        assert torch.allclose(found.features, expected, atol=1e-6)
        assert torch.allclose(found.logits, network(batch), atol=1e-6)
    assert (extractor.spec.dimension, extractor.spec.classes, extractor.spec.layer) == (6, 4, "body.2 averaged")


def test_a_pair_is_features_and_scores():
    """A function may return both."""
    extractor = ModuleExtractor(lambda batch: (batch.flatten(1), batch[:, :, 0, 0]), name="pair", size=2, classes=3)
    found = extractor(torch.arange(24.0).reshape(2, 3, 2, 2), CPU)
    assert found.features.shape == (2, 12)
    assert found.logits.tolist() == [[0, 4, 8], [12, 16, 20]]


def test_the_preparation():
    """Resized by the filter named, scaled, standardised; it pickles, and its text holds all of it."""
    extractor = ModuleExtractor(
        nn.Flatten(),
        name="flat",
        size=(4, 6),
        resize="pillow-bilinear-uint8",
        mean=(0.5, 0.4, 0.3),
        std=(0.2, 0.25, 0.5),
    )
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    prepare = pickle.loads(pickle.dumps(extractor.prepare))
    planes = resize(image, (4, 6), resizer="pillow-bilinear-uint8") / 255
    expected = (planes - np.array([0.5, 0.4, 0.3])[:, None, None]) / np.array([0.2, 0.25, 0.5])[:, None, None]
    assert prepare(image) == pytest.approx(expected, abs=1e-6)
    assert prepare(image).dtype == np.float32
    assert str(prepare) == "pillow-bilinear-uint8 4x6 x/255 mean 0.5,0.4,0.3 std 0.2,0.25,0.5"
    assert (extractor.spec.dimension, extractor.spec.weights_sha256) == (72, None)


def test_half_precision_outputs_become_float32():
    """What a network gives in less is taken up exactly."""
    extractor = ModuleExtractor(lambda batch: batch.flatten(1).half(), name="half", size=2)
    assert extractor(torch.rand(2, 3, 2, 2), CPU).features.dtype == torch.float32


FLAT = nn.Flatten()


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        (nn.Conv2d(3, 4, 1), {}, r'it gave float32 \[1, 4, 8, 8\]: pooling="mean" averages over its positions$'),
        (lambda batch: batch.mean(dim=(1, 2, 3)), {}, r"needs to give features \[1, d\]; it gave float32 \[1\]$"),
        (lambda batch: batch.flatten(1).long(), {}, r"in floating point; it gave int64 \[1, 192\]$"),
        (lambda batch: {"pooled": batch.flatten(1)}, {}, "in floating point; it gave a dict$"),
        (lambda batch: batch.flatten(1)[:0], {}, r"it gave float32 \[0, 192\]$"),
        (FLAT, {"pooling": "mean"}, r"pooling averages outputs \[n, d, h, w\]; .* gave float32 \[1, 192\]$"),
        (FLAT, {"pooling": "max"}, "pooling must be one of mean; got 'max'"),
        (FLAT, {"classes": 3}, "needs to return features and class scores, or a layer="),
        (
            lambda batch: (batch.flatten(1), batch[:, 0, 0]),
            {"classes": 3},
            r"class scores \[1, 3\]; it gave .* \[1, 8\]$",
        ),
        (nn.Linear(5, 2), {}, r"extractor mine cannot run on float32 \[1, 3, 8, 8\]: mat1 and mat2"),
        (nn.Linear, {}, "got the class Linear: make one of it first"),
        (Small(), {"layer": "bdoy"}, "layer must be a part of Small; got 'bdoy'; it has body"),
        (abs, {"layer": "body"}, "layer= names a part of a torch.nn.Module; got 'body' with a function"),
        (FLAT, {"size": None}, r"\(size=None\) needs dimension=, its features' width"),
        (FLAT, {"size": (8, 0)}, r"size must be a number of pixels, a height and width, or None; got \(8, 0\)"),
        (FLAT, {"size": True}, "size must be a number of pixels"),
        (FLAT, {"resize": "bicubic"}, "resize must be one of tf1-bilinear, .*; got 'bicubic'"),
        (FLAT, {"scaling": "x/256"}, "scaling must be one of .*; got 'x/256'"),
        (FLAT, {"std": (1.0, 0.0, 1.0)}, r"std must be finite, above 0; got \(1.0, 0.0, 1.0\)"),
        (FLAT, {"dimension": 0}, "dimension must be a whole number of at least 1; got 0"),
        (FLAT, {"name": ""}, "an extractor needs a name of printable characters; got ''"),
        (FLAT, {"name": "inception-v3"}, "needs a name of its own; inception-v3 is one of this library's"),
        (FLAT, {"name": "mine@bf16"}, "needs a name of its own; mine@bf16 is one of this library's"),
    ],
)
def test_what_does_not_fit_is_one_line(network, options, message):
    """When it is made, not after the images were decoded."""
    with pytest.raises(InputError, match=message) as raised:
        ModuleExtractor(network, **{"name": "mine", "size": 8, **options})
    assert "\n" not in str(raised.value)


def test_an_output_of_another_width_than_said_is_one_line():
    """A width that was given is checked with the first batch."""
    extractor = ModuleExtractor(lambda batch: batch.flatten(1), name="mine", size=None, dimension=5)
    with pytest.raises(InputError, match=r"needs to give features \[2, 5\]; it gave float32 \[2, 12\]"):
        extractor(torch.rand(2, 3, 2, 2), CPU)


def test_a_network_that_cannot_be_copied_is_one_line():
    """Tensors that are computed from others cannot be; a function that calls the network can be given."""
    network = nn.Linear(12, 2)
    network.computed = network.weight * 2
    with pytest.raises(InputError, match="is copied, .* Sequential cannot be: .*a function that calls it"):
        ModuleExtractor(nn.Sequential(nn.Flatten(), network), name="mine", size=2)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (nn.Flatten(), "got Flatten: ganmetrics.ModuleExtractor"),
        (lambda batch: batch, "got function: ganmetrics.ModuleExtractor"),
        (nn.Flatten, "got the class Flatten: make an object of it$"),
        (ChannelMeans, "got the class ChannelMeans: make an object of it$"),
        (b"inception-v3", "got bytes$"),
        (7, "got int$"),
    ],
)
def test_what_is_no_extractor_is_told_what_makes_one(value, message):
    """In one line."""
    with pytest.raises(InputError, match=message):
        check_extractor(value)


@pytest.mark.usefixtures("unchecked")
def test_wherever_an_extractor_is_given():
    """Without the checks of types that only the tests have: at once, in one line, by every public function."""
    images = random_images(4, size=8)
    reference = ganmetrics.Reference.from_images(images, extractor=ChannelMeans(), workers=0)
    lines = []
    for value in (torch.nn.Flatten(), lambda batch: batch, 7):
        for call in (
            lambda value: ganmetrics.fid(images, images, extractor=value, workers=0),
            lambda value: ganmetrics.Reference.from_images(images, extractor=value, workers=0),
            lambda value: ganmetrics.FrechetInceptionDistance(reference, extractor=value),
            lambda value: ganmetrics.extract(images, extractor=value, workers=0),
        ):
            with pytest.raises(InputError) as told:
                call(value)
            lines.append(str(told.value))
    for options in ({"network": "resnet50"}, {"network": torch.nn.Flatten(), "mean": 0.5}):
        with pytest.raises(InputError) as told:
            ganmetrics.ModuleExtractor(**options, name="mine", size=8)
        lines.append(str(told.value))
    needed = "an extractor is a name, or an object with spec, prepare and a call; got "
    assert all(line.startswith(needed) for line in lines[:12])
    assert all("ganmetrics.ModuleExtractor" in line for line in lines[:8])
    assert lines[12] == "an extractor needs a torch.nn.Module or a function; got str"
    assert lines[13] == "mean must be three numbers, for red, green and blue; got 0.5"
