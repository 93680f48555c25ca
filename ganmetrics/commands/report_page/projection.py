"""Both sides on the two axes along which all images together vary most."""

import torch
from torch import Tensor

from ganmetrics.commands.report_page.material import REAL_COLOUR, Material, ReportedGenerator
from ganmetrics.core.symmetric import symmetric_eigensystem
from ganmetrics.pages import Axis, Cloud, ScatterChart
from ganmetrics.pages.document import PageBlock

_SHOWN = 500
"""Images of each side; more would only darken the clouds."""


def projection_charts(material: Material) -> list[PageBlock]:
    """Return a chart for each generator, all on the same axes; none where features are missing."""
    real = material.real_features
    able = [generator for generator in material.generators if generator.side.features is not None]
    if real is None or not able or real.shape[1] < 2:  # noqa: PLR2004 - two axes
        return []
    mean, axes, shares = _axes(material, able)
    labels = [Axis(f"axis {place + 1} ({share:.0%} of the variance)") for place, share in enumerate(shares)]
    cloud_of_real = Cloud("real", _placed(real, mean, axes, material.seed), REAL_COLOUR)
    return [_chart(material, one, cloud_of_real, (mean, axes), labels) for one in able]


def _axes(material: Material, generators: list[ReportedGenerator]) -> tuple[Tensor, Tensor, list[float]]:
    """Return the principal axes of all sides together, each of the same weight whatever its number of images."""
    moments = [material.real.reference.moments, *(generator.side.reference.moments for generator in generators)]
    mean = torch.stack([one.mean for one in moments]).mean(dim=0)
    pooled = torch.zeros(len(mean), len(mean), dtype=torch.float64)
    for one in moments:
        shift = one.mean - mean
        pooled += (one.covariance + torch.outer(shift, shift)) / len(moments)
    values, vectors = symmetric_eigensystem(pooled)
    total = float(values.clamp(min=0).sum()) or 1.0
    axes = vectors[:, -2:].flip(1)
    # A principal axis has no sign of its own: the largest part is positive.
    axes = axes * axes.gather(0, axes.abs().argmax(dim=0, keepdim=True)).sign()
    return mean, axes, [float(value) / total for value in values[-2:].flip(0)]


def _placed(features: Tensor, mean: Tensor, axes: Tensor, seed: int) -> list[list[float]]:
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))[:_SHOWN].sort().values
    placed: list[list[float]] = ((features[order].double() - mean) @ axes).tolist()
    return placed


def _chart(
    material: Material, generator: ReportedGenerator, real: Cloud, onto: tuple[Tensor, Tensor], labels: list[Axis]
) -> ScatterChart:
    features = generator.side.features
    assert features is not None
    cloud = Cloud(generator.name, _placed(features, *onto, material.seed), generator.colour)
    return ScatterChart(
        title=f"Projection: real and {generator.name}",
        description=f"Real images and those of {generator.name} on the two axes along which all images vary most.",
        x=labels[0],
        y=labels[1],
        clouds=(real, cloud),
        note=f"Principal axes of all sides together, up to {_SHOWN} images of each. Sides that overlap here may still "
        "differ along the other axes.",
    )
