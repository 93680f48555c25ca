"""Tests of `ganmetrics.compat.ignite`: attached to an engine, with this library's numbers."""

import inspect

import pytest
import torch

import ganmetrics
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import ChannelMeans, random_images

engines = pytest.importorskip("ignite.engine")
peers = pytest.importorskip("ignite.metrics")

from ganmetrics.compat import ignite as shim  # noqa: E402

REAL, FAKE = random_images(40, seed=1), random_images(40, seed=2) // 2 + 60


@pytest.mark.parametrize("name", ["FID", "InceptionScore"])
def test_they_are_ignites_metrics_with_its_arguments(name):
    """In its order."""
    cls = getattr(shim, name)
    assert issubclass(cls, peers.Metric)
    theirs = list(inspect.signature(getattr(peers, name)).parameters)
    assert list(inspect.signature(cls).parameters)[: len(theirs)] == theirs


def test_an_engine_has_the_distance():
    """That of `ganmetrics.fid`; a second run starts anew."""
    evaluator = engines.Engine(lambda _, batch: batch)
    shim.FID(feature_extractor=ChannelMeans()).attach(evaluator, "fid")
    own = ganmetrics.fid(REAL, FAKE, extractor=ChannelMeans(), interval=False, workers=0)
    for _ in range(2):
        state = evaluator.run(list(zip(FAKE.split(7), REAL.split(7), strict=True)))
        assert state.metrics["fid"] == pytest.approx(float(own), rel=1e-9)


def test_features_and_probabilities_may_be_given(rng):
    """Where only their number is: the peers' numbers, on features that suit it."""
    real, fake = torch.randn(2, 60, 8, generator=rng, dtype=torch.float64)
    both = [metric(num_features=8) for metric in (shim.FID, peers.FID)]
    for metric in both:
        metric.update((fake, real))
    assert both[0].compute() == pytest.approx(float(both[1].compute()), rel=1e-6)
    scores = [metric(num_features=8) for metric in (shim.InceptionScore, peers.InceptionScore)]
    for metric in scores:
        metric.update(fake.softmax(dim=1))
    assert scores[0].compute() == pytest.approx(float(scores[1].compute()), rel=1e-6)


def test_sides_may_have_different_numbers():
    """Ignite refuses them, and divides both by one number."""
    metric = shim.FID(feature_extractor=ChannelMeans())
    metric.update((FAKE[:30], REAL))
    own = ganmetrics.fid(REAL, FAKE[:30], extractor=ChannelMeans(), interval=False, workers=0)
    assert metric.compute() == pytest.approx(float(own), rel=1e-9)


def test_what_cannot_be_scored_is_refused():
    """In words."""
    with pytest.raises(NotEnoughSamples, match="needs images on both sides"):
        shim.FID(num_features=3).compute()
    with pytest.raises(NotEnoughSamples, match="update has been given none"):
        shim.InceptionScore(num_features=3).compute()
    with pytest.raises(InputError, match="num_features must be 3, the extractor's; got 8"):
        shim.FID(8, ChannelMeans())


def seen(metric):
    """What the metric holds, copied."""
    held = metric._states if isinstance(metric, shim.FID) else metric._scores
    return [None if part is None else part.clone() for part in held]


def assert_refused(metric, output, words):
    """In one line, and what was there stays."""
    before, value = seen(metric), metric.compute()
    with pytest.raises(InputError, match=words) as told:
        metric.update(output)
    assert "\n" not in str(told.value)
    assert len(seen(metric)) == len(before)
    for now, then in zip(seen(metric), before, strict=True):
        assert torch.equal(now, then)
    assert metric.compute() == value


PAIR = "^an engine must return a pair of tensors, generated and real; got "
IMAGES = "^images must be "
NO_PAIRS = {
    "three": ((FAKE,) * 3, f"{PAIR}3 parts$"),
    "one": ((FAKE,), f"{PAIR}1 parts$"),
    "none": ((), f"{PAIR}0 parts$"),
    "nothing": (None, f"{PAIR}None$"),
    "a tensor": (FAKE[:2], rf"{PAIR}torch.uint8 \[2, 3, 4, 4\]$"),
    "a mapping": ({"a": FAKE, "b": REAL}, f"{PAIR}{{'a': "),
    "a text": ("ab", f"{PAIR}'ab'$"),
    "a set": ({1, 2}, f"{PAIR}{{1, 2}}$"),
    "lists": (([1], [2]), f"{IMAGES}a tensor .* got list$"),
    "numbers": ((1, 2), f"{IMAGES}a tensor .* got int$"),
    "a second that is None": ((FAKE, None), f"{IMAGES}a tensor .* got NoneType$"),
    "a second of one channel": ((FAKE, FAKE[:, :1]), r"got \[40, 1, 4, 4\]$"),
    "a first of one channel": ((FAKE[:, :1], REAL), r"got \[40, 1, 4, 4\]$"),
    "a second without images": ((FAKE, REAL[:0]), r"got torch.uint8 \[0, 3, 4, 4\]$"),
    "a second without memory": ((FAKE, REAL.to("meta")), "of torch.strided on meta$"),
    "a sparse second": ((FAKE, REAL.float().to_sparse()), "of torch.sparse_coo on cpu$"),
    "floats": ((FAKE, REAL.float()), "got torch.float32$"),
}


