"""What a protocol changes between statistics and score."""

import numpy as np
import pytest

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.protocols import INCEPTION, ROWS
from ganmetrics.testing import ChannelMeans, random_images
from tests.oracles import frechet_by_eigvals


@pytest.mark.slow
def test_stylegan_divides_the_covariance_by_n():
    """The protocol's distance is that of np.cov with ddof 0; under every other it is that of ddof 1."""
    sides = random_images(8, seed=0), random_images(12, seed=1)
    features = [images.double().mean(dim=(2, 3)).numpy() for images in sides]

    def expected(ddof):
        moments = [(x.mean(axis=0), np.cov(x, rowvar=False, ddof=ddof)) for x in features]
        return frechet_by_eigvals(*moments[0], *moments[1])

    for protocol, ddof in (("stylegan", 0), ("ttur", 1), ("adm", 1)):
        score = fid(*sides, extractor=ChannelMeans(name="inception-v3"), protocol=protocol, workers=0, device="cpu")
        assert score.protocol == protocol
        assert float(score) == pytest.approx(expected(ddof), rel=1e-6)
    assert expected(0) != pytest.approx(expected(1), rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", [row.name for row in ROWS if row.extractors == INCEPTION])
def test_every_protocol_has_an_inception_score_that_repeats(protocol):
    """Also torchmetrics', which shuffles: here by a fixed seed."""
    options = {"extractor": ChannelMeans(name="inception-v3"), "protocol": protocol, "workers": 0, "device": "cpu"}
    images = random_images(20, seed=0)
    once, again = (evaluate(images, images, metrics=("is",), **options) for _ in range(2))
    assert [float(score) for score in once.values()] == [float(score) for score in again.values()]
