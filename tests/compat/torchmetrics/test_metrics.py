"""Tests of `ganmetrics.compat.torchmetrics`: real metrics of torchmetrics with this library's numbers."""

import copy
import inspect
import pickle
from typing import ClassVar

import pytest
import torch

import ganmetrics
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.testing import ChannelMeans, random_images

torchmetrics = pytest.importorskip("torchmetrics")

from ganmetrics.compat.torchmetrics import (  # noqa: E402
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    MemorizationInformedFrechetInceptionDistance,
)

PEERS = {
    FrechetInceptionDistance: "fid.FrechetInceptionDistance",
    InceptionScore: "inception.InceptionScore",
    KernelInceptionDistance: "kid.KernelInceptionDistance",
    MemorizationInformedFrechetInceptionDistance: "mifid.MemorizationInformedFrechetInceptionDistance",
}
OF_BOTH = [metric for metric in PEERS if metric is not InceptionScore]


class CountingMeans(ChannelMeans):
    """`ChannelMeans` that counts the images it is given."""

    seen: ClassVar = []

    def __call__(self, batch, device):
        self.seen.append(len(batch))
        return super().__call__(batch, device)


@pytest.fixture
def sides():
    """Real images and generated ones."""
    return random_images(40, seed=1), random_images(30, seed=2) // 2 + 60


def made(cls, feature=None, **options):
    """A metric of few images."""
    if cls is KernelInceptionDistance:
        options = {"subset_size": 10, "subsets": 5, **options}
    return cls(ChannelMeans() if feature is None else feature, **options)


def filled(metric, sides, batch=7):
    """The metric after both sides, in batches."""
    for images, real in zip(sides, (True, False), strict=True):
        for part in images.split(batch):
            metric.update(part, real=real)
    return metric


@pytest.mark.parametrize("cls", PEERS)
def test_they_are_torchmetrics_with_its_arguments(cls):
    """Subclasses of its `Metric`, with the peer's arguments first and in its order."""
    module, name = PEERS[cls].split(".")
    peer = getattr(pytest.importorskip(f"torchmetrics.image.{module}"), name)
    theirs = [one for one in inspect.signature(peer).parameters if one != "kwargs"]
    ours = [one for one in inspect.signature(cls).parameters if one != "options"]
    assert issubclass(cls, torchmetrics.Metric)
    assert [one for one in ours if one in theirs] == theirs
    assert set(ours) - set(theirs) <= {"feature_extractor_weights_path", "antialias", "seed"}
    for attribute in ("higher_is_better", "is_differentiable", "feature_network"):
        assert getattr(cls, attribute) == getattr(peer, attribute)


@pytest.mark.slow
def test_numbers_are_this_librarys(sides):
    """The distance of `ganmetrics.fid`, the kernel's and the score of the same features."""
    real, fake = (ganmetrics.extract(side, extractor=ChannelMeans(), workers=0).features for side in sides)
    own = ganmetrics.fid(*sides, extractor=ChannelMeans(), interval=False, workers=0)
    assert float(filled(made(FrechetInceptionDistance), sides).compute()) == pytest.approx(float(own), rel=1e-9)
    kid = ganmetrics.kernel_distance(real, fake, subsets=5, subset_size=10, seed=3, convention="torchmetrics")
    assert [float(part) for part in filled(made(KernelInceptionDistance, seed=3), sides).compute()] == [
        kid.value,
        kid.std,
    ]
    metric = made(InceptionScore, splits=3, seed=3)
    metric.update(sides[1])
    rng = torch.Generator().manual_seed(3)
    score = ganmetrics.inception_score(fake, splits=3, convention="torchmetrics", rng=rng)
    assert [float(part) for part in metric.compute()] == [score.value, score.std]


