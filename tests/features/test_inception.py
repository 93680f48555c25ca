"""Tests of `ganmetrics.features.inception` and its blocks, with seeded random weights."""

import hashlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from ganmetrics.errors import WeightsError
from ganmetrics.features.inception import build_inception, fold_batch_norm_weights, load_inception
from ganmetrics.features.inception_blocks import average_pool
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.state_dict import file_sha256
from tests.features.inception_oracle import build_oracle, he_weights, mean_inside, oracle_outputs

CPU = torch.device("cpu")
SIZES = ((32, 32), (64, 48), (299, 299), (512, 384))


@pytest.fixture(scope="module")
def state():
    """Seeded weights, with the 566 names of torchvision."""
    return he_weights(seed=0)


@pytest.fixture(scope="module")
def path(state, tmp_path_factory):
    """The weights in a file."""
    path = tmp_path_factory.mktemp("weights") / "inception.pth"
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def extractor(path):
    """The extractor with those weights."""
    return load_inception(path, sha256=file_sha256(path), canonical=False)


@pytest.fixture(scope="module")
def batch(extractor):
    """Four prepared images, one of each size, not the same in every channel and place."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in SIZES]
    images[1][:, :20] //= 4
    return torch.from_numpy(np.stack([extractor.prepare(image) for image in images]))


@pytest.fixture(scope="module")
def outputs(extractor, batch):
    """What the extractor gives for the batch."""
    return extractor(batch, CPU)


def relative_error(value, truth):
    """Per image, the length of the difference over the length of the truth."""
    return (value - truth).norm(dim=1) / truth.norm(dim=1)


@pytest.mark.slow
def test_outputs_equal_an_independent_network(state, batch, outputs):
    """Pool3, logits and spatial features of images of four sizes are those of the unfolded network in float64."""
    pool3, logits, spatial = oracle_outputs(build_oracle(state), batch)
    assert pool3.std(dim=0).mean() > 0.05 * pool3.mean()
    for value, truth in ((outputs.features, pool3), (outputs.logits, logits), (outputs.spatial, spatial)):
        assert value.shape == truth.shape
        assert relative_error(value, truth).max() < 1e-5


@pytest.mark.slow
def test_pooling_of_torchvision_would_be_seen(state, batch, outputs):
    """Averaging in the last block, or counting padded zeros, moves pool3 far beyond the tolerance of parity."""
    oracle = build_oracle(state)
    oracle.Mixed_7c.pool = mean_inside
    assert relative_error(outputs.features[:1], oracle_outputs(oracle, batch[:1])[0]).min() > 1e-3
    oracle = build_oracle(state)
    oracle.Mixed_5b.pool = lambda x: functional.avg_pool2d(x, 3, stride=1, padding=1)
    assert relative_error(outputs.features[:1], oracle_outputs(oracle, batch[:1])[0]).min() > 1e-4


def test_outputs_are_ordinary_float32_on_the_cpu(outputs):
    """Callers may change outputs in place: they are not inference tensors, nor do they carry gradients."""
    for value in (outputs.features, outputs.logits, outputs.spatial):
        assert (value.dtype, value.device, value.is_inference()) == (torch.float32, CPU, False)
        assert not value.requires_grad
    assert outputs.spatial.shape == (4, 17 * 17 * 7)


def test_an_image_does_not_depend_on_its_batch(extractor, batch, outputs):
    """Pool3 of an image is the same alone and among others."""
    alone = extractor(batch[1:2], CPU).features
    assert relative_error(alone, outputs.features[1:2]).max() < 1e-6


@pytest.mark.slow
def test_the_network_stays_in_evaluation_mode(path, batch, outputs):
    """`train()` changes neither mode nor outputs, and no parameter asks for a gradient."""
    network = build_inception(path).freeze().train()
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert relative_error(network(batch[:1]).features, outputs.features[:1]).max() < 1e-6


@pytest.mark.slow
def test_convolutions_lie_channels_last(path):
    """The weights of convolutions are in the memory format that their kernels are fast in."""
    weight = build_inception(path).freeze().Mixed_5b.branch5x5_2.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)


def test_spec_tells_the_choice(path):
    """Digest, preprocessing and canonical go into the identity as they were given."""
    preprocessing = Preprocessing("half-pixel-bilinear", (299, 299), "2x/255-1")
    spec = load_inception(path, sha256="ab" * 32, canonical=True, preprocessing=preprocessing).spec
    assert (spec.name, spec.dimension, spec.classes, spec.layer) == ("inception-v3", 2048, 1008, "pool3")
    assert (spec.weights_sha256, spec.canonical) == ("ab" * 32, True)
    assert spec.preprocessing == "half-pixel-bilinear 299x299 2x/255-1"


@pytest.mark.slow
def test_batch_counts_are_optional(state, path, tmp_path):
    """The 472 tensors without batch counts, as published, give the network that all 566 give."""
    bare = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    assert (len(state), len(bare)) == (566, 472)
    torch.save(bare, tmp_path / "bare.pth")
    one, other = (build_inception(file).state_dict() for file in (path, tmp_path / "bare.pth"))
    assert digest(one) == digest(other)


def digest(state):
    """One digest of all values."""
    return hashlib.sha256(b"".join(value.numpy().tobytes() for value in state.values())).hexdigest()


def without(name):
    """Leave a tensor out."""
    return lambda state: {key: value for key, value in state.items() if key != name}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("Mixed_6d.branch_pool.bn.running_var"), r"the tensor Mixed_6d.branch_pool.bn.running_var \[192\]"),
        (without("fc.bias"), r"the tensor fc.bias \[1008\]"),
        (lambda s: s | {"fc.weight": torch.zeros(1000, 2048)}, r"fc.weight .* \[1008, 2048\].* \[1000, 2048\]"),
        (lambda s: s | {"fc.bias": torch.zeros(1008, dtype=torch.int64)}, r"fc.bias in floating point .* torch.int64"),
        (lambda s: s | {"AuxLogits.fc.bias": torch.zeros(8)}, r"hold AuxLogits.fc.bias, which the network does not"),
    ],
)
def test_weights_of_another_network_are_refused(state, tmp_path, change, message):
    """The first tensor that does not fit is named, with the file."""
    path = tmp_path / "other.pth"
    # Expanded zeros of the same shapes: small files, quick to write.
    shapes = {name: torch.zeros((), dtype=value.dtype).expand(value.shape) for name, value in state.items()}
    torch.save(change(shapes), path)
    with pytest.raises(WeightsError, match=message) as caught:
        build_inception(path)
    assert str(path) in str(caught.value)


@given(seed=st.integers(0, 2**32 - 1), channels=st.integers(1, 5))
def test_folded_convolution_equals_convolution_and_normalisation(seed, channels):
    """One convolution with bias does what a convolution followed by batch normalisation does."""
    rng = torch.Generator().manual_seed(seed)
    gamma, beta, mean = torch.randn(3, channels, generator=rng)
    variance = torch.rand(channels, generator=rng)
    weight, x = torch.randn(channels, 2, 3, 3, generator=rng), torch.randn(1, 2, 5, 5, generator=rng)
    values = (gamma, beta, mean, variance)
    names = ("weight", "bias", "running_mean", "running_var")
    state = {"a.conv.weight": weight, "fc.weight": torch.zeros(1, 1)}
    state |= {f"a.bn.{name}": value for name, value in zip(names, values, strict=True)}
    folded = fold_batch_norm_weights(state)
    plain = functional.conv2d(x.double(), weight.double())
    truth = functional.batch_norm(
        plain, mean.double(), variance.double(), gamma.double(), beta.double(), training=False, eps=1e-3
    )
    ours = functional.conv2d(x.double(), folded["a.weight"].double(), folded["a.bias"].double())
    torch.testing.assert_close(ours, truth, rtol=1e-5, atol=1e-5)


def test_average_leaves_padding_out():
    """The average of a constant image is that constant, at its border too."""
    ones = torch.ones(1, 2, 4, 5)
    assert torch.equal(average_pool(ones), ones)
