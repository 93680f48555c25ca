"""An extractor whose images are cropped, resized or rescaled first, which its spec then says."""

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor

from ganmetrics.data.geometry import Geometry
from ganmetrics.features.base import Extractor, ExtractorSpec, Outputs, Preparation

FULL_DEPTH = 16


@dataclass(frozen=True)
class CroppingExtractor:
    """An extractor behind a geometry: its preprocessing says what is done first, and so do keys and references.

    Attributes:
        inner: the extractor itself.
        geometry: what is cut out of an image, and to what size it is brought.
        bit_depth: how many bits the values of 16-bit images use.
    """

    inner: Extractor
    geometry: Geometry
    bit_depth: int

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor, with what is done before it."""
        depth = "" if self.bit_depth == FULL_DEPTH else f"{self.bit_depth}-bit"
        done = ", ".join(part for part in (depth, self.geometry.line()) if part)
        return replace(self.inner.spec, preprocessing=f"{done}, {self.inner.spec.preprocessing}")

    @property
    def prepare(self) -> Preparation:
        """The preparation of one image."""
        return cast("Preparation", self.geometry.before(self.inner.prepare))

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs for prepared images."""
        return self.inner(batch, device)


def cropping(extractor: Extractor, geometry: Geometry, bit_depth: int) -> Extractor:
    """Return an extractor behind a geometry; the same one where nothing is done, so that no key changes.

    >>> from ganmetrics.testing import ChannelMeans
    >>> plain = ChannelMeans()
    >>> cropping(plain, Geometry(), 16) is plain
    True
    >>> cropping(plain, Geometry("center"), 16).spec.preprocessing
    'crop center, mean of pixels'
    """
    if not geometry.line() and bit_depth == FULL_DEPTH:
        return extractor
    return CroppingExtractor(extractor, geometry, bit_depth)
