"""Tests of `ganmetrics.compat.last_batch`: what is remembered is what a pass would give."""

import gc
import sys
import threading

import pytest
import torch
from torch import nn

from ganmetrics import Outputs
from ganmetrics.compat.last_batch import BLOCK, LastBatch, checksum, last_batch, state_of
from ganmetrics.compat.shared_network import SharedNetwork
from ganmetrics.testing import ChannelMeans, random_images


class Counting:
    """A network that counts its passes."""

    def __init__(self):
        self.passes = 0

    def __call__(self, images):
        self.passes += 1
        return Outputs(images.float().flatten(1).clone())


class Scaled(nn.Module):
    """One weight, one buffer, one tensor without a place, and a counter."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))
        self.register_buffer("shift", torch.zeros(3))
        self.plain, self.passes = torch.zeros(3), 0

    def forward(self, images):
        self.passes += 1
        return images.float().mean(dim=(2, 3)) * self.weight + self.shift + self.plain


def through_numpy(images):
    images.numpy()[:] = 7


CHANGES = {
    "in place": lambda images: images.fill_(7),
    "the array below": through_numpy,
    "the data": lambda images: images.data.fill_(7),
    "other data": lambda images: setattr(images, "data", torch.full_like(images, 7)),
    "other data of another shape": lambda images: setattr(images, "data", torch.full((2, 3, 1, 1), 7.0)),
    "other data of another type": lambda images: setattr(images, "data", torch.full((4, 3, 4, 4), 7.0).double()),
}


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_a_batch_that_changed_is_another(change, inference):
    """However it changed: most ways are counted nowhere."""
    network, memory = Counting(), LastBatch()
    with torch.inference_mode(inference):
        images = random_images(4, seed=1).float()
        for _ in range(2):
            memory.outputs(images, network, normalize=False, compute=network)
        assert network.passes == 1
        CHANGES[change](images)
        found = memory.outputs(images, network, normalize=False, compute=network)
    assert network.passes == 2
    assert bool((found.features == 7).all())
    assert len(found.features) == len(images)


WEIGHTS = {
    "in place": lambda module: module.weight.detach().mul_(5),
    "the data": lambda module: module.weight.data.mul_(5),
    "the sign of the data": lambda module: module.weight.data.neg_(),
    "other data": lambda module: setattr(module.weight, "data", torch.full((3,), 5.0)),
    "another parameter": lambda module: setattr(module, "weight", nn.Parameter(torch.full((3,), 5.0))),
    "a buffer": lambda module: module.shift.data.add_(1),
    "a tensor that is no buffer": lambda module: module.plain.data.add_(1),
}


@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize("change", WEIGHTS)
def test_weights_that_changed_are_another_network(change, inference):
    """A network that is trained between two updates of one batch gives other features."""
    with torch.inference_mode(inference):
        module = Scaled()
        images, network = random_images(4, seed=1), SharedNetwork(None, module, normalize=False)
        before = network(images).features
        assert torch.equal(network(images).features, before)
        assert module.passes == 1
        WEIGHTS[change](module)
        after = network(images).features
        assert module.passes == 2
        assert torch.equal(after, module(images))
    assert not torch.equal(after, before)


def test_a_mode_that_changed_is_another_network():
    """Dropout and normalisation do other things while a network is trained."""
    module = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(48))
    module.eval()
    before = state_of(module)
    assert state_of(module) == before
    module.train()
    assert state_of(module) != before


def test_a_pass_that_changes_its_network_is_not_remembered():
    """Running means move at each pass; what a second pass gives is not what the first gave."""
    module = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(48)).train()
    images, network = random_images(4).float() / 255, SharedNetwork(None, module, normalize=True)
    for _ in range(2):
        network(images)
    assert int(module[1].num_batches_tracked) == 2


class Lazy(nn.Module):
    """Weights whose memory cannot be read."""

    def __init__(self, weight):
        super().__init__()
        self.weight, self.passes = weight, 0

    def forward(self, images):
        self.passes += 1
        return images.float().flatten(1)


@pytest.mark.parametrize(
    "weight",
    [
        torch.zeros(3, device="meta"),
        torch.eye(3).to_sparse(),
        nn.UninitializedParameter(),
        torch.zeros(3, dtype=torch.complex64).conj(),
    ],
)
def test_what_cannot_be_compared_is_not_remembered(weight):
    """Each update passes the network."""
    module, images = Lazy(weight), random_images(4)
    network = SharedNetwork(None, module, normalize=False)
    for _ in range(2):
        network(images)
    assert module.passes == 2


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.uint8,
        torch.bool,
        torch.complex128,
    ],
)
def test_a_checksum_is_of_every_word(dtype):
    """Of each place of each block; of type and shape, too."""
    zeros = torch.zeros(2 * BLOCK + 3, dtype=dtype)
    sums = {checksum(zeros)}
    for place in (0, 1, BLOCK, 2 * BLOCK + 2):
        changed = zeros.clone()
        changed[place] = 1
        sums.add(checksum(changed))
    assert len(sums) == 5
    assert checksum(zeros.clone()) in sums
    assert checksum(zeros[None]) not in sums
    assert checksum(torch.ones(4, 3, dtype=dtype)[::2]) == checksum(torch.ones(2, 3, dtype=dtype))


def test_signs_do_not_cancel():
    """Those of an even number of weights: the highest bit alone of each."""
    for dtype in (torch.float64, torch.float32, torch.float16):
        values = torch.randn(1000, generator=torch.Generator().manual_seed(0)).to(dtype)
        assert checksum(values) != checksum(-values)


def test_outputs_are_no_ones_buffer():
    """A module and an extractor may fill the same memory at each pass; a module may return its images."""
    buffer = torch.zeros(4, 3)

    class Reusing(nn.Module):
        def forward(self, images):
            return buffer.copy_(images.float().mean(dim=(2, 3)))

    network, images = SharedNetwork(None, Reusing(), normalize=False), random_images(4, seed=1)
    first = network(images).features
    kept = first.clone()
    network(images // 2)
    assert torch.equal(first, kept)

    class ReusingMeans(ChannelMeans):
        rows = torch.zeros(32, 3)

        def __call__(self, batch, device):
            rows = self.rows[: len(batch)].copy_(batch)
            return Outputs(rows, rows)

    images = random_images(40, seed=1)
    found = SharedNetwork(ReusingMeans(), normalize=False)(images)
    truth = images.float().mean(dim=(2, 3))
    torch.testing.assert_close(found.features, truth)
    torch.testing.assert_close(found.logits, truth)

    images = torch.rand(4, 3)
    features = SharedNetwork(None, nn.Identity(), normalize=False)(images).features
    kept = images.clone()
    images.zero_()
    assert torch.equal(features, kept)


def test_each_thread_has_its_own():
    """Two threads, each with batches of its own over one network: none is given the other's outputs."""
    network = SharedNetwork(None, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), normalize=True)
    batches = [[torch.rand(2, 3, 8, 8) / 2 + half / 2 for _ in range(100)] for half in (0, 1)]
    memories, wrong = [], []

    def work(half):
        memories.append(last_batch())
        for batch in batches[half]:
            for _ in range(2):
                if not torch.allclose(network(batch).features, batch.mean(dim=(2, 3))):
                    wrong.append(half)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(half,)) for half in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
    assert len({id(memory) for memory in (*memories, last_batch())}) == 3


def test_a_batch_that_is_gone_is_forgotten():
    """With its copy, also where another thread was the last to have it."""
    memory, network = LastBatch(), Counting()
    images = random_images(4)
    memory.outputs(images, network, normalize=False, compute=network)
    assert memory._batch is not None
    holder = [images]
    del images
    thread = threading.Thread(target=holder.clear)
    thread.start()
    thread.join()
    gc.collect()
    assert memory._batch is None
