"""What the drop-ins of torchmetrics are made with and given back: refused in one line, before any network is opened."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images

torchmetrics = pytest.importorskip("torchmetrics")

from ganmetrics.compat.torchmetrics import (  # noqa: E402
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    MemorizationInformedFrechetInceptionDistance,
)

ALL = (
    FrechetInceptionDistance,
    KernelInceptionDistance,
    MemorizationInformedFrechetInceptionDistance,
    InceptionScore,
)
NAN = float("nan")


def of_width(width):
    """A module that says how wide its features are."""
    module = nn.Flatten()
    module.num_features = width
    return module


def refused(call, words):
    """In one line."""
    with pytest.raises(InputError, match=words) as told:
        call()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nonsense": 1}, "^options must be of compute_on_cpu, .*; got nonsense$"),
        *(
            ({name: value}, f"^{name} must be True or False; got {words}$")
            for name in ("sync_on_compute", "compute_on_cpu", "dist_sync_on_step", "compute_with_cache")
            for value, words in (("x", "'x'"), (1, "1"), (None, "None"))
        ),
        ({"dist_sync_fn": 3}, "^dist_sync_fn must be a function or None; got 3$"),
        ({"distributed_available_fn": "x"}, "^distributed_available_fn must be a function or None; got 'x'$"),
    ],
)
def test_options_are_those_of_torchmetrics(cls, options, words, monkeypatch):
    """Known before the network is opened."""

    def never(**_):
        raise AssertionError("the network was opened")

    monkeypatch.setattr("ganmetrics.compat.shared_network._inception", never)
    refused(lambda: cls(**options), words)


def test_options_that_torchmetrics_takes_are_taken():
    """Each of them."""
    options = {"compute_on_cpu": True, "dist_sync_on_step": False, "process_group": None, "dist_sync_fn": None}
    options |= {"distributed_available_fn": lambda: False, "sync_on_compute": False, "compute_with_cache": False}
    for cls in ALL:
        assert cls(ChannelMeans(), **options).compute_on_cpu


@pytest.mark.parametrize(
    "size",
    [("a",), ("a", "b", "c"), (3, -1, 4), (3, 0, 4), (3, 4), (3, 4.0, 4), (3, True, 4), "abc", 3, None, (3, NAN, 4)],
)
@pytest.mark.parametrize("feature", [nn.Flatten(), ChannelMeans()])
def test_an_image_size_is_three_whole_numbers(feature, size):
    """Also where it is not needed."""
    refused(
        lambda: FrechetInceptionDistance(feature, input_img_size=size),
        "^input_img_size must be three whole numbers from 1 on; got ",
    )


def test_an_image_beyond_memory_is_refused():
    """Torch says in two lines how it failed."""
    refused(
        lambda: FrechetInceptionDistance(nn.Flatten(), input_img_size=(3, 1 << 40, 1 << 40)),
        "^input_img_size must be of an image that fits in memory; got ",
    )


@pytest.mark.parametrize(
    "width",
    [
        -3,
        0,
        1 << 40,
        NAN,
        2.5,
        True,
        "x",
        None,
        torch.tensor(NAN),
        torch.tensor(2.5),
        torch.ones(2),
        torch.tensor(3, device="meta"),
    ],
)
def test_a_width_is_a_whole_number_with_a_covariance(width):
    """One that fits in memory."""
    refused(
        lambda: FrechetInceptionDistance(of_width(width)),
        "^num_features of a module must be a whole number from 1 to 65,536; got ",
    )


@pytest.mark.parametrize("width", [3, np.int64(3), torch.tensor(3), torch.tensor([3.0])])
def test_a_width_may_be_anyones_whole_number(width):
    """NumPy's, or a tensor's."""
    assert FrechetInceptionDistance(of_width(width)).real_moments.shape == (5, 3)


@pytest.mark.parametrize(
    "answer",
    [
        torch.tensor(1.0),
        None,
        "x",
        torch.zeros(3, 2),
        torch.zeros(1, 0),
        torch.zeros(1, 2, dtype=torch.int64),
        torch.zeros(1, 2).to_sparse(),
        torch.zeros(1, 2, device="meta"),
        (torch.zeros(1, 2),),
    ],
)
def test_a_module_returns_features(answer):
    """A row an image: as it is made, and as it is updated."""

    class Answering(nn.Module):
        def forward(self, images):
            return answer

    words = r"^a module must return features \[1, d\]; got "
    refused(lambda: FrechetInceptionDistance(Answering(), input_img_size=(3, 4, 4)), words)
    metric = KernelInceptionDistance(Answering())
    refused(lambda: metric.update(random_images(1), real=True), words)
    assert not metric.real_features


def test_no_images_are_refused():
    """Before a module meets them."""
    for feature in (nn.Flatten(), ChannelMeans()):
        metric = KernelInceptionDistance(feature)
        refused(lambda metric=metric: metric.update(random_images(3)[:0], real=True), r"got .*\[0, 3, 4, 4\]$")


def made(cls, feature=None):
    """A metric that has seen images."""
    options = {"subset_size": 5, "subsets": 2} if cls is KernelInceptionDistance else {}
    metric = cls(ChannelMeans() if feature is None else feature, **options)
    if cls is InceptionScore:
        metric.update(random_images(20, seed=1))
        return metric
    metric.update(random_images(20, seed=1), real=True)
    metric.update(random_images(20, seed=2) // 2, real=False)
    return metric


def moments(**changes):
    """A state of moments, of which one place is another number."""
    state = made(FrechetInceptionDistance).real_moments.clone()
    for place, value in changes.items():
        row, column = map(int, place[1:].split("_"))
        state[row, column] = value
    return state


NO_MOMENTS = {
    "a vector": torch.zeros(3),
    "a text": "x",
    "nothing": None,
    "a list": [torch.zeros(5, 3)],
    "another width": torch.zeros(7, 5, dtype=torch.float64),
    "whole numbers": torch.zeros(5, 3, dtype=torch.int64),
    "complex numbers": torch.zeros(5, 3, dtype=torch.complex128),
    "sparse": torch.zeros(5, 3).to_sparse(),
    "no memory": torch.zeros(5, 3, device="meta"),
    "no numbers": torch.full((5, 3), NAN),
    "an infinite mean": moments(_1_1=float("inf")),
    "two counts": moments(_0_1=21),
    "less than no images": torch.cat([torch.full((1, 3), -4.0), torch.zeros(4, 3)]),
    "half an image": torch.cat([torch.full((1, 3), 2.5), torch.zeros(4, 3)]),
    "a mean of no images": torch.cat([torch.zeros(1, 3), torch.ones(1, 3), torch.zeros(3, 3)]),
    "no symmetry": moments(_3_0=1.0),
    "a negative variance": moments(_3_1=-1.0),
    "more covariance than variance": moments(_2_1=1e9, _3_0=1e9),
}


@pytest.mark.parametrize("name", NO_MOMENTS)
@pytest.mark.parametrize("side", ["real_moments", "fake_moments"])
def test_what_are_no_moments_is_refused(side, name):
    """The metric is what it was, the other side too, and its number is the same."""
    metric = made(FrechetInceptionDistance)
    value, before = metric.compute(), {one: getattr(metric, one).clone() for one in metric._defaults}
    good = made(FrechetInceptionDistance).fake_moments * 1
    states = {"real_moments": good, "fake_moments": good, side: NO_MOMENTS[name]}
    refused(lambda: metric.load_state_dict(states), f"^{side} must (be|have) ")
    for one, state in before.items():
        torch.testing.assert_close(getattr(metric, one), state, rtol=0, atol=0)
    metric._computed = None
    torch.testing.assert_close(metric.compute(), value, rtol=0, atol=0)


NO_FEATURES = {
    "a vector": torch.zeros(3),
    "a text": "x",
    "texts": ["x"],
    "nothing": None,
    "a number": 3,
    "another width": [torch.zeros(7, 5)],
    "two widths": [torch.zeros(7, 3), torch.zeros(7, 5)],
    "no width": [torch.zeros(7, 0)],
    "no rows": [torch.zeros(0, 3)],
    "whole numbers": [torch.zeros(7, 3, dtype=torch.int64)],
    "sparse": [torch.eye(3).to_sparse()],
    "no memory": [torch.zeros(7, 3, device="meta")],
    "no numbers": [torch.zeros(7, 3), torch.full((7, 3), NAN)],
}


@pytest.mark.parametrize("name", NO_FEATURES)
@pytest.mark.parametrize(("cls", "by_module"), [*((cls, False) for cls in ALL[1:]), *((cls, True) for cls in ALL[1:3])])
def test_what_are_no_features_is_refused(cls, by_module, name):
    """Of a module's, the width is that of the other side."""
    feature = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()) if by_module else None
    if by_module:
        feature = nn.Sequential(_Floats(), *feature)
    metric = made(cls, feature)
    (first, *_) = metric._defaults
    before = {one: copy.deepcopy(getattr(metric, one)) for one in metric._defaults}
    states = {first: NO_FEATURES[name]}
    refused(lambda: metric.load_state_dict(states), f"^{first} must be ")
    for one, state in before.items():
        torch.testing.assert_close(getattr(metric, one), state, rtol=0, atol=0)


