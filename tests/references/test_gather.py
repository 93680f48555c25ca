"""Statistics of both sides: what is refused, and when."""

import logging

import numpy as np
import pytest
import torch

import ganmetrics
from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, write_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


def test_a_reference_of_another_extractor_is_refused(folders):
    """Two scores that are made differently are never compared silently."""
    real, fake = folders
    other = Reference.from_images(real, extractor=ChannelMeans(name="other"), workers=0)
    with pytest.raises(StaleStatistics, match="this run uses channel-means/native; the reference .* with other/native"):
        fid(other, fake, **FREE)
    with pytest.raises(StaleStatistics, match="same extractor"):
        fid(other, Reference.from_images(fake, **FREE), extractor=ChannelMeans())
    with pytest.raises(StaleStatistics, match="uses inception-v3/ttur; the reference .* made with other/native"):
        fid(other, other, extractor="inception-v3")
    # What both say themselves needs no extractor to be named.
    assert fid(other, other).extractor == "other"


def test_a_foreign_reference_is_taken_with_a_warning(folders, tmp_path, caplog):
    """A file without provenance serves, and the score does not pretend to know its count."""
    _, fake = folders
    np.savez(tmp_path / "stats.npz", mu=np.zeros(3), sigma=np.eye(3))
    with caplog.at_level(logging.WARNING):
        score = fid(tmp_path / "stats.npz", fake, **FREE)
    assert "does not say how it was made; taken for channel-means/native" in caplog.text
    assert score.real_count is None
    exact = frechet_distance(
        ganmetrics.Moments.gaussian(torch.zeros(3), torch.eye(3)), Reference.from_images(fake, **FREE).moments
    )
    assert score.value == exact


def test_a_foreign_reference_of_another_width_is_refused(folders, tmp_path):
    """2048 features are not 3."""
    np.savez(tmp_path / "stats.npz", mu=np.zeros(4), sigma=np.eye(4))
    with pytest.raises(StaleStatistics, match=r"needs statistics of 3 features; .*stats\.npz has 4"):
        fid(tmp_path / "stats.npz", folders[1], **FREE)


def test_one_image_is_refused(tmp_path):
    """A covariance needs two."""
    one = write_images(tmp_path / "one", 1)
    two = write_images(tmp_path / "two", 2)
    with pytest.raises(NotEnoughSamples, match="a Fréchet distance needs at least 2 images a side; .*one has 1"):
        fid(one, two, **FREE)


def test_bad_input_on_either_side_stops_before_any_extraction(folders):
    """The second side is audited before the first one costs a pass of the network."""
    real, fake = folders
    (fake / "bad.png").write_bytes(b"no image")

    class Untouched(ChannelMeans):
        def __call__(self, batch, device):
            raise AssertionError("extraction began before the audit ended")

    with pytest.raises(InputError, match=r"bad\.png"):
        fid(real, fake, extractor=Untouched(), workers=0)


def test_inception_score_needs_images_on_the_fake_side(folders):
    """Moments hold no class probabilities."""
    reference = Reference.from_images(folders[1], **FREE)
    with pytest.raises(InputError, match="needs images; .*fake holds only their mean and covariance"):
        evaluate(folders[0], reference, metrics=("is",), **FREE)


def test_too_few_images_for_the_splits_are_told_before_the_work(tmp_path):
    """Nine images cannot fill ten splits, and no image is extracted to find out."""

    class Untouched(ChannelMeans):
        def __call__(self, batch, device):
            raise AssertionError("extraction began before the counts were checked")

    nine = write_images(tmp_path / "nine", 9)
    with pytest.raises(NotEnoughSamples, match="10 splits need at least as many images; got 9"):
        evaluate(nine, nine, metrics=("is",), extractor=Untouched(), workers=0)


@pytest.mark.slow
def test_references_of_another_treatment_of_transparency_are_refused(folders, tmp_path):
    """White and black backgrounds give other pixels, and are not compared where there was transparency."""
    from PIL import Image

    clear = tmp_path / "clear"
    clear.mkdir()
    for number in range(4):
        Image.new("RGBA", (8, 8), (200, 10 * number, 0, 100)).save(clear / f"{number}.png")
    reference = Reference.from_images(clear, alpha="white", **FREE)
    assert fid(reference, folders[1], **FREE).real_count == 4
    with pytest.raises(StaleStatistics, match="this run uses alpha black; the reference .* was made with white"):
        fid(reference, folders[1], alpha="black", **FREE)
    with pytest.raises(StaleStatistics, match="both sides need the same alpha"):
        reference.merge(Reference.from_images(clear, alpha="black", **FREE))
    opaque = Reference.from_images(folders[0], alpha="white", **FREE)
    assert fid(opaque, folders[1], alpha="black", **FREE).value > 0


def test_count_does_not_pass_over_a_reference(folders):
    """A choice of images cannot be made from statistics."""
    reference = Reference.from_images(folders[0], **FREE)
    with pytest.raises(StaleStatistics, match="this run scores 10 images a side; .*real is of 20"):
        fid(reference, folders[1], count=10, **FREE)
    with pytest.raises(InputError, match="count and weights say how images are treated"):
        fid(reference, reference, count=10, extractor=ChannelMeans())


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        ([0.0, 0, np.nan], np.eye(3), r"stats\.npz mean must be finite"),
        ([0.0, 0, 0], np.diag([1.0, 1, -1]), r"stats\.npz .* smallest eigenvalue is -1"),
    ],
)
def test_foreign_statistics_that_are_no_moments_name_their_file(folders, tmp_path, mean, covariance, message):
    """Before an image is read, with the entry or the eigenvalue."""
    np.savez(tmp_path / "stats.npz", mu=np.array(mean), sigma=covariance)
    with pytest.raises(InputError, match=message):
        fid(tmp_path / "stats.npz", folders[1], **FREE)
