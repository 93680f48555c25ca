"""Tests of `ganmetrics.compat.torchmetrics.base`: what is refused has not happened."""

import copy

import pytest
import torch

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import ChannelMeans, random_images

pytest.importorskip("torchmetrics")

from ganmetrics.compat.torchmetrics import (
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    MemorizationInformedFrechetInceptionDistance,
)

OF_BOTH = (FrechetInceptionDistance, KernelInceptionDistance, MemorizationInformedFrechetInceptionDistance)
SWITCHES = (
    "_update_count",
    "_to_sync",
    "_should_unsync",
    "_enable_grad",
    "_is_synced",
    "_cache",
    "_forward_cache",
    "compute_on_cpu",
)


def made(cls, **options):
    """A metric of few images that has seen some, on both sides where it has two."""
    options = {"subset_size": 5, "subsets": 3, **options} if cls is KernelInceptionDistance else options
    options = {"splits": 3, **options} if cls is InceptionScore else options
    metric = cls(ChannelMeans(), **options)
    metric.update(random_images(20, seed=1), **({} if cls is InceptionScore else {"real": True}))
    if cls is not InceptionScore:
        metric.update(random_images(20, seed=2) // 2, real=False)
    return metric


def everything(metric):
    """States and switches, copied."""
    return {name: copy.deepcopy(getattr(metric, name)) for name in (*metric._defaults, *SWITCHES)}


def assert_same(metric, before):
    """The metric is what it was, to the last bit, and gives the same number."""
    after = everything(metric)
    for name, value in before.items():
        if name in SWITCHES:
            assert after[name] == value, name
        else:
            torch.testing.assert_close(after[name], value, rtol=0, atol=0)


def call(metric, images):
    """Forward, with a generated batch."""
    return metric(images) if isinstance(metric, InceptionScore) else metric(images, real=False)


@pytest.mark.parametrize("on_cpu", [False, True])
@pytest.mark.parametrize("cls", (*OF_BOTH, InceptionScore))
def test_a_batch_without_a_value_of_its_own_costs_nothing(cls, on_cpu):
    """It has no real side, or fewer images than splits: the value is refused, and what was seen stays."""
    metric = made(cls, compute_on_cpu=on_cpu)
    value, before = metric.compute(), everything(metric)
    held = {name: getattr(metric, name) for name in metric._defaults}
    with pytest.raises(NotEnoughSamples):
        call(metric, random_images(2, seed=3))
    assert_same(metric, before)
    for name, state in held.items():
        torch.testing.assert_close(state, before[name], rtol=0, atol=0)
    metric._computed = None
    torch.testing.assert_close(metric.compute(), value, rtol=0, atol=0)


@pytest.mark.parametrize("error", [InputError, KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_whatever_is_raised_wherever(error, fails_at, monkeypatch):
    """In the first pass of ``forward``, in the second, or in its value."""
    metric = made(FrechetInceptionDistance, reset_real_features=False)
    before, calls = everything(metric), []

    def failing(*_args, **_options):
        calls.append(1)
        if len(calls) == fails_at:
            raise error("no")
        return torch.rand(4, 3, generator=torch.Generator().manual_seed(0))

    class Answer:
        @property
        def features(self):
            return failing()

    monkeypatch.setattr(type(metric.inception), "outputs", lambda *_: Answer())
    if fails_at == 3:
        monkeypatch.setattr("ganmetrics.compat.torchmetrics.fid.frechet_distance", failing)
    with pytest.raises(error, match="no"):
        metric(random_images(4), real=False)
    assert len(calls) == fails_at
    assert_same(metric, before)


def test_a_value_that_is_refused_leaves_each_process_its_own():
    """Torchmetrics leaves all processes' states in the metric, and refuses to go on."""
    metric = FrechetInceptionDistance(
        ChannelMeans(), distributed_available_fn=lambda: True, dist_sync_fn=lambda state, **_: [state, state]
    )
    metric.update(random_images(20, seed=1), real=True)
    before = everything(metric)
    with pytest.raises(NotEnoughSamples, match="fake"):
        metric.compute()
    assert_same(metric, before)
    metric.update(random_images(20, seed=2), real=False)
    assert float(metric.compute()) > 0
