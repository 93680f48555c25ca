"""The distance against the number of images: what the plain one would have been with fewer, and the corrected one."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics.commands.report_page.material import REAL_COLOUR, Material, ReportedGenerator
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.frechet.sample import Sample
from ganmetrics.pages import Axis, Line, LineChart, Prose, Section, SideBySide
from ganmetrics.report import Score
from ganmetrics.scoring.options import ScoringOptions

_FEWEST = 32
"""Images of the smallest subset: below, nothing is known."""
_POINTS = 6
"""Subsets, the whole among them: each costs a fit."""

LARGEST_BELOW, LARGEST_ABOVE, HEADROOM = 0.4, 1.4, 0.04
"""Of the largest plain distance: a band of 32 images would otherwise press all lines together."""


Point = tuple[float, float | None, float | None, float | None]


@dataclass(frozen=True)
class DistanceGrowth:
    """Distances of subsets of one run.

    Attributes:
        counts: generated images, rising.
        plain: the distance of each subset.
        corrected: freed of the count; None where it cannot be.
        low: lower ends of the intervals.
        high: upper ends.
    """

    counts: tuple[int, ...]
    plain: tuple[float, ...]
    corrected: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


def growth_section(material: Material) -> Section:
    """Return a chart for each generator whose images are at hand."""
    charts = []
    with material.progress(total=_POINTS * len(material.generators), stage="distance by number of images") as step:
        for generator in material.generators:
            features = generator.side.features
            if features is not None and len(features) >= 2 * _FEWEST:
                ruler = Ruler(material.real.reference.layer.sample, material.protocol.ddof, material.options)
                found = measure_growth(features, ruler, material.distance(generator), step)
                charts.append(_chart(material, generator, found))
    if not charts:
        lacking = f"This needs the features of {2 * _FEWEST} generated images or more; statistics do not hold them."
        return Section("Number of images", (Prose((lacking,)),))
    return Section("Number of images", (SideBySide(tuple(charts)),))


@dataclass(frozen=True, eq=False)
class Ruler:
    """What every subset is measured against, and how.

    Attributes:
        real: the real side.
        ddof: the plain distance divides scatter by n - ddof.
        options: whether there are intervals, and the seed of the order.
    """

    real: Sample
    ddof: int
    options: ScoringOptions

    def measure(self, features: Tensor) -> Point:
        """Return plain and corrected distance of some images, with the ends of the interval."""
        if not self.options.interval:
            return self._plain(features), None, None, None
        found = frechet_estimate(self.real, Sample.of(features), confidence=self.options.confidence)
        plain = found.value if self.ddof == 1 else self._plain(features)
        return plain, found.corrected, found.low, found.high

    def _plain(self, features: Tensor) -> float:
        return frechet_distance(self.real.moments.with_ddof(self.ddof), Moments.of(features).with_ddof(self.ddof))


def measure_growth(
    features: Tensor, ruler: Ruler, known: Score | None, step: Callable[[int], object]
) -> DistanceGrowth:
    """Return the distances of nested subsets, chosen by the seed.

    Args:
        features: of one generator's images, shape [n, d].
        ruler: what they are measured against.
        known: the score of all of them, where there is one.
        step: told of each subset.
    """
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(ruler.options.seed))
    counts = counts_up_to(len(features))
    rows = []
    for count in counts[:-1]:
        rows.append(ruler.measure(features[order[:count].sort().values]))
        step(1)
    if known is not None and (known.low is not None or not ruler.options.interval):
        rows.append((known.value, known.corrected, known.low, known.high))
    else:
        rows.append(ruler.measure(features))
    step(1)
    plain, corrected, low, high = zip(*rows, strict=True)
    return DistanceGrowth(counts, plain, corrected, low, high)


def counts_up_to(count: int) -> tuple[int, ...]:
    """Return the sizes of the subsets: equal ratios, round to two digits, the whole last.

    >>> counts_up_to(2000)
    (32, 73, 170, 380, 870, 2000)
    """
    ratio = (count / _FEWEST) ** (1 / (_POINTS - 1))
    sizes = {_rounded(_FEWEST * ratio**place) for place in range(_POINTS - 1)}
    return (*sorted(size for size in sizes if size < count), count)


def _rounded(number: float) -> int:
    return int(float(f"{number:.2g}")) if number >= 100 else round(number)  # noqa: PLR2004 - two digits are all there are


def _chart(material: Material, generator: ReportedGenerator, found: DistanceGrowth) -> LineChart:
    name = material.distance_name
    level = f"{100 * material.options.confidence:.6g} % band"
    lines = [Line("plain", found.counts, found.plain, REAL_COLOUR)]
    if any(value is not None for value in found.corrected):
        corrected = Line(
            f"corrected, with {level}", found.counts, found.corrected, generator.colour, found.low, found.high
        )
        lines.append(corrected)
    count = material.real.reference.count
    against = "the real images" if count is None else f"all {count:,} real images"
    note = f"Nested subsets of one seeded order, against {against}."
    return LineChart(
        title=generator.name,
        description=f"{name} of {generator.name} by the number of generated images: the plain distance falls from "
        f"{found.plain[0]:.4g} at {found.counts[0]} images to {found.plain[-1]:.4g} at {found.counts[-1]:,}.",
        x=Axis("generated images", log=True),
        y=_axis(name, found),
        lines=tuple(lines),
        note=note,
    )


def _axis(name: str, found: DistanceGrowth) -> Axis:
    """Return an axis from 0, or from where the bands begin; the widest ones, of the fewest images, may be cut."""
    known = [value for series in (found.corrected, found.low, found.high) for value in series if value is not None]
    largest = max(found.plain)
    low = max(min([0.0, *known]), -LARGEST_BELOW * largest)
    return Axis(name, low=low, high=min(max([largest, *known]), LARGEST_ABOVE * largest) * (1 + HEADROOM))
