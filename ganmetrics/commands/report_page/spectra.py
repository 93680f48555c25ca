"""The spectra of all sides: how much they vary along their own axes."""

import math

import torch
from torch import Tensor

from ganmetrics.commands.report_page.material import REAL_COLOUR, Material
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.pages import Axis, Line, LineChart
from ganmetrics.pages.document import PageBlock
from ganmetrics.references.sides import Side

_POINTS = 40
"""Ranks that a line goes through."""
_LEAST_SHARE = 1e-7
"""Eigenvalues below this share of the largest are rounding or nearly so."""


def spectra_chart(material: Material) -> list[PageBlock]:
    """Return one chart with a line for each side, all from equally many images where these are at hand."""
    sides = [("real", material.real, REAL_COLOUR)]
    sides += [(one.name, one.side, one.colour) for one in material.generators]
    counts = [len(side.features) for _, side, _ in sides if side.features is not None]
    equal = min(counts) if len(counts) == len(sides) else None
    lines = tuple(_line(name, eigenvalues(side, equal, material.seed), colour) for name, side, colour in sides)
    told = (
        f"Of {equal:,} images of each side, since a sample's spectrum depends on their number."
        if equal is not None
        else "Of all images of each side: where their numbers differ, so do the spectra, by that alone."
    )
    return [
        LineChart(
            title="Spectra",
            description="Variance along the principal axes of each side, from the largest to the smallest. A generator "
            "whose line lies below the real one varies less than the real images do.",
            x=Axis("rank of the axis", log=True),
            y=Axis("variance", log=True),
            lines=lines,
            note=f"{told} A line below the real one: less variety along those axes.",
        )
    ]


def eigenvalues(side: Side, count: int | None, seed: int) -> Tensor:
    """Return the covariance's eigenvalues, the largest first, of so many images; of all where no features are known."""
    moments = side.reference.moments
    if count is not None and side.features is not None and count < len(side.features):
        order = torch.randperm(len(side.features), generator=torch.Generator().manual_seed(seed))
        moments = Moments.of(side.features[order[:count].sort().values])
    values: Tensor = torch.linalg.svdvals(moments.factor).square()
    return values[values > _LEAST_SHARE * values[:1]]


def _line(name: str, values: Tensor, colour: int) -> Line:
    last = max(len(values), 1)
    ranks = sorted({round(math.exp(place * math.log(last) / (_POINTS - 1))) for place in range(_POINTS)})
    kept = [rank for rank in ranks if rank <= len(values)] or [1]
    numbers = [float(values[rank - 1]) if len(values) else None for rank in kept]
    return Line(name, kept, numbers, colour)
