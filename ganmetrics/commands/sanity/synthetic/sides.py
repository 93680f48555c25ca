"""Drawn features as sides that the metrics of the catalogue are computed from, as they are from images."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from ganmetrics.commands.sanity.synthetic.draws import DIMENSION, MODES_OF_MIXTURE, Drawn, DrawnValues
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.data.audit import Audit
from ganmetrics.data.decode import Stored
from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.references.reference import Reference
from ganmetrics.references.rows import ImageRows
from ganmetrics.references.sides import Side

DRAWN = ExtractorSpec(
    name="drawn",
    dimension=DIMENSION,
    classes=MODES_OF_MIXTURE,
    layer="none",
    weights_sha256=None,
    preprocessing="none",
    spatial=DIMENSION,
)
"""The features as they are drawn; the first six are class scores, too, and all stand for spatial ones."""
UNIT_LENGTH = replace(DRAWN, name="clip-vit-l14-336", canonical=True, preprocessing="divided by their lengths")
"""Features as CMMD's network gives them."""


@dataclass(frozen=True)
class DrawnRows:
    """Names and classes of drawn features, which are of no images."""

    classes: tuple[int, ...]
    name: str = "drawn features"
    ignored: int = 0
    uniform_size: tuple[int, int] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.classes)

    def label(self, index: int) -> str:
        """Return what messages call a row."""
        return f"{self.name}[{index}]"

    def read(self, index: int) -> Stored:
        """Raise: there are no pixels."""
        raise InputError(f"{self.label(index)} has no pixels")

    def class_of(self, index: int) -> str | None:
        """Return the class that a row is asked for."""
        return str(self.classes[index])


def side_of(drawn: Drawn, spec: ExtractorSpec) -> Side:
    """Return drawn features as a side of a score."""
    values = drawn.features
    if spec is UNIT_LENGTH:
        values = values / np.linalg.norm(values, axis=1, keepdims=True)
    features = torch.from_numpy(values)
    layer = Layer(Moments.of(features))
    rows = DrawnRows(tuple(drawn.classes.tolist()))
    reference = Reference(
        layer=layer,
        spatial=layer,
        spec=spec,
        protocol="native",
        source=rows.name,
        contents=(),
        audit=None,
        made_by={},
    )
    return Side(
        reference,
        ImageRows(rows, Audit(), "", tuple(range(len(rows)))),
        features,
        torch.from_numpy(_logits(drawn.features)),
    )


def _logits(features: DrawnValues) -> DrawnValues:
    return np.ascontiguousarray(features[:, :MODES_OF_MIXTURE])