def test_mifid_is_fid_over_the_memorisation_distance(sides):
    """Copies of real images are penalised; others are not."""
    fid = float(filled(made(FrechetInceptionDistance), sides).compute())
    cls = MemorizationInformedFrechetInceptionDistance
    assert float(filled(made(cls, cosine_distance_eps=1e-9), sides).compute()) == pytest.approx(fid, rel=1e-9)
    assert float(filled(made(cls), sides).compute()) > fid
    assert float(filled(made(cls), (sides[0], sides[0])).compute()) == 0


def test_a_collection_passes_each_image_once(sides):
    """Four metrics, one pass; the keys are torchmetrics'."""
    network = CountingMeans()
    network.seen.clear()
    metrics = torchmetrics.MetricCollection([made(cls, network) for cls in OF_BOTH])
    score = made(InceptionScore, network, splits=2)
    for real, images in ((True, sides[0]), (False, sides[1])):
        metrics.update(images, real=real)
        if not real:
            score.update(images)
    assert network.seen == [32, 8, 30]
    results = metrics.compute()
    assert list(results) == [cls.__name__ for cls in sorted(OF_BOTH, key=lambda cls: cls.__name__)] or set(results) == {
        cls.__name__ for cls in OF_BOTH
    }


@pytest.mark.parametrize("inference", [False, True])
def test_a_changed_batch_passes_again(sides, inference):
    """A buffer that is filled anew is no batch that was seen; in inference mode torch does not count changes."""
    network = CountingMeans()
    network.seen.clear()
    metric, other = made(FrechetInceptionDistance, network), made(KernelInceptionDistance, network)
    with torch.inference_mode(inference):
        buffer = sides[0].clone()
        for one in (metric, other):
            one.update(buffer, real=True)
        buffer.copy_(sides[0] // 2)
        metric.update(buffer, real=False)
    assert network.seen == [32, 8, 32, 8]
    assert float(metric.compute()) > 0


def test_feature_share_of_torchmetrics_works(sides):
    """Its wrapper finds the network that they share."""
    wrappers = pytest.importorskip("torchmetrics.wrappers")
    network = CountingMeans()
    network.seen.clear()
    share = wrappers.FeatureShare([made(cls, network) for cls in OF_BOTH])
    for real, images in ((True, sides[0]), (False, sides[1])):
        share.update(images, real=real)
    assert network.seen == [32, 8, 30]
    assert float(share.compute()["FrechetInceptionDistance"]) > 0


@pytest.mark.parametrize("cls", OF_BOTH)
def test_the_real_side_may_stay(cls, sides):
    """``reset_real_features=False`` keeps it, and the default forgets it."""
    kept = filled(made(cls, reset_real_features=False), sides)
    before = kept.compute()
    kept.reset()
    for part in sides[1].split(7):
        kept.update(part, real=False)
    torch.testing.assert_close(kept.compute(), before)
    forgotten = filled(made(cls), sides)
    forgotten.reset()
    forgotten.update(sides[1], real=False)
    with pytest.raises(NotEnoughSamples, match="real"):
        forgotten.compute()


@pytest.mark.parametrize("cls", OF_BOTH)
def test_copies_and_pickles_go_on(cls, sides):
    """With what was seen."""
    metric = filled(made(cls), sides)
    for again in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric)), metric.clone()):
        torch.testing.assert_close(again.compute(), metric.compute())


def test_forward_gives_the_batch_and_keeps_the_sum(sides):
    """Torchmetrics' ``metric(images, real=...)``; its merge of states is that of moments."""
    metric = made(FrechetInceptionDistance)
    metric.update(sides[0], real=True)
    for part in sides[1].split(10):
        metric.update(part, real=False)
    other = made(FrechetInceptionDistance, reset_real_features=False)
    other.update(sides[0], real=True)
    other.update(sides[1][:10], real=False)
    other(sides[1][10:], real=False)
    torch.testing.assert_close(other.compute(), metric.compute())


