"""Several preparations of an image in one pass."""

import pickle

import numpy as np
import pytest
import torch

from ganmetrics._types import silent
from ganmetrics.errors import NumericsError
from ganmetrics.extraction import preparations
from ganmetrics.extraction.preparations import AllPreparations, Preparation, collect_prepared
from ganmetrics.extraction.settings import INCEPTION_SIZE, resolve_settings
from ganmetrics.features.base import Outputs
from ganmetrics.features.resize import Preprocessing
from ganmetrics.scoring.featured import survey_source
from ganmetrics.testing import random_images
from tests.inception_stand_in import Thumbnail

PAIRS = (
    Preparation("tf1-bilinear", "(x-128)/128"),
    Preparation("tf1-bilinear", "2x/255-1"),
    Preparation("pillow-bicubic-float", "(x-128)/128"),
)


def settings(extractor, *, workers=0):
    """Options of a run with this extractor."""
    return resolve_settings(
        extractor,
        protocol="ttur",
        weights=None,
        offline=True,
        count=None,
        seed=0,
        alpha="white",
        skip_bad=False,
        batch_size=4,
        workers=workers,
        device="cpu",
        progress=None,
    )


def test_each_preparation_is_that_of_its_own():
    """Stacked in the order asked for, none changed by the scaling of another, and ready to be sent to a worker."""
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    stacked = pickle.loads(pickle.dumps(AllPreparations(PAIRS)))(image)
    for inputs, pair in zip(stacked, PAIRS, strict=True):
        np.testing.assert_array_equal(inputs, Preprocessing(pair.resize, INCEPTION_SIZE, pair.scaling)(image))


def test_each_resizer_runs_once_an_image(monkeypatch):
    """Two scalings of one resizer share its work."""
    calls, original = [], preparations.resize

    def counted(image, size, *, resizer):
        calls.append(resizer)
        return original(image, size, resizer=resizer)

    monkeypatch.setattr(preparations, "resize", counted)
    AllPreparations(PAIRS)(np.zeros((4, 4, 3), np.uint8))
    assert calls == ["tf1-bilinear", "pillow-bicubic-float"]


@pytest.mark.parametrize("workers", [0, 1])
def test_statistics_are_those_of_separate_passes(workers):
    """One pass over ten images in batches of four gives what a pass for each preparation would."""
    images, run = random_images(10, size=6), settings(Thumbnail(), workers=workers)
    surveyed = survey_source(images, run, silent)
    together = collect_prepared(surveyed, PAIRS, run, silent)
    assert tuple(together) == PAIRS
    for pair, layer in together.items():
        prepare = Preprocessing(pair.resize, INCEPTION_SIZE, pair.scaling)
        batch = torch.from_numpy(np.stack([prepare(image.permute(1, 2, 0).numpy()) for image in images]))
        features = Thumbnail()(batch, torch.device("cpu")).features.double().numpy()
        assert layer.moments.count == 10
        np.testing.assert_allclose(layer.moments.covariance, np.cov(features, rowvar=False), rtol=1e-9, atol=1e-12)


def test_a_feature_that_is_not_finite_is_told_with_its_preparation():
    """The name of the set and of the preparation lead to it."""

    class Broken(Thumbnail):
        def __call__(self, batch, device):
            return Outputs(features=torch.full((len(batch), 6), torch.nan))

    run = settings(Broken())
    surveyed = survey_source(random_images(3), run, silent)
    with pytest.raises(NumericsError, match=r"must be finite; tensor under tf1-bilinear \(x-128\)/128 gives one"):
        collect_prepared(surveyed, PAIRS, run, silent)
