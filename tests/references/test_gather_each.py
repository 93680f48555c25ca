"""The same images under several preparations: decoded once, kept each under its own key."""

import pytest
import torch

from ganmetrics._types import silent
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.data.sources import open_source
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.resize import Preprocessing
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.references.gather_each import gather_each
from ganmetrics.references.sides import Demand, Request
from ganmetrics.testing import random_images

PREPARATIONS = [Preprocessing(resize, (299, 299), "(x-128)/128") for resize in ("tf1-bilinear", "pillow-bicubic-float")]
IMAGES = random_images(4, size=16)


class Corners:
    """Two pixels of a prepared image, under the name that its protocols are defined for."""

    def __init__(self):
        self.seen = 0

    spec = ExtractorSpec("inception-v3", 2, None, "corners", None, str(PREPARATIONS[0]))
    prepare = PREPARATIONS[0]

    def __call__(self, batch, device):
        self.seen += len(batch)
        return Outputs(batch[:, 0, 1, 1:3].double())


def gathered(cache=None, least=2):
    extractor = Corners()
    request = Request("real", open_source(IMAGES), (Demand("a comparison", frozenset({"moments"}), least),))
    how = Extraction(extractor=extractor, protocol="ttur", workers=0, device="cpu")
    (found,) = gather_each([request], how, PREPARATIONS, cache=cache, progress=silent)
    return found, extractor


def test_each_preparation_has_its_own_statistics():
    """Those of the images so prepared."""
    found, extractor = gathered()
    assert extractor.seen == 2 * len(IMAGES)
    for preparation in PREPARATIONS:
        inputs = torch.stack([torch.from_numpy(preparation(image.permute(1, 2, 0).numpy())) for image in IMAGES])
        expected = Moments.of(inputs[:, 0, 1, 1:3].double())
        assert torch.allclose(found[preparation].moments.mean, expected.mean)
        assert str(preparation) in found[preparation].spec.preprocessing


def test_a_second_time_nothing_is_extracted(tmp_path):
    """The cache has both."""
    cache = ReferenceCache(tmp_path / "cache")
    first, _ = gathered(cache)
    second, extractor = gathered(cache)
    assert extractor.seen == 0
    for preparation in PREPARATIONS:
        assert torch.equal(first[preparation].moments.mean, second[preparation].moments.mean)


def test_too_few_images_are_refused():
    """Before the network sees one."""
    with pytest.raises(NotEnoughSamples, match="a comparison needs at least 5 images"):
        gathered(least=5)
