"""The distance against the number of images: what the plain one would have been with fewer, and the corrected one."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics.commands.report_page.material import REAL_COLOUR, Generator, Material
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.frechet.sample import Sample
from ganmetrics.pages import Axis, Line, LineChart, Prose, Section, SideBySide
from ganmetrics.report import Score

FEWEST = 32
"""Images of the smallest subset: below, nothing is known."""
POINTS = 6
"""Subsets, the whole among them: each costs a fit."""


@dataclass(frozen=True)
class Growth:
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


def section(material: Material) -> Section:
    """Return a chart for each generator whose images are at hand."""
    charts = []
    with material.progress(total=POINTS * len(material.generators), stage="distance by number of images") as step:
        for generator in material.generators:
            found = measure(material, generator, step)
            if found is not None:
                charts.append(_chart(material, generator, found))
    if not charts:
        lacking = f"This needs the features of {2 * FEWEST} generated images or more; statistics do not hold them."
        return Section("Number of images", (Prose((lacking,)),))
    return Section("Number of images", (SideBySide(tuple(charts)),))


def measure(material: Material, generator: Generator, step: Callable[[int], object]) -> Growth | None:
    """Return the distances of nested subsets, chosen by the seed, against all real images."""
    features = generator.side.features
    if features is None or len(features) < 2 * FEWEST:
        return None
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(material.seed))
    real = material.real.reference.layer.sample
    counts = counts_up_to(len(features))
    rows = []
    for count in counts[:-1]:
        rows.append(_measured(material, real, features[order[:count].sort().values]))
        step(1)
    # All images have been scored already, where their distance was asked for.
    whole = material.distance(generator)
    known = whole is not None and (whole.low is not None or not material.options.interval)
    rows.append(_scored(whole) if whole is not None and known else _measured(material, real, features))
    step(1)
    plain, corrected, low, high = zip(*rows, strict=True)
    return Growth(counts, plain, corrected, low, high)


def counts_up_to(count: int) -> tuple[int, ...]:
    """Return the sizes of the subsets: equal ratios, round to two digits, the whole last.

    >>> counts_up_to(2000)
    (32, 73, 170, 380, 870, 2000)
    """
    ratio = (count / FEWEST) ** (1 / (POINTS - 1))
    sizes = {_rounded(FEWEST * ratio**place) for place in range(POINTS - 1)}
    return (*sorted(size for size in sizes if size < count), count)


def _rounded(number: float) -> int:
    return int(float(f"{number:.2g}")) if number >= 100 else round(number)  # noqa: PLR2004 - two digits are all there are


def _measured(
    material: Material, real: Sample, features: Tensor
) -> tuple[float, float | None, float | None, float | None]:
    ddof = material.protocol.ddof
    plain = frechet_distance(real.moments.with_ddof(ddof), Moments.of(features).with_ddof(ddof))
    if not material.options.interval:
        return plain, None, None, None
    found = frechet_estimate(real, Sample.of(features), confidence=material.options.confidence)
    return plain, found.corrected, found.low, found.high


def _scored(score: Score) -> tuple[float, float | None, float | None, float | None]:
    return score.value, score.corrected, score.low, score.high


def _chart(material: Material, generator: Generator, found: Growth) -> LineChart:
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
        y=Axis(name, low=min(0.0, *(value for value in found.corrected if value is not None), 0.0)),
        lines=tuple(lines),
        note=note,
    )
