"""Features and logits of every image, in order."""

import pytest
import torch

from ganmetrics import Reference, extract
from ganmetrics.errors import InputError
from ganmetrics.features.base import Outputs
from ganmetrics.testing import ChannelMeans, random_images, write_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


def test_rows_are_the_images(tmp_path):
    """In the order of the source, float32, also past a file that is skipped."""
    images = random_images(9)
    found = extract(images, batch_size=4, **FREE)
    assert torch.allclose(found.features, images.double().mean(dim=(2, 3)).float())
    assert torch.equal(found.logits, found.features)
    folder = write_images(tmp_path / "a", 4)
    whole = extract(folder, **FREE)
    (folder / "00001.png").write_bytes(b"no image")
    assert torch.equal(extract(folder, skip_bad=True, **FREE).features, whole.features[[0, 2, 3]])


def test_an_extractor_without_logits_gives_none():
    """And not a row of zeros."""

    class Mute(ChannelMeans):
        def __call__(self, batch, device):
            return Outputs(features=batch, logits=None)

    assert extract(random_images(3), **{**FREE, "extractor": Mute()}).logits is None


def test_statistics_have_no_features_to_extract():
    """Told in words."""
    with pytest.raises(InputError, match="extracting features needs images"):
        extract(Reference.from_images(random_images(5), **FREE), **FREE)


def test_kept_features_are_not_extracted_again(tmp_path):
    """Nor do they change; a budget of memory moves them to the disk, and changes nothing either."""
    passes = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            passes.append(len(batch))
            return super().__call__(batch, device)

    options = {**FREE, "extractor": Counting(), "cache": tmp_path / "cache", "cache_features": True}
    first, again = (extract(random_images(9), memory=10**8, **options) for _ in range(2))
    assert sum(passes) == 9
    assert torch.equal(first.features, again.features)
    assert torch.equal(first.logits, again.logits)
