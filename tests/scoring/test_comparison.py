"""From the statistics of two sides to scores: what is said beside the number."""

import logging
import re

import pytest

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


@pytest.mark.slow
def test_the_score_says_what_it_is(folders):
    """Name, counts, extractor, protocol, direction and provenance travel with the number."""
    score = fid(*folders, **FREE)
    assert score.name == "fd_channel-means"
    assert (score.real_count, score.fake_count) == (20, 15)
    assert (score.extractor, score.protocol, score.lower_is_better) == ("channel-means", "native", True)
    assert score.provenance["versions"]["torch"]
    assert score.provenance["real"]["source"].endswith("real")
    assert len(score.provenance["fake"]["contents"][0]) == 64


@pytest.mark.slow
def test_the_same_images_twice_are_scored_with_a_warning(folders, caplog):
    """Zero, and a word that both sides are one, also where the images are copies elsewhere."""
    real, _ = folders
    with caplog.at_level(logging.WARNING):
        assert float(fid(real, real, **FREE)) == 0
    assert "real and fake hold the same images" in caplog.text


def test_few_images_are_said(caplog):
    """No more images than features: the bias is pointed out."""
    with caplog.at_level(logging.WARNING):
        fid(random_images(3, seed=0), random_images(40, seed=1), **FREE)
    assert "real has 3 images, no more than the 3 features" in caplog.text


@pytest.mark.slow
def test_an_outlier_is_said(caplog):
    """One image whose features are a thousand times as long as most decides what sums say of all."""

    class Far(ChannelMeans):
        def __call__(self, batch, device):
            found = super().__call__(batch, device)
            found.features[3] *= 1e6
            return found

    with caplog.at_level(logging.WARNING):
        evaluate(random_images(40, seed=0), random_images(40, seed=1), metrics=("kid",), **FREE)
        assert "alone decides" not in caplog.text
        evaluate(random_images(40, seed=0), random_images(40, seed=1), metrics=("kid",), **{**FREE, "extractor": Far()})
    assert re.search(r"fake: the features of tensor\[\d+\] are 1\S+ times as long as most: it alone", caplog.text)


@pytest.mark.slow
def test_skipped_images_are_said_in_the_result(folders):
    """Unreadable files stop the run; with skip_bad the rest is scored and the result says so."""
    real, fake = folders
    (fake / "bad.png").write_bytes(b"no image")
    with pytest.raises(InputError, match=r"bad\.png"):
        fid(real, fake, **FREE)
    score = fid(real, fake, skip_bad=True, **FREE)
    assert score.fake_count == 15
    assert "1 unreadable fake image skipped" in str(score)
    assert score.provenance["notes"] == ["1 unreadable fake image skipped"]


@pytest.mark.slow
def test_transparency_is_said_in_a_warning(folders, caplog):
    """What transparent pixels became is not left to the audit, which -q leaves out."""
    from PIL import Image

    Image.new("RGBA", (8, 8), (200, 10, 0, 100)).save(folders[1] / "clear.png")
    with caplog.at_level(logging.WARNING):
        fid(*folders, **FREE)
    assert "fake: alpha composited on white in 1 images (--alpha chooses)" in caplog.text
