"""A source of images, each disturbed by its own seeded generator."""

import zlib

import numpy as np

from ganmetrics._types import Image
from ganmetrics.commands.sanity.disturbances import Disturbance
from ganmetrics.data.decode import decode_stored
from ganmetrics.data.sources import ImageSource


class DisturbedSource:
    """The images of a source at one level of a disturbance.

    Image i is disturbed by a generator seeded with `seed`, the disturbance and i, whatever the level and the order of
    reading: levels are comparable image by image, and workers agree.

    >>> from ganmetrics.commands.sanity.disturbances import DISTURBANCES
    >>> from ganmetrics.data.sources import open_source
    >>> white = open_source(np.full((2, 8, 8, 3), 255, np.uint8))
    >>> disturbed = DisturbedSource(white, DISTURBANCES["rectangles"], 0.5, seed=0)
    >>> disturbed.name, len(disturbed), disturbed.read(1).shape
    ('array, rectangles 0.5', 2, (8, 8, 3))
    """

    def __init__(
        self, source: ImageSource, disturbance: Disturbance, level: float, *, seed: int, alpha: str = "white"
    ) -> None:
        self.name = f"{source.name}, {disturbance.name} {level:g}"
        self.ignored = source.ignored
        self.uniform_size = source.uniform_size
        self._source = source
        self._disturbance = disturbance
        self._level = level
        self._alpha = alpha
        self._seed = (seed, zlib.crc32(disturbance.name.encode()))

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._source)

    def label(self, index: int) -> str:
        """Return what messages call the image that is disturbed."""
        return self._source.label(index)

    def read(self, index: int) -> Image:
        """Return the pixels of a disturbed image.

        Raises:
            InputError: the image cannot be read.
        """
        image = decode_stored(self._source.read(index), alpha=self._alpha).image
        return self._disturbance.apply(image, self._level, np.random.default_rng((*self._seed, index)))

    def class_of(self, index: int) -> str | None:
        """Return the class of the image that is disturbed."""
        return self._source.class_of(index)
