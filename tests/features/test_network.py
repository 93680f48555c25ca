"""Tests of `ganmetrics.features.network`."""

import dataclasses

import pytest
import torch
from torch import nn

from ganmetrics.errors import InputError
from ganmetrics.features.base import Extractor, ExtractorSpec, Outputs
from ganmetrics.features.network import CPU_PIECE, FrozenNetwork, NetworkExtractor, _to_device, ieee_float32
from ganmetrics.features.resize import Preprocessing

CPU = torch.device("cpu")
SPEC = ExtractorSpec("tiny", 4, 2, "pooled", None, "none")
PREPARE = Preprocessing("tf1-bilinear", (8, 8), "(x-128)/128")


def product_precision():
    """What products and convolutions are computed in; before torch 2.9 each had a switch."""
    if hasattr(torch.backends.cudnn, "conv"):
        return torch.backends.cuda.matmul.fp32_precision, torch.backends.cudnn.conv.fp32_precision
    switches = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    return tuple("tf32" if on else "ieee" for on in switches)


class Tiny(FrozenNetwork):
    """One convolution, dropout, and a record of the settings under which it ran."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)
        self.dropout = nn.Dropout(0.5)
        self.seen = {}

    def forward(self, batch):
        self.seen = {
            "autocast": torch.is_autocast_enabled("cpu"),
            "precision": product_precision(),
            "gradients": torch.is_grad_enabled(),
            "channels_last": batch.is_contiguous(memory_format=torch.channels_last),
        }
        self.dtype = torch.get_autocast_dtype("cpu")
        with self.stem_precision(batch.device):
            self.stem_autocast = torch.is_autocast_enabled("cpu")
        features = self.dropout(self.convolution(batch)).mean(dim=(2, 3))
        return Outputs(features=features, logits=features[:, :2])


@pytest.fixture
def network():
    """The network, in training mode as built."""
    torch.manual_seed(0)
    return Tiny()


@pytest.fixture
def extractor(network):
    """The network as an extractor."""
    return NetworkExtractor(SPEC, PREPARE, lambda: network)


def batch(count=3, seed=0):
    """Random inputs."""
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


def test_it_is_an_extractor(extractor):
    """It has the three members of the protocol, and hands out what it was given."""
    assert isinstance(extractor, Extractor)
    assert (extractor.spec, extractor.prepare) == (SPEC, PREPARE)


def test_settings_of_the_pass(extractor, network):
    """Whatever the caller has on, the pass runs without autocast, TF32 and gradients, and channels last."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = extractor(batch(), CPU)
    expected = {"autocast": False, "precision": ("ieee", "ieee"), "gradients": False, "channels_last": True}
    assert network.seen == expected
    assert torch.equal(outputs.features, extractor(batch(), CPU).features)


def test_a_missing_output_stays_missing(extractor):
    """Outputs that the network has are float32 and ordinary; those it has not are None."""
    outputs = extractor(batch(), CPU)
    assert outputs.spatial is None
    for value in (outputs.features, outputs.logits):
        assert (value.dtype, value.is_inference(), value.requires_grad) == (torch.float32, False, False)


def test_training_mode_cannot_be_entered(extractor, network):
    """A training loop that calls `train()` on everything does not switch dropout on."""
    network.train()
    assert not network.dropout.training
    assert torch.equal(extractor(batch(), CPU).features, extractor(batch(), CPU).features)


def test_the_network_follows_the_device_once(extractor, network):
    """It moves with the first batch for a device, and not again for the next."""
    moves = []
    extractor(batch(), CPU)
    network.to = moves.append
    with pytest.raises(RuntimeError):  # the meta device has no values to bring back
        extractor(batch(), torch.device("meta"))
    with pytest.raises(RuntimeError):
        extractor(batch(), torch.device("meta"))
    assert moves == [torch.device("meta")]


@pytest.mark.parametrize(
    "wrong", [torch.zeros(1, 3, 8, 8, dtype=torch.uint8), torch.zeros(3, 8, 8), torch.zeros(1, 1, 8, 8)]
)
def test_other_batches_are_refused(extractor, wrong):
    """Raw pixels, one image without a batch axis, and gray are refused."""
    with pytest.raises(InputError, match=r"a batch must be float32 \[n, 3, H, W\]; got torch\."):
        extractor(wrong, CPU)


@pytest.fixture
def tf32(request):
    """Settings of a caller, taken back afterwards."""
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = request.param
    yield request.param
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


@pytest.fixture
def cpu_precision():
    """A caller's lower precision of CPU operations, taken back afterwards."""
    if not hasattr(torch.backends.mkldnn, "matmul"):
        pytest.skip("this torch has no setting for products on a CPU")
    operations = torch.backends.mkldnn.matmul, torch.backends.mkldnn.conv
    before = [operation.fp32_precision for operation in operations]
    for operation in operations:
        operation.fp32_precision = "bf16"
    yield operations
    for operation, precision in zip(operations, before, strict=True):
        operation.fp32_precision = precision