@pytest.mark.slow
def test_plots(sides):
    """One value, a list of them, and the mean where there is a spread."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    for cls in OF_BOTH:
        metric = filled(made(cls), sides)
        figure, axes = metric.plot()
        assert axes.lines
        figure, axes = metric.plot([torch.tensor(1.0), torch.tensor(2.0)])
        assert list(axes.lines[0].get_ydata()) == [1.0, 2.0]
    pyplot.close("all")
    assert figure is not None


def test_modules_are_networks_too(sides):
    """As torchmetrics takes them, with or without ``num_features``."""

    class Means(torch.nn.Module):
        def forward(self, images):
            return images.float().mean(dim=(2, 3))

    by_module = filled(made(FrechetInceptionDistance, Means(), input_img_size=(3, 4, 4)), sides)
    by_extractor = filled(made(FrechetInceptionDistance), sides)
    torch.testing.assert_close(by_module.compute(), by_extractor.compute())


def test_floats_are_rounded_and_never_wrapped():
    """Torchmetrics truncates floats to levels, and takes 1.004 for black."""
    levels = torch.arange(256, dtype=torch.uint8).repeat(3).view(1, 3, 16, 16)
    metrics = [made(FrechetInceptionDistance, normalize=normalize) for normalize in (True, False)]
    for metric, images in zip(metrics, (levels.float() / 255, levels), strict=True):
        metric.update(images, real=True)
    torch.testing.assert_close(metrics[0].real_moments, metrics[1].real_moments)
    with pytest.raises(InputError, match=r"needs floats in \[0, 1\]; got values from 0 to 1\.00394"):
        metrics[0].update(levels.float() / 254, real=True)
    with pytest.raises(InputError, match=r"images must be uint8, or floats in \[0, 1\] with normalize=True"):
        metrics[1].update(levels.float(), real=True)


def test_what_is_not_offered_is_refused():
    """Before any network is opened."""
    with pytest.raises(InputError, match=r"^feature must be 2048, a module or an extractor; got 192$"):
        FrechetInceptionDistance(192)
    with pytest.raises(InputError, match=r"^feature must be 'logits_unbiased', a module or an extractor; got '2048'$"):
        InceptionScore("2048")


def test_a_module_that_changes_is_asked_again():
    """Two sides of one batch, with other weights: the distance is not 0."""
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 3))
    net.num_features = 3
    images = torch.rand(20, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    metric, fresh = (made(FrechetInceptionDistance, net, normalize=True) for _ in range(2))
    with torch.no_grad():
        for one, second in ((metric, images), (fresh, images.clone())):
            one.update(images, real=True)
            net[1].weight.data.mul_(5)
            one.update(second, real=False)
            net[1].weight.data.div_(5)
    assert float(metric.compute()) > 0
    torch.testing.assert_close(metric.compute(), fresh.compute())


def test_feature_share_passes_a_changed_batch_again(sides):
    """Its own cache knows a batch by its object, and gave what that held before."""
    wrappers = pytest.importorskip("torchmetrics.wrappers")
    network = CountingMeans()
    network.seen.clear()
    share = wrappers.FeatureShare([made(cls, network) for cls in OF_BOTH])
    images = sides[0].clone()
    share.update(images, real=True)
    images.copy_(sides[0] // 2)
    share.update(images, real=False)
    assert network.seen == [32, 8, 32, 8]
    alone = filled(made(FrechetInceptionDistance), (sides[0], sides[0] // 2), batch=40)
    torch.testing.assert_close(share.compute()["FrechetInceptionDistance"], alone.compute())


@pytest.mark.parametrize("cls", OF_BOTH)
def test_an_array_that_is_filled_anew_is_another_batch(cls, sides):
    """Torch counts no changes of memory that is NumPy's."""
    real, fake = sides[0][:30].numpy(), sides[1].numpy()
    metric, buffer = made(cls), real.copy()
    images = torch.from_numpy(buffer)
    metric.update(images, real=True)
    buffer[:] = fake
    metric.update(images, real=False)
    torch.testing.assert_close(metric.compute(), filled(made(cls), (sides[0][:30], sides[1]), batch=30).compute())