class _Floats(nn.Module):
    def forward(self, images):
        return images.float()


@pytest.mark.parametrize("cls", ALL)
def test_what_was_stored_is_taken(cls):
    """The number is that of the metric that stored it, whatever was there or was computed; no memory is shared."""
    metric, other = made(cls), made(cls)
    metric.update(random_images(20, seed=5) // 3, **({} if cls is InceptionScore else {"real": False}))
    metric.persistent(mode=True)
    states, value = metric.state_dict(), metric.compute()
    assert not torch.equal(torch.as_tensor(other.compute()), torch.as_tensor(value))
    other.load_state_dict(states)
    torch.testing.assert_close(other.compute(), value, rtol=0, atol=0)
    for state in states.values():
        for tensor in state if isinstance(state, list) else [state]:
            tensor.fill_(7)
    other._computed = None
    torch.testing.assert_close(other.compute(), value, rtol=0, atol=0)


def test_what_was_gathered_is_taken():
    """Torchmetrics then holds one tensor in place of a list; the metric goes on from there."""
    metric = made(KernelInceptionDistance)
    rows = torch.cat(metric.real_features)
    metric.load_state_dict({"real_features": rows})
    metric.update(random_images(20, seed=4), real=True)
    assert [len(part) for part in metric.real_features] == [20, 20]
    empty = FrechetInceptionDistance(ChannelMeans())
    empty.load_state_dict({"real_moments": torch.zeros(5, 3)})
    assert not empty.real_moments.any()
    assert empty.real_moments.dtype == torch.float64


def test_one_that_is_refused_in_a_collection_stays():
    """Its states are named without the collection's prefix; an unknown key leaves the states as they were, too."""
    metrics = torchmetrics.MetricCollection({"fid": made(FrechetInceptionDistance)})
    before = metrics["fid"].real_moments.clone()
    with pytest.raises(InputError, match="^real_moments must be"):
        metrics.load_state_dict({"fid.real_moments": torch.zeros(3)})
    assert torch.equal(metrics["fid"].real_moments, before)
    with pytest.raises(RuntimeError, match="Unexpected key"):
        metrics["fid"].load_state_dict({"real_moments": torch.zeros(5, 3), "nonsense": torch.zeros(1)})
    assert torch.equal(metrics["fid"].real_moments, before)


@pytest.mark.parametrize("cls", ALL)
def test_states_are_checked_in_torchmetrics_wrapper(cls):
    """It puts a network of its own in the place of the metric's."""
    wrappers = pytest.importorskip("torchmetrics.wrappers")
    metric = made(cls)
    (first, *_) = metric._defaults
    share = wrappers.FeatureShare([metric])
    refused(lambda: share[cls.__name__].load_state_dict({first: [torch.zeros(7, 5)]}), f"^{first} must be ")
