"""`evaluate`, `fid` and `extract`: from images to scores, without weights."""

import numpy as np
import pytest
import torch

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.commands.extract import extract
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.features.base import Outputs
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


def test_constant_shift_is_the_squared_distance_of_the_means():
    """Fakes that are the real images, 10 brighter in each of three channels, lie at 3 x 10^2."""
    real = random_images(50, seed=0).clamp(max=200)
    assert float(fid(real, real + 10, **FREE)) == pytest.approx(300, rel=1e-6)


@pytest.mark.slow
def test_folders_and_tensors_agree(folders):
    """The number does not depend on how the same pixels are handed over."""
    real, fake = folders
    tensors = [
        torch.stack([torch.from_numpy(image) for image in _pixels(folder)]).permute(0, 3, 1, 2) for folder in folders
    ]
    assert float(fid(real, fake, **FREE)) == float(fid(*tensors, **FREE))


def _pixels(folder):
    from PIL import Image

    return [np.array(Image.open(path)) for path in sorted(folder.iterdir())]


@pytest.mark.slow
def test_real_comes_first_and_the_distance_is_symmetric(folders):
    """Swapping the sides swaps the counts and not the distance."""
    there, back = fid(*folders, **FREE), fid(*reversed(folders), **FREE)
    assert there.value == pytest.approx(back.value, rel=1e-9)
    assert (back.real_count, back.fake_count) == (15, 20)


@pytest.mark.slow
def test_a_reference_stands_for_its_images(folders, tmp_path):
    """Object and path of a stored reference give the same score as the folder."""
    real, fake = folders
    reference = Reference.from_images(real, **FREE)
    reference.save(tmp_path / "real.npz")
    direct = float(fid(real, fake, **FREE))
    assert float(fid(reference, fake, **FREE)) == direct
    assert float(fid(tmp_path / "real.npz", fake, **FREE)) == direct
    assert float(fid(reference, Reference.from_images(fake, **FREE), extractor=ChannelMeans())) == direct


def test_a_non_finite_feature_names_the_file(folders):
    """The offending image can be found."""

    class Broken(ChannelMeans):
        def __call__(self, batch, device):
            features = batch.clone()
            features[batch[:, 0] == batch[:, 0].max()] = float("nan")
            return Outputs(features=features)

    with pytest.raises(NumericsError, match=r"must be finite; .* non-finite one for .*real.*\d{5}\.png"):
        fid(*folders, extractor=Broken(), workers=0)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 7, 64])
@pytest.mark.parametrize("workers", [0, 2])
def test_batches_and_workers_do_not_change_the_number(folders, batch_size, workers):
    """The order is fixed, and sums are taken in blocks of their own."""
    expected = float(fid(*folders, **FREE))
    assert float(fid(*folders, extractor=ChannelMeans(), batch_size=batch_size, workers=workers)) == expected


@pytest.mark.slow
def test_several_metrics_come_from_one_pass(folders):
    """Each image is extracted once whatever is asked."""
    calls = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            calls.append(len(batch))
            return super().__call__(batch / 255, device)

    report = evaluate(*folders, metrics=["fid", "is"], extractor=Counting(), workers=0)
    assert list(report) == ["fd_channel-means", "is_channel-means"]
    assert sum(calls) == 35
    score = report["is_channel-means"]
    assert 1 <= score.value <= 3
    assert score.std is not None
    assert not score.lower_is_better


def test_unknown_metric_and_options_are_refused(folders):
    """Every option that is out of range is named with what came."""
    for wrong, value, message in (
        ("metrics", ("fdi",), "must be among fid, sfid, .*; got fdi"),
        ("alpha", "pink", "alpha must be one of white, black, drop, refuse; got 'pink'"),
        ("batch_size", 0, "batch_size must be at least 1; got 0"),
        ("workers", -1, "workers must be at least 0; got -1"),
        ("count", 0, "count must be at least 1; got 0"),
        ("device", "meta", "device must be one that this torch can use; got 'meta'"),
        ("seed", -1, "seed must be at least 0; got -1"),
        ("weights", "w.pth", "weights go with an extractor given by name"),
    ):
        with pytest.raises(InputError, match=message):
            evaluate(*folders, **{**FREE, wrong: value})


def test_more_images_than_there_are_cannot_be_chosen(folders):
    """The message has both numbers and names the side."""
    with pytest.raises(NotEnoughSamples, match=r"99 images are to be chosen; .*real has 20"):
        evaluate(*folders, **FREE, count=99)


@pytest.mark.slow
def test_extract_returns_features_in_order(folders):
    """Row i belongs to image i of the sorted folder."""
    features, logits = extract(folders[0], extractor=ChannelMeans(), workers=2, batch_size=3)
    expected = np.stack([image.reshape(-1, 3).mean(axis=0) for image in _pixels(folders[0])])
    np.testing.assert_allclose(features.numpy(), expected, rtol=1e-6)
    assert logits is not None
    assert logits.shape == (20, 3)
    assert features.dtype == torch.float32


def test_a_score_of_the_fake_side_alone_leaves_the_real_images_alone(folders):
    """The Inception Score costs no pass over the real set, and says nothing of its count."""
    calls = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            calls.append(len(batch))
            return super().__call__(batch / 255, device)

    report = evaluate(*folders, metrics=("is",), extractor=Counting(), workers=0)
    assert sum(calls) == 15
    assert report["is_channel-means"].real_count is None
    assert "; fake 15, " in report.to_text()
