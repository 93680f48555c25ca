"""Where the sides differ: what precision can be had at what recall, classes, a projection and spectra."""

import torch
from torch import Tensor

from ganmetrics.commands.report_page.classes import class_charts
from ganmetrics.commands.report_page.material import Material, ReportedGenerator
from ganmetrics.commands.report_page.projection import projection_charts
from ganmetrics.commands.report_page.spectra import spectra_chart
from ganmetrics.errors import GanMetricsError
from ganmetrics.metrics.precision_recall_curve import precision_recall_curve
from ganmetrics.pages import Axis, Line, LineChart, Prose, Section, SideBySide
from ganmetrics.pages.document import PageBlock

_MOST = 2000
"""Images a side of the curve: k-means of more takes long, and the curve no longer moves."""
_ANGLES = 101


def shapes_section(material: Material) -> Section:
    """Return the charts that the sides allow."""
    charts: list[PageBlock] = []
    reasons = []
    for chart in (_curve, projection_charts, spectra_chart, class_charts):
        try:
            charts += chart(material)
        except GanMetricsError as error:
            reasons.append(str(error))
    blocks: tuple[PageBlock, ...] = (SideBySide(tuple(charts)),) if charts else ()
    return Section("Where they differ", (*blocks, *([Prose(tuple(reasons))] if reasons else [])))


def some(features: Tensor, most: int, seed: int) -> Tensor:
    """Return at most so many rows, chosen by the seed."""
    if len(features) <= most:
        return features
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))
    return features[order[:most].sort().values]


def _curve(material: Material) -> list[PageBlock]:
    lines = [line for generator in material.generators if (line := _line(material, generator)) is not None]
    if not lines:
        return []
    chart = LineChart(
        title="Precision against recall",
        description="What share of the generated images is real-like at what share of the real ones being covered: "
        "a curve nearer to the upper right corner is better.",
        x=Axis("recall", low=0, high=1),
        y=Axis("precision", low=0, high=1),
        lines=tuple(lines),
        note="After Sajjadi et al. (2018): 20 cells of k-means, mean of 10 partitions.",
    )
    return [chart]


def _line(material: Material, generator: ReportedGenerator) -> Line | None:
    if material.real_features is None or generator.side.features is None:
        return None
    sides = (some(features, _MOST, material.seed) for features in (material.real_features, generator.side.features))
    found = precision_recall_curve(*sides, angles=_ANGLES, seed=material.seed)
    return Line(generator.name, found.recall.tolist(), found.precision.tolist(), generator.colour)
