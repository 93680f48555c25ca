"""Several preparations of an image in one pass."""

import pickle

import numpy as np
import pytest
import torch

from ganmetrics._types import silent
from ganmetrics.data.sources import open_source
from ganmetrics.errors import NumericsError
from ganmetrics.extraction import each_preparation
from ganmetrics.extraction.each_preparation import EachPreparation, collect_each
from ganmetrics.extraction.settings import INCEPTION_SIZE
from ganmetrics.extraction.survey import survey
from ganmetrics.features.base import Outputs
from ganmetrics.features.resize import Preprocessing
from ganmetrics.testing import random_images
from tests.extraction.test_settings import opened
from tests.inception_stand_in import Thumbnail

PAIRS = (
    Preprocessing("tf1-bilinear", INCEPTION_SIZE, "(x-128)/128"),
    Preprocessing("tf1-bilinear", INCEPTION_SIZE, "2x/255-1"),
    Preprocessing("pillow-bicubic-float", INCEPTION_SIZE, "(x-128)/128"),
)


def looked_at(images, run):
    """The images after a look at them."""
    return survey(open_source(images), run, silent)


def settings(extractor, *, workers=0):
    """Options of a run with this extractor."""
    return opened(extractor, protocol="ttur", batch_size=4, workers=workers, device="cpu")


def test_each_preparation_is_that_of_its_own():
    """Stacked in the order asked for, none changed by the scaling of another, and ready to be sent to a worker."""
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    stacked = pickle.loads(pickle.dumps(EachPreparation(PAIRS)))(image)
    for inputs, pair in zip(stacked, PAIRS, strict=True):
        np.testing.assert_array_equal(inputs, pair(image))


def test_each_resizer_runs_once_an_image(monkeypatch):
    """Two scalings of one resizer share its work."""
    calls, original = [], each_preparation.resize

    def counted(image, size, *, resizer):
        calls.append(resizer)
        return original(image, size, resizer=resizer)

    monkeypatch.setattr(each_preparation, "resize", counted)
    EachPreparation(PAIRS)(np.zeros((4, 4, 3), np.uint8))
    assert calls == ["tf1-bilinear", "pillow-bicubic-float"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_statistics_are_those_of_separate_passes(workers):
    """One pass over ten images in batches of four gives what a pass for each preparation would."""
    images, run = random_images(10, size=6), settings(Thumbnail(), workers=workers)
    surveyed = looked_at(images, run)
    together = collect_each(surveyed, PAIRS, run, silent)
    assert tuple(together) == PAIRS
    for pair, layer in together.items():
        batch = torch.from_numpy(np.stack([pair(image.permute(1, 2, 0).numpy()) for image in images]))
        features = Thumbnail()(batch, torch.device("cpu")).features.double().numpy()
        assert layer.moments.count == 10
        np.testing.assert_allclose(layer.moments.covariance, np.cov(features, rowvar=False), rtol=1e-9, atol=1e-12)


def test_a_feature_that_is_not_finite_is_told_with_its_preparation():
    """The name of the set and of the preparation lead to it."""

    class Broken(Thumbnail):
        def __call__(self, batch, device):
            return Outputs(features=torch.full((len(batch), 6), torch.nan))

    run = settings(Broken())
    surveyed = looked_at(random_images(3), run)
    with pytest.raises(NumericsError, match=r"non-finite one for tensor\[0\] under tf1-bilinear 299x299 \(x-128\)/128"):
        collect_each(surveyed, PAIRS, run, silent)
