"""`FrechetInceptionDistance` inside a training loop."""

import copy

import numpy as np
import pytest
import torch

from ganmetrics.commands.evaluate import fid
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.extraction.accumulate import BLOCK_ROWS
from ganmetrics.metric import FrechetInceptionDistance
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

REAL, FAKE = random_images(60, seed=0), random_images(45, seed=1)


@pytest.fixture
def metric():
    """A metric on the statistics of `REAL`."""
    reference = Reference.from_images(REAL, extractor=ChannelMeans(), workers=0, device="cpu")
    return FrechetInceptionDistance(reference, extractor=ChannelMeans(), device="cpu")


@pytest.mark.slow
def test_batches_equal_the_whole(metric):
    """However the generated images are batched, the score is that of one call of `fid`."""
    expected = fid(REAL, FAKE, extractor=ChannelMeans(), workers=0)
    for batch in FAKE.split(7):
        metric.update(batch)
    score = metric.compute()
    assert score.value == pytest.approx(expected.value, rel=1e-9)
    assert (score.name, score.real_count, score.fake_count) == ("fd_channel-means", 60, 45)
    assert metric.count == 45


@pytest.mark.slow
def test_images_are_gathered_as_fid_gathers_them(metric, tmp_path):
    """A tensor or a folder in the place of statistics gives the same; a filled cache spares the second pass."""

    class Counting(ChannelMeans):
        seen = 0

        def __call__(self, batch, device):
            Counting.seen += len(batch)
            return super().__call__(batch, device)

    metric.update(FAKE)
    for expected in (60, 60):
        other = FrechetInceptionDistance(REAL, extractor=Counting(), workers=0, device="cpu", cache=tmp_path / "cache")
        assert Counting.seen == expected
    other = FrechetInceptionDistance(REAL, extractor=ChannelMeans(), workers=0, device="cpu")
    other.update(FAKE)
    assert other.compute().value == metric.compute().value
    assert other.reference.contents == metric.reference.contents


@pytest.mark.slow
def test_compute_can_go_on(metric):
    """Computing in the middle does not disturb what follows."""
    metric.update(FAKE[:20])
    metric.compute()
    metric.update(FAKE[20:])
    expected = fid(REAL, FAKE, extractor=ChannelMeans(), workers=0)
    assert metric.compute().value == pytest.approx(expected.value, rel=1e-9)


def test_reset_forgets(metric):
    """After a reset only new images count."""
    metric.update(FAKE)
    metric.reset()
    assert metric.count == 0
    with pytest.raises(NotEnoughSamples, match="update has been given none"):
        metric.compute()


def test_merged_metrics_equal_one(metric):
    """Two processes' shares, merged, are the whole."""
    other = FrechetInceptionDistance(metric.reference, extractor=ChannelMeans(), device="cpu")
    metric.update(FAKE[:11])
    other.update(FAKE[11:])
    metric.merge(other)
    expected = fid(REAL, FAKE, extractor=ChannelMeans(), workers=0)
    assert metric.compute().value == pytest.approx(expected.value, rel=1e-9)


@pytest.mark.slow
def test_memory_does_not_grow_with_images(metric):
    """Features are folded into moments once a block is full, and no more images are kept than an interval needs."""
    for number in range(20):
        metric.update(random_images(600, seed=number))
    seen = metric._evaluator._seen
    assert sum(map(len, seen._whole._pending)) < BLOCK_ROWS
    assert len(seen._kept._chosen.features) == 1024
    assert sum(len(part.features) for part in seen._kept._pending) < BLOCK_ROWS
    assert metric.count == 12_000


@pytest.mark.parametrize(
    ("images", "advice"),
    [
        (torch.rand(2, 3, 4, 4), "to_uint8 maps floats"),
        (torch.zeros(2, 1, 4, 4, dtype=torch.uint8), "repeats a gray channel"),
        (torch.zeros(2, 4, 4, 3, dtype=torch.uint8), "puts the channels second"),
        (torch.zeros(3, 4, 4, dtype=torch.uint8), "makes a batch of one image"),
        ([torch.zeros(3, 4, 4, dtype=torch.uint8)], "torch.stack"),
        (np.zeros((2, 3, 4, 4), np.uint8), "torch.from_numpy"),
    ],
    ids=["float", "gray", "channels last", "single", "list", "array"],
)
def test_anything_but_uint8_batches_is_refused(metric, images, advice):
    """Floats never mean pixels, and the message says how to convert what came."""
    with pytest.raises(InputError, match=rf"^a tensor of images needs uint8 \[n, 3, h, w\]; got .*{advice}"):
        metric.update(images)
    assert metric.count == 0


def test_one_large_batch_is_many_small_ones(metric):
    """The network and the preparation see a few images at a time, with the same sums to the last bit."""
    seen = []

    class Watched(ChannelMeans):
        def __call__(self, batch, device):
            seen.append(len(batch))
            return super().__call__(batch, device)

    watched = FrechetInceptionDistance(metric.reference, extractor=Watched(), device="cpu", batch_size=8)
    watched.update(FAKE)
    assert seen == [8, 8, 8, 8, 8, 5]
    for piece in FAKE.split(8):
        metric.update(piece)
    assert watched.compute().value == metric.compute().value


def test_an_empty_batch_changes_nothing(metric):
    """The last, empty batch of a shard is not an error."""
    metric.update(FAKE[:0])
    assert metric.count == 0


def test_another_extractor_is_refused(metric):
    """A reference is only comparable with features of the same network."""
    with pytest.raises(StaleStatistics, match="uses other/native; the reference .* was made with channel-means/native"):
        FrechetInceptionDistance(metric.reference, extractor=ChannelMeans(name="other"))


def test_the_loop_s_random_numbers_are_untouched(metric):
    """Scoring between two steps does not change the training run."""
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    metric.update(FAKE)
    metric.compute()
    assert torch.equal(torch.rand(3), expected)


def test_published_statistics_serve_where_the_caller_names_their_origin(tmp_path, caplog):
    """A bare mu and sigma say nothing: unnamed they are refused; named, the score says who vouched for them."""
    rows = np.random.default_rng(0).normal(128, 20, (500, 3))
    np.savez(tmp_path / "stats.npz", mu=rows.mean(axis=0), sigma=np.cov(rows, rowvar=False))
    with pytest.raises(InputError, match=r"stats\.npz does not say: name its extractor and protocol"):
        FrechetInceptionDistance(tmp_path / "stats.npz")
    metric = FrechetInceptionDistance(tmp_path / "stats.npz", extractor=ChannelMeans(), interval=False)
    metric.update(FAKE)
    score = metric.compute()
    exact = frechet_distance(
        Moments.gaussian(rows.mean(axis=0), np.cov(rows, rowvar=False)), Moments.of(FAKE.double().mean(dim=(2, 3)))
    )
    assert score.value == pytest.approx(exact, rel=1e-5)
    assert "real: origin vouched for by the caller" in score.notes
    assert "does not say how it was made; taken for channel-means/native" in caplog.text


def test_a_copy_goes_on_by_itself():
    """What a copy sees is its own; the network and the reference are shared."""
    metric = FrechetInceptionDistance(random_images(40), extractor=ChannelMeans(), workers=0)
    metric.update(random_images(20, seed=1))
    other = copy.copy(metric)
    other.update(random_images(10, seed=2))
    assert (metric.count, other.count) == (20, 30)
    assert other.reference is metric.reference
