"""A network in Inception's place that needs no weights: it reads a few pixels of its input, so that every bit shows."""

from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.inception import INCEPTION_PREPROCESSING


class Thumbnail:
    """An extractor called ``inception-v3`` whose six features are pixels of its prepared input."""

    def __init__(self, prepare=INCEPTION_PREPROCESSING):
        self.prepare = prepare
        self.spec = ExtractorSpec(
            "inception-v3", 6, classes=None, layer="pixels", weights_sha256=None, preprocessing=str(prepare)
        )
        self.calls = 0

    def __call__(self, batch, device):
        self.calls += 1
        return Outputs(features=batch[:, :, 40::150, 77].flatten(1))
