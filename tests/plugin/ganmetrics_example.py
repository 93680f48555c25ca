"""A package that adds an extractor, a metric and a kind of file to ganmetrics."""

from ganmetrics import FeatureMetric


def extremes():
    """Return the extractor: the least and the greatest value of each channel."""
    from ganmetrics import ModuleExtractor

    return ModuleExtractor(lambda images: images.amax((2, 3)) - images.amin((2, 3)), name="channel-extremes", size=8)


MEAN_GAP = FeatureMetric("a gap of means", lambda real, fake: float((real.mean(0) - fake.mean(0)).norm()), low=0.0)


def open_raw(path):
    """Return the images of a file of raw pixels, 4 x 4 RGB each; None for other files."""
    from torch import frombuffer, uint8

    from ganmetrics.data.sources import open_source

    if path.suffix != ".raw":
        return None
    return open_source(frombuffer(bytearray(path.read_bytes()), dtype=uint8).reshape(-1, 3, 4, 4))