@pytest.mark.parametrize("name", NO_PAIRS)
def test_what_is_no_pair_adds_neither_half(name):
    """A pair that is refused for its second half had left its first."""
    metric = shim.FID(feature_extractor=ChannelMeans())
    metric.update((FAKE, REAL))
    assert_refused(metric, *NO_PAIRS[name])


def test_features_have_the_width_that_was_said(rng):
    """And one width on both sides, also where none was said."""
    rows = torch.randn(20, 4, generator=rng)
    metric = shim.FID(num_features=4)
    metric.update((rows, rows + 1))
    assert_refused(metric, (rows, rows[:, :3]), r"features must be \[n, 4\], as num_features says; got .* \[20, 3\]$")
    assert_refused(metric, (rows[:, :3], rows), r"features must be \[n, 4\], as num_features says; got .* \[20, 3\]$")
    either = shim.FID(feature_extractor=torch.nn.Identity())
    with pytest.raises(InputError, match=r"features must be \[n, 4\], as those before; got \[20, 3\]"):
        either.update((rows, rows[:, :3]))
    with pytest.raises(NotEnoughSamples):
        either.compute()


@pytest.mark.parametrize("wrong", [0, -3, 2.5, "x", True, float("nan")])
@pytest.mark.parametrize("cls", [shim.FID, shim.InceptionScore])
def test_a_width_is_a_whole_number(cls, wrong):
    """From 1 on."""
    with pytest.raises(InputError, match="^num_features must be a whole number from 1 on; got "):
        cls(num_features=wrong)


ROWS = "^probabilities must be from 0 on, with a sum of 1 a row; got row "
NO_PROBABILITIES = {
    "other classes": (torch.eye(4), r"^features must be \[n, 3\], as num_features says; got torch.float32 \[4, 4\]$"),
    "negative": (torch.tensor([[1.0, 0, 0], [1.5, -0.5, 0]]), f"{ROWS}1 from -0.5, with a sum of 1$"),
    "logits": (torch.eye(3) * 100, f"{ROWS}0 from 0, with a sum of 100$"),
    "no number": (torch.full((3, 3), float("nan")), f"{ROWS}0 from nan, with a sum of nan$"),
    "infinite": (torch.full((3, 3), float("inf")), f"{ROWS}0 from inf, with a sum of inf$"),
    "a text": ("x", f"{IMAGES}a tensor .* got str$"),
    "nothing": (None, f"{IMAGES}a tensor .* got NoneType$"),
    "whole numbers": (torch.eye(3, dtype=torch.int64), r"features \[3, d\]; got torch.int64 \[3, 3\]$"),
    "no memory": (torch.zeros(3, 3, device="meta"), "of torch.strided on meta$"),
    "sparse": (torch.eye(3).to_sparse(), "of torch.sparse_coo on cpu$"),
    "no rows": (torch.zeros(0, 3), r"got torch.float32 \[0, 3\]$"),
    "a pair": ((torch.eye(3), torch.eye(3)), f"{IMAGES}a tensor .* got tuple$"),
}


@pytest.mark.parametrize("name", NO_PROBABILITIES)
def test_what_are_no_probabilities_is_refused(name):
    """As they come, and what was there stays."""
    metric = shim.InceptionScore(num_features=3)
    metric.update(torch.eye(3))
    assert_refused(metric, *NO_PROBABILITIES[name])


def test_classes_stay_as_many():
    """Also where their number was not said."""
    metric = shim.InceptionScore(feature_extractor=torch.nn.Identity())
    metric.update(torch.eye(3))
    assert_refused(metric, torch.eye(4), r"^class scores must be \[n, 3\], as those before; got \[4, 4\]$")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_rounded_probabilities_are_taken(dtype, rng):
    """Their sums are 1 but for the rounding; logits of an extractor need no sum."""
    metric = shim.InceptionScore(num_features=1000)
    metric.update(torch.randn(20, 1000, generator=rng).mul(4).softmax(dim=1).to(dtype))
    assert 1 < metric.compute() < 1000
    by_logits = shim.InceptionScore(feature_extractor=ChannelMeans())
    by_logits.update(REAL)
    assert by_logits.compute() >= 1