def test_lower_precision_on_the_cpu_is_off_too(cpu_precision):
    """A caller's bfloat16 for CPU operations is off inside and as before outside."""
    with ieee_float32():
        assert [operation.fp32_precision for operation in cpu_precision] == ["ieee", "ieee"]
    assert [operation.fp32_precision for operation in cpu_precision] == ["bf16", "bf16"]


@pytest.mark.parametrize("tf32", [False, True], indirect=True)
def test_settings_of_the_caller_are_restored(tf32):
    """TF32 is off inside and as before outside, after an exception too."""
    with pytest.raises(ZeroDivisionError), ieee_float32():
        assert product_precision() == ("ieee", "ieee")
        raise ZeroDivisionError
    assert torch.backends.cuda.matmul.allow_tf32 == torch.backends.cudnn.allow_tf32 == tf32


@pytest.mark.parametrize("tf32", [False, True], indirect=True)
def test_settings_are_restored_under_older_torch(tf32, monkeypatch):
    """Before torch 2.9, which has no setting of its own for convolutions, the older switches are used."""
    monkeypatch.delattr(type(torch.backends.cudnn), "conv", raising=False)
    with ieee_float32():
        assert not torch.backends.cuda.matmul.allow_tf32
        assert not torch.backends.cudnn.allow_tf32
    assert torch.backends.cuda.matmul.allow_tf32 == torch.backends.cudnn.allow_tf32 == tf32


@pytest.mark.parametrize(("precision", "dtype"), [("bf16", torch.bfloat16), ("fp16", torch.float16)])
def test_a_reduced_precision_is_another_extractor(extractor, network, precision, dtype):
    """Convolutions run in that type, what comes out is float32, near and not equal, and the name says so."""
    reduced = extractor.in_precision(precision)
    assert (reduced.spec.name, reduced.precision, reduced.spec.canonical) == (f"tiny@{precision}", precision, False)
    outputs = reduced(batch(), CPU)
    assert network.seen["autocast"]
    assert network.dtype == dtype
    assert network.stem_autocast
    exact = extractor(batch(), CPU)
    assert not network.seen["autocast"]
    assert outputs.features.dtype == torch.float32
    error = (outputs.features - exact.features).norm() / exact.features.norm()
    assert 1e-6 < error < 1e-2


def test_float32_is_the_extractor_itself(extractor):
    """Nothing is renamed in the precision that goes without saying."""
    assert extractor.in_precision("fp32") is extractor


def test_only_a_network_with_a_known_stem_keeps_it_in_float32(network, extractor):
    """The stem is Inception's; the rest of the network is reduced all the same."""
    with pytest.raises(InputError, match="bf16-stem-fp32 is defined for inception-v3 only; got extractor tiny"):
        extractor.in_precision("bf16-stem-fp32")
    spec = dataclasses.replace(SPEC, name="inception-v3", canonical=True)
    mixed = NetworkExtractor(spec, PREPARE, lambda: network).in_precision("bf16-stem-fp32")
    mixed(batch(), CPU)
    assert (network.seen["autocast"], network.stem_autocast) == (True, False)
    assert (mixed.spec.name, mixed.spec.canonical) == ("inception-v3@bf16-stem-fp32", False)


def test_an_unknown_precision_is_refused(extractor):
    """One line, with the choices."""
    with pytest.raises(InputError, match="precision must be one of fp32, bf16, fp16, bf16-stem-fp32; got 'int8'"):
        extractor.in_precision("int8")


@pytest.mark.parametrize(("device", "pinned"), [("cuda", True), ("mps", False)])
def test_copies_start_from_pinned_memory_and_do_not_wait_on_cuda_only(monkeypatch, device, pinned):
    """A copy that nobody waits for must read memory that torch keeps until it is done."""
    calls = []

    def pin_memory(tensor):
        calls.append("pinned")
        return tensor

    def to(tensor, device, **options):
        calls.append((device.type, options))
        return tensor

    monkeypatch.setattr(torch.Tensor, "pin_memory", pin_memory)
    monkeypatch.setattr(torch.Tensor, "to", to)
    _to_device(batch(), torch.device(device))
    copied = (device, {"non_blocking": pinned, "memory_format": torch.channels_last})
    assert calls == (["pinned", copied] if pinned else [copied])


def test_a_cpu_works_on_few_images_at_a_time(extractor, monkeypatch):
    """Memory does not grow with the batch; the rows come out in order, and a GPU gets the batch whole."""
    seen = []
    forward = Tiny.forward

    def counted(self, images):
        seen.append(len(images))
        return forward(self, images)

    monkeypatch.setattr(Tiny, "forward", counted)
    images = batch(2 * CPU_PIECE + 1)
    outputs = extractor(images, CPU)
    assert seen == [CPU_PIECE, CPU_PIECE, 1]
    alone = torch.cat([extractor(image[None], CPU).features for image in images])
    assert torch.allclose(outputs.features, alone, rtol=1e-5, atol=1e-6)
    assert outputs.logits.shape == (2 * CPU_PIECE + 1, 2)
    seen.clear()
    with pytest.raises(NotImplementedError):
        extractor(images, torch.device("meta"))
    assert seen == [2 * CPU_PIECE + 1]
